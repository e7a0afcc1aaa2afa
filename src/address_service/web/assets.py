"""Bundled files by their plain names, and how they are sent: packed, and cached for ever when the name holds a hash."""

import json
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from address_service.errors import NotReady

STATIC_DIR = Path(__file__).parent / "static"
BUNDLE_DIR = STATIC_DIR / "bundle"
_HASHED = re.compile(r"-[0-9A-Za-z]{8}\.(js|css)$")
_PACKINGS = (("br", ".br"), ("gzip", ".gz"))
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def _manifest(built_ns: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((BUNDLE_DIR / "manifest.json").read_text(encoding="utf-8"))
    return names


def bundle_url(name: str) -> str:
    """URL of a bundled file such as ``map.js``; `NotReady` when the front end was never built."""
    try:
        built_ns = (BUNDLE_DIR / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError as error:
        raise NotReady("地图前端尚未构建，请运行 script/setup", code="bundle-missing") from error
    return f"/static/bundle/{_manifest(built_ns)[name]}"


class PackedStaticFiles(StaticFiles):
    """Static files; a ``.br`` or ``.gz`` twin made by the build goes to browsers that take it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Send the best twin, or the file itself."""
        response = self._packed(path, Headers(scope=scope).get("accept-encoding", ""))
        response = response or await super().get_response(path, scope)
        hashed = _HASHED.search(path)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "public, max-age=300"
        )
        return response

    def _packed(self, path: str, accepted: str) -> Response | None:
        media_type = _MEDIA_TYPES.get(Path(path).suffix)
        offers = {offer.split(";")[0].strip() for offer in accepted.split(",")}
        for encoding, suffix in _PACKINGS:
            full_path, found = self.lookup_path(path + suffix)
            if media_type and found and encoding in offers:
                headers = {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
                return FileResponse(full_path, media_type=media_type, headers=headers)
        return None

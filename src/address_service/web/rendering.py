"""Templates into answers; every page shares one set of headers and one idea of who is looking."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from address_service.web.assets import bundle_url
from address_service.web.page_headers import SECURITY_HEADERS
from address_service.web.visitor import Visitor

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
_templates.env.policies["json.dumps_kwargs"] = {
    "sort_keys": False
}  # choices stay in the order of their states
_templates.env.globals["bundle_url"] = bundle_url


def render_page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    visitor: Visitor | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Render one template; no cache keeps the answer, and the page of a crash has the headers too."""
    values = {**context, "visitor": visitor}
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
    return _templates.TemplateResponse(request, template, values, status_code=status, headers=headers)

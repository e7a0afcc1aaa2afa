"""Templates into answers; every page shares one set of headers and one idea of who is looking."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from address_service.web.assets import bundle_url
from address_service.web.visitor import Visitor

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
_templates.env.globals["bundle_url"] = bundle_url


def render_page(
    request: Request, template: str, *, visitor: Visitor | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """Render one template; pages are never kept by shared caches."""
    headers = {"Cache-Control": "no-store"}
    context["visitor"] = visitor
    return _templates.TemplateResponse(request, template, context, status_code=status, headers=headers)

"""Error pages in Chinese: what happened and what to do, nothing of the inside."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from address_service.web.rendering import render_page

_MACHINE_PATHS = ("/api/", "/tiles/", "/static/", "/health", "/metrics")

_TEXTS = {
    401: ("请先登录", "这一页只对登录的工作人员开放。"),
    403: ("没有权限", "您的账户不能打开这一页。如确有需要，请联系管理员。"),
    404: ("没有这一页", "网址可能写错了，或者这一页已经搬走。"),
    405: ("不能这样打开", "请从页面上的按钮进入。"),
    409: ("现在不能这样做", "情况已经变化，请刷新后再看。"),
    413: ("内容太大", "提交的内容超过了允许的大小。"),
    422: ("内容有误", "填写的内容或网址中的参数不对，请检查后再试。"),
    429: ("操作太频繁", "请稍等片刻再试。"),
    500: ("服务出了问题", "问题已经记录。请稍后再试；若一直如此，请联系管理员。"),
    503: ("服务暂时不可用", "服务正在启动或维护，请稍后再试。"),
}


def wants_page(request: Request) -> bool:
    """Whether a person is looking: a path for people, or a browser that asks for HTML."""
    return not request.url.path.startswith(_MACHINE_PATHS) and "json" not in request.headers.get("accept", "")


def error_page(request: Request, status: int, message: str | None = None) -> HTMLResponse:
    """The page for ``status``; ``message`` is a Chinese sentence meant for the visitor, if there is one."""
    title, text = _TEXTS.get(status, _TEXTS[500] if status >= 500 else _TEXTS[404])
    context = {"title": title, "text": message or text, "code": status}
    return render_page(request, "error.html", context, status=status)

"""Errors as RFC 9457 problem documents: class → status, a stable code, a Chinese sentence; never a trace or SQL."""

import logging
import re
from itertools import takewhile
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from address_service.coding.personal_numbers import holds_personal_number, without_personal_numbers
from address_service.edge.refusals import record_refusal
from address_service.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotReady,
    ServiceError,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from address_service.store.plain_errors import forget_values

MEDIA_TYPE = "application/problem+json"

# Nearest class first: `status_of` takes the first that matches.
_STATUS: tuple[tuple[type[ServiceError], int], ...] = (
    (Stale, 412),
    (Conflict, 409),
    (InvalidInput, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Unauthenticated, 401),
    (TooLarge, 413),
    (TooMany, 429),
    (NotReady, 503),
    (ServiceError, 500),
)

_HTTP_MESSAGES = {
    400: ("bad-request", "请求无法理解"),
    404: ("not-found", "没有这个地址"),
    405: ("method-not-allowed", "不支持这种请求方法"),
    413: ("too-large", "内容过大"),
}

_VALIDATION_MESSAGES = {
    "missing": "缺少必填项",
    "extra_forbidden": "不认识的字段",
    "json_invalid": "不是有效的JSON",
    "uuid_parsing": "应为UUID",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为是或否",
    "date_from_datetime_parsing": "应为日期，如2026-03-02",
    "date_parsing": "应为日期，如2026-03-02",
    "datetime_from_date_parsing": "应为日期时间",
    "string_too_long": "文字过长",
    "string_too_short": "文字过短",
    "string_type": "应为文字",
    "string_pattern_mismatch": "格式不符",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "enum": "不在可选值之中",
    "literal_error": "不在可选值之中",
}

_MEMBER = re.compile(r"[A-Za-z0-9_-]{1,100}")

log = logging.getLogger("address_service.problems")


def status_of(error: ServiceError) -> int:
    """The HTTP status of an error's class."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(status: int, code: str, message: str, errors: tuple[FieldError, ...] = ()) -> dict[str, Any]:
    """The members of a problem document; ``errors`` name row and field.

    What was sent may be repeated in its texts, but never a number that names a person.
    """
    document: dict[str, Any] = {
        "type": f"urn:problem:{code}",
        "title": _fit(message),
        "status": status,
        "code": code,
    }
    if errors:
        document["errors"] = [
            {
                "code": e.code,
                "message": _fit(e.message),
                "field": _fit(e.field) if e.field else None,
                "row": e.row,
            }
            for e in errors
        ]
    return document


def _fit(text: str) -> str:
    """A text without what no answer can carry: half surrogate pairs, and numbers that name a person."""
    return without_personal_numbers(text.encode("utf-8", "replace").decode("utf-8"))


def problem_response(
    status: int,
    code: str,
    message: str,
    errors: tuple[FieldError, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document as an answer."""
    return JSONResponse(problem(status, code, message, errors), status, headers, MEDIA_TYPE)


def problem_of(error: ServiceError) -> Response:
    """An error as an answer."""
    status = status_of(error)
    headers = {"WWW-Authenticate": 'ApiKey realm="address-service"'} if status == 401 else None
    return problem_response(status, error.code, error.message, error.errors, headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the app with a problem document."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, _unexpected)


def _service_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        raise error
    status = status_of(error)
    log.log(logging.ERROR if status >= 500 else logging.INFO, "%s %s %s", request.method, status, error.code)
    record_refusal(request, error)
    return problem_of(error)


def _validation_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = tuple(_field_error(item) for item in error.errors())
    return problem_response(422, "request-invalid", "请求内容有误", found)


def _field_error(item: dict[str, Any]) -> FieldError:
    parts = (str(part) for part in item["loc"] if part not in ("body", "query", "path", "header"))
    place = ".".join(takewhile(_MEMBER.fullmatch, parts))
    kind = str(item["type"])
    # What the caller named is told back where it may be a member of ours, not where it names a person.
    named = None if holds_personal_number(place) else place[:200] or None
    return FieldError(kind.replace("_", "-"), _VALIDATION_MESSAGES.get(kind, "内容不合要求"), named)


def http_error(_: Request, error: Exception) -> Response:
    """What the framework itself answers, as a problem document."""
    if not isinstance(error, HTTPException):
        raise error
    code, message = _HTTP_MESSAGES.get(error.status_code, ("http-error", "请求未能完成"))
    return problem_response(error.status_code, code, message, headers=dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> Response:
    forget_values(error)
    log.error("unexpected %s on %s", type(error).__name__, request.url.path, exc_info=error)
    return problem_response(500, "internal-error", "服务内部出错，已记录；请稍后再试")

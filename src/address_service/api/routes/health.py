"""Whether the service lives, and its figures; async, so that waiting writers never starve it."""

from fastapi import APIRouter, Request, Response

from address_service.api.metrics import Metrics

router = APIRouter(tags=["运行"])


@router.get("/health", summary="存活检查")
async def get_health() -> dict[str, str]:
    """The process answers; the database is checked at start and by `db check`."""
    return {"status": "ok"}


@router.get("/metrics", summary="运行指标", response_class=Response)
async def get_metrics(request: Request) -> Response:
    """Counters in the text format that Prometheus reads; they name routes, never data."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(), media_type="text/plain; version=0.0.4")

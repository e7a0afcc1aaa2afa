"""The worker process: takes jobs from PostgreSQL one after another and hands them to their handlers."""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

import procrastinate

from address_service.jobs.handlers import (
    Workshop,
    anchor_audit_job,
    give_up_batch,
    give_up_import,
    give_up_reconciliation,
    import_job,
    print_batch_job,
    reconciliation_job,
    refresh_overview_job,
)
from address_service.store.plain_errors import forget_values

RETRIES = 3
"""How often a job that failed is tried again."""

ANCHORING = "7 * * * *"
"""When the audit is anchored: every hour, so that what is cut off its end is missed soon."""

Handler = Callable[..., None]

log = logging.getLogger("address_service.jobs")


def make_app(conninfo: str, shop: Workshop) -> procrastinate.App:
    """A procrastinate app over the write lane's database with all jobs of the house."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4)
    )
    _register(app, shop)
    return app


def _register(app: procrastinate.App, shop: Workshop) -> None:
    # Each job is safe to run twice, so one whose worker died is taken up again.
    retry = procrastinate.RetryStrategy(max_attempts=RETRIES, wait=5)
    for name, handle, give_up in (
        ("print_batch", print_batch_job, give_up_batch),
        ("run_import", import_job, give_up_import),
        ("run_reconciliation", reconciliation_job, give_up_reconciliation),
        ("refresh_overview", refresh_overview_job, None),
    ):
        app.task(name=name, retry=retry, pass_context=True)(_attempt(shop, handle, give_up))
    anchoring = app.task(name="anchor_audit", pass_context=True)(_attempt(shop, anchor_audit_job, None))
    app.periodic(cron=ANCHORING)(anchoring)


def _attempt(shop: Workshop, handle: Handler, give_up: Handler | None) -> Callable[..., None]:
    """A task that says on its row when the last try has failed, so that nobody waits for it for ever."""

    def run(context: procrastinate.JobContext, **args: Any) -> None:
        if give_up is not None and context.job.attempts > RETRIES:
            log.error("job %s ended its worker %s times", context.job.id, context.job.attempts)
            give_up(shop, **args)
            return
        try:
            handle(shop, **args)
        except Exception as error:
            forget_values(error)  # what it says ends up in the log of the worker
            if give_up is not None and context.job.attempts >= RETRIES:
                give_up(shop, **args)
            raise

    return run


async def work_until_stopped(app: procrastinate.App) -> None:
    """Serve the queue until SIGTERM or SIGINT; a job under way is finished first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with app.open_async():
        await _take_up_abandoned(app)
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=1, install_signal_handlers=False, fetch_job_polling_interval=2)
        )
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, waiting}, return_when=asyncio.FIRST_COMPLETED)
        worker.cancel()
        waiting.cancel()
        await asyncio.gather(worker, waiting, return_exceptions=True)


async def _take_up_abandoned(app: procrastinate.App) -> None:
    """Queue again what a worker that died left half done."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        log.info("taking up job %s again", job.id)
        await app.job_manager.retry_job(job)

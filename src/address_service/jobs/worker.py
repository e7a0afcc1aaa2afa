"""The worker process: takes jobs from PostgreSQL one after another and hands them to their handlers."""

import asyncio
import logging
import signal
from typing import Any

import procrastinate

from address_service.jobs.handlers import Workshop, import_job, print_batch_job, refresh_overview_job

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
    for name, handler in (
        ("print_batch", print_batch_job),
        ("run_import", import_job),
        ("refresh_overview", refresh_overview_job),
    ):

        def run(handler: Any = handler, **args: Any) -> None:
            handler(shop, **args)

        app.task(name=name, retry=procrastinate.RetryStrategy(max_attempts=3, wait=5))(run)


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

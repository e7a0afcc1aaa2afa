"""What each kind of job does; the worker hands in the engine and the settings."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from address_service.edge.rights import Right, has_right
from address_service.jobs.fonts import load_fonts
from address_service.model.accounts import Actor, Role
from address_service.services.print_batch import print_batch
from address_service.services.run_import import run_import
from address_service.settings import Settings
from address_service.store.engine import Engine
from address_service.store.files import FileStore
from address_service.store.overview import refresh_overview
from address_service.store.work import unit_of_work


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every job needs."""

    settings: Settings
    engine: Engine
    files: FileStore


def system_actor(county_code: str) -> Actor:
    """Who acts where no person does; it writes no row that names an actor."""
    return Actor(UUID(int=0), "系统", Role.ADMIN, county_code, county_code)


def print_batch_job(shop: Workshop, county_code: str, batch_id: str) -> None:
    """Print the files of a plate batch."""
    with unit_of_work(shop.engine, system_actor(county_code), datetime.now(UTC)) as work:
        print_batch(work, shop.files, load_fonts(), shop.settings.public_url, UUID(batch_id))


def import_job(shop: Workshop, county_code: str, run_id: str, actor_name: str) -> None:
    """Import an uploaded file for the account that sent it; a failure is kept on the run."""
    with unit_of_work(shop.engine, system_actor(county_code), datetime.now(UTC)) as work:
        actor = work.accounts.find_by_name(actor_name)
    if actor is None:
        raise LookupError(f"account of import {run_id} is gone")
    run_import(
        lambda: unit_of_work(shop.engine, actor, datetime.now(UTC)),
        shop.files,
        UUID(run_id),
        shop.settings.max_unpacked_mb << 20,
        may_approve_names=has_right(actor, Right.NAME),
    )


def refresh_overview_job(shop: Workshop, county_code: str) -> None:
    """Count the addresses again for the low zooms of the map."""
    with shop.engine.begin() as conn:
        refresh_overview(conn, county_code)

"""From settings to the running parts: database, web application, worker."""

import atexit
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from address_service.errors import NotReady
from address_service.settings import Settings
from address_service.store import schema
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.backup import database_as_admin
from address_service.store.backup_folder import Place
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.county import load_county
from address_service.store.engine import Database, Lane, make_engine
from address_service.store.keys import Purpose, ring_of, source_of
from address_service.store.readiness import check_connections, check_database, check_reachable

if TYPE_CHECKING:
    from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Urls:
    """The register's database as libpq URLs; ``admin`` is None where nobody gave a superuser."""

    app: str
    owner: str
    read: str
    admin: str | None


def private_cluster(settings: Settings) -> Cluster | None:
    """The cluster under DATA_DIR, or None when DATABASE_URL names a server."""
    return Cluster(settings.data_dir) if settings.database_url is None else None


def database_urls(settings: Settings) -> Urls:
    """Where the database is; nothing is started or connected."""
    cluster = private_cluster(settings)
    if cluster is not None:
        app, owner, read = (cluster.url(role) for role in (schema.APP, schema.OWNER, schema.READ))
        return Urls(app, owner, read, cluster.url(ADMIN, "postgres"))
    app = _plain(settings.database_url) or ""
    return Urls(
        app=app,
        owner=_plain(settings.owner_database_url) or "",
        read=_plain(settings.read_database_url) or app,
        admin=_plain(settings.admin_database_url),
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def start_server(settings: Settings) -> Urls:
    """Start the private cluster where one is used, and say where the database is.

    A cluster that this process started stops with it, unless somebody else uses it by then.
    """
    cluster = private_cluster(settings)
    if cluster is not None and cluster.start():
        atexit.register(cluster.stop, only_if_idle=True)
    return database_urls(settings)


def open_database(settings: Settings, lane: Lane = Lane.WEB) -> Database:
    """Connect, starting the private cluster where one is used; raises NotReady."""
    urls = start_server(settings)
    check_reachable(urls.app)
    trail = AuditTrail(ring_of(settings), settings.audit_chains)
    engine = with_trail(make_engine(urls.app, lane, settings.pool_size), trail)
    return Database(urls.app, urls.owner, urls.read, engine)


def migrate(settings: Settings) -> str:
    """Bring roles, database, extensions and schema to the head; answers the revision. Raises NotReady."""
    urls = start_server(settings)
    if urls.admin:
        check_reachable(urls.admin)
        schema.prepare_server(urls.admin, schema.database_name(urls.app), _passwords(urls))
    if not urls.owner:
        raise NotReady("请设置 OWNER_DATABASE_URL：迁移须以表的所有者进行。", code="owner-url-missing")
    check_reachable(urls.owner)
    schema.upgrade(urls.owner)
    return schema.head()


def register_place(settings: Settings) -> Place:
    """The register as a backup reads it, by the owner or, where one is given, a superuser. Raises NotReady."""
    urls = start_server(settings)
    if not urls.owner:
        raise NotReady("请设置 OWNER_DATABASE_URL：备份须以表的所有者进行。", code="owner-url-missing")
    url = database_as_admin(urls.admin, urls.owner) if urls.admin else urls.owner
    check_reachable(url)
    source = source_of(settings)
    return Place(url, settings.data_dir.absolute(), None if source.command or source.text else source.folder)


def restoring_urls(settings: Settings) -> tuple[str, str]:
    """A superuser's URL and the owner's, the server started where it is ours. Raises NotReady."""
    urls = start_server(settings)
    if not urls.admin or not urls.owner:
        raise NotReady(
            "请设置 ADMIN_DATABASE_URL 和 OWNER_DATABASE_URL：恢复须以超级用户进行。",
            code="admin-url-missing",
        )
    return urls.admin, urls.owner


def _passwords(urls: Urls) -> dict[str, str]:
    """The roles' passwords are those in their URLs, so that each stands in one place."""
    fields = (conninfo_to_dict(url) for url in (urls.app, urls.owner, urls.read) if url)
    return {str(part["user"]): str(part["password"]) for part in fields if part.get("password")}


def check_service(settings: Settings, processes: int) -> None:
    """Start the private cluster where one is used, and raise NotReady unless so many processes can serve from it."""
    database = open_database(settings)
    check_database(database.app_url)
    ring_of(settings).current_key(Purpose.AUDIT)
    lanes = settings.pool_size + settings.read_pool_size + _LISTENER
    check_connections(database.app_url, processes * lanes + settings.pool_size + _QUEUE)
    with database.engine.connect() as conn:
        load_county(conn, settings.county_code)
    database.engine.dispose()


_LISTENER = 1
"""Each serving process hears with a connection of its own that the register changed."""
_QUEUE = 5
"""What the worker's queue opens beside its pool."""


def create_app(settings: Settings | None = None) -> "FastAPI":
    """The web application over a database that was found fit; raises NotReady."""
    from address_service.api.app import build_app
    from address_service.api.read_lane import build_read_router
    from address_service.edge.read_access import make_read_access
    from address_service.edge.work import House
    from address_service.store.files import FileStore
    from address_service.store.read_lane import ReadLane
    from address_service.web.site import add_site

    settings = settings or Settings()
    database = open_database(settings)
    check_database(database.app_url)
    house = House(settings, database.engine, FileStore(settings.data_dir))
    lane = ReadLane(database.read_url, settings.county_code, settings.read_pool_size)
    app = build_app(house, lane, build_read_router(make_read_access(house)))
    add_site(app, house, lane)
    return app


def run_worker(settings: Settings) -> None:
    """Take jobs until SIGTERM."""
    import asyncio

    from address_service.jobs.handlers import Workshop
    from address_service.jobs.worker import make_app, work_until_stopped
    from address_service.store.engine import with_options
    from address_service.store.files import FileStore

    database = open_database(settings, Lane.JOBS)
    shop = Workshop(settings, database.engine, FileStore(settings.data_dir))
    asyncio.run(work_until_stopped(make_app(with_options(database.app_url, Lane.JOBS), shop)))

"""A throw-away cluster for measurements: made, migrated, and gone when the block ends."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from address_service.settings import CryptoSuite
from address_service.store import schema
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.cluster import ADMIN, DATABASE, Cluster
from address_service.store.engine import Database, Lane, make_engine
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key


@dataclass(frozen=True, slots=True)
class Scratch:
    """A running cluster with one migrated template, and a folder for files.

    ``admin_url`` reaches database ``postgres`` as superuser.
    """

    cluster: Cluster
    folder: Path
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def admin_url(self) -> str:
        """A libpq URL of the superuser."""
        return self.cluster.url(ADMIN, "postgres")

    @property
    def keys(self) -> Path:
        """Folder of the keys, which the service that is measured finds by the environment."""
        return self.folder / "keys"

    @contextmanager
    def database(self, template: Database | None = None) -> Iterator[Database]:
        """A fresh migrated database; its engine is that of long work (no statement time-out).

        It is empty, or a copy of ``template``, to which nobody may be connected.
        """
        name = f"scratch_{next(self._serial)}"
        source = conninfo_to_dict(template.owner_url)["dbname"] if template else DATABASE
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} OWNER {schema.OWNER} STRATEGY file_copy")
            schema.grant_database(admin, name)
            app, owner, read = (
                self.cluster.url(role, name) for role in (schema.APP, schema.OWNER, schema.READ)
            )
            engine = with_trail(make_engine(app, Lane.JOBS), AuditTrail(KeyRing(KeySource(self.keys))))
            try:
                yield Database(app_url=app, owner_url=owner, read_url=read, engine=engine)
            finally:
                engine.dispose()
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def scratch_cluster() -> Iterator[Scratch]:
    """Make a cluster in the system's folder for temporary files and remove it with all that it holds.

    Durability is off (`Cluster(scratch=True)`), for what is measured and for its floor alike.
    """
    home = Path(tempfile.mkdtemp(prefix="as-bench-"))
    home.chmod(0o755)  # as root the server runs as another account, which passes through
    cluster = Cluster(home, scratch=True)
    before = os.environ.get("KEY_DIR")
    os.environ["KEY_DIR"] = str(home / "keys")
    try:
        for purpose in Purpose:
            keep_key(home / "keys", make_key(purpose, CryptoSuite.SM))
        cluster.start()
        schema.prepare_server(cluster.url(ADMIN, "postgres"), DATABASE)
        schema.upgrade(cluster.url(schema.OWNER))
        yield Scratch(cluster, home)
    finally:
        del os.environ["KEY_DIR"]
        if before is not None:
            os.environ["KEY_DIR"] = before
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)

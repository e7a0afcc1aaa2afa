"""Settings from the environment or `.env`; built once in `bootstrap` and passed on as values.

Every key stands in `.env.example` with a sentence; a test compares the two.
"""

import os
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict


class MapAccess(StrEnum):
    """Who may look at the map: accounts only, or whoever reaches the port (for a demo on loopback)."""

    SIGNED_IN = "signed-in"
    OPEN = "open"


class Administrators(StrEnum):
    """Whether system, security and audit administrator are three (三员分立), or the first is all of them."""

    APART = "apart"
    TOGETHER = "together"


class CryptoSuite(StrEnum):
    """Which algorithms seal and find: the national ones (SM4-GCM, SM3) or AES-256-GCM with SHA-256."""

    SM = "sm"
    INTERNATIONAL = "international"


class Settings(BaseSettings):
    """All settings of the service."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    data_dir: Path = Path("data")
    """Private cluster, uploads, printed files, keys."""

    database_url: SecretStr | None = None
    """libpq URL of the application role; unset, the service runs its own cluster under DATA_DIR."""

    owner_database_url: SecretStr | None = None
    """libpq URL of the role that owns the schema, used by `db migrate` only."""

    admin_database_url: SecretStr | None = None
    """libpq URL of a superuser; `db migrate` makes roles, database and extensions through it where they are missing."""

    read_database_url: SecretStr | None = None
    """libpq URL of the read lane's role; defaults to DATABASE_URL when that one is set."""

    county_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] = "430626"
    """GB/T 2260 code of the county whose register this is."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)

    processes: int = Field(default_factory=lambda: min(4, len(os.sched_getaffinity(0))), ge=1, le=64)
    """Processes that answer, on one port; by default as many as there are cores, at most four."""

    public_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=26)] = (
        "http://127.0.0.1:8000"
    )
    """Start of the URL in a plate's QR code; short, since a 40 mm code holds 45 characters in all."""

    map_access: MapAccess = MapAccess.SIGNED_IN

    map_review_no: str | None = None
    """Map review number (审图号), shown on the map once the review is done (地图管理条例)."""

    max_upload_mb: int = Field(default=200, ge=1, le=4096)
    """Largest file taken by an upload, packed."""

    max_unpacked_mb: int = Field(default=2000, ge=1, le=65536)
    """Largest sum of the files in an uploaded zip, unpacked."""

    pool_size: int = Field(default=6, ge=1, le=100)
    """Connections of the write lane of each process; more than three for each core make it slower, not faster."""

    read_pool_size: int = Field(default=4, ge=1, le=100)
    """Connections of the read lane (tiles, search, plate look-up) of each process."""

    plate_prices: dict[str, Annotated[Decimal, Field(ge=0)]] = {}
    """Yuan for one plate by profile; a profile without a price leaves the cost of a renumbering open."""

    merger_tolerance_m: float = Field(default=1.0, ge=0, le=100)
    """Metres by which boundaries drawn twice may differ when villages merge or one is split."""

    counter_deadline_days: int = Field(default=15, ge=1, le=365)
    """Calendar days from the receipt of an application to its deadline."""

    counter_office: Annotated[str, StringConstraints(max_length=40)] | None = None
    """Name of the office that stands on receipts and notices of the counter."""

    crypto_suite: CryptoSuite = CryptoSuite.SM
    """Algorithms of keys that are made from now on; a key keeps those it was made for."""

    key_dir: Path | None = None
    """Folder of the keys; unset, DATA_DIR/keys. Keep it apart from backups of the database."""

    key_text: SecretStr | None = None
    """The keys themselves, `purpose suite id secret` parted by semicolons, in place of files."""

    key_command: str | None = None
    """A command that prints the keys, one a line, in place of files; for a key store of one's own."""

    audit_chains: int = Field(default=16, ge=1, le=256)
    """Chains among which the audit is written, so that commits do not wait for each other."""

    audit_years: int = Field(default=3, ge=3, le=100)
    """Years for which audit lines are kept at least; nothing is deleted, `audit verify` tells which are older."""

    keep_ethnicity: bool = False
    """Whether the ethnicity of residents is kept; what is sent of it is let go of otherwise."""

    reveals_per_hour: int = Field(default=30, ge=0, le=10_000)
    """How often an account may have a person or household shown unmasked in an hour."""

    lookup_misses_per_hour: int = Field(default=60, ge=0, le=10_000)
    """How many look-ups of residents by an account may find nobody in an hour."""

    administrators: Administrators = Administrators.APART
    """Whether the three administrators are kept apart; together is for a demo or a very small town."""

    password_min_length: int = Field(default=10, ge=8, le=64)
    password_classes: int = Field(default=3, ge=1, le=4)
    """How many of small letters, capitals, digits and others a password holds."""

    password_history: int = Field(default=5, ge=0, le=24)
    """How many passwords back none is taken again."""

    password_max_days: int = Field(default=90, ge=0, le=3650)
    """Days after which a password must be changed; 0: never."""

    sign_in_tries: int = Field(default=5, ge=1, le=100)
    """Failed tries that lock an account."""

    lock_minutes: int = Field(default=15, ge=1, le=1440)

    source_tries: int = Field(default=30, ge=1, le=10000)
    """Failed tries from one source within a quarter of an hour after which it waits between tries, ever longer."""

    session_idle_minutes: int = Field(default=30, ge=1, le=1440)
    """Minutes without a request after which a browser session ends."""

    session_hours: int = Field(default=8, ge=1, le=72)
    """Hours after which a browser session ends, however busy."""

    second_factor_roles: list[str] = []
    """Offices whose sessions need a second factor (TOTP), as JSON."""

    oidc_issuer: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    """Issuer of OpenID Connect to sign in through; unset, there is none."""

    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_claim: str = "preferred_username"
    """The claim that is held against the identity kept with an account."""

    log_level: str = "info"

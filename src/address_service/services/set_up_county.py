"""Use-case: set up the county whose register this is, and its first administrator."""

from dataclasses import dataclass

from address_service.errors import Conflict, InvalidInput
from address_service.model.accounts import Actor, Role
from address_service.model.audit import AuditNote
from address_service.store.county import County, save_county
from address_service.store.work import Work

_ZONES = frozenset(range(4534, 4555)) | frozenset(range(4513, 4534))


@dataclass(frozen=True, slots=True)
class SetUp:
    """Whether the county is new or was set up before with other facts."""

    created: bool


def set_up_county(work: Work, county: County) -> SetUp:
    """Record the county's names, postcode, zone of measurement and frame; again with other facts changes them."""
    if county.measure_srid not in _ZONES:
        raise InvalidInput(
            f"量算投影应为CGCS2000 3度带（EPSG:4513至4554），收到{county.measure_srid}", code="zone-invalid"
        )
    west, south, east, north = county.extent
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput("县域范围应为 西,南,东,北 的经纬度", code="extent-invalid")
    return SetUp(save_county(work.conn, work.county_code, county))


def open_first_admin(work: Work, name: str, role: Role = Role.ADMIN) -> Actor:
    """Open the first system, security or audit administrator; raises Conflict once there is one."""
    work.accounts.lock_name("first-admin")
    if any(actor.role is role for actor in work.accounts.list()):
        raise Conflict("已有担任此职责的管理员，请由其开设账户", code="admin-exists")
    opened = work.accounts.create(name, role, work.county_code)
    work.note(AuditNote("account.open", "account", str(opened.account_id), {"role": str(role), "first": 1}))
    return opened

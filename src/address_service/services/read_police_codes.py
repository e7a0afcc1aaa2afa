"""Use-case: the police codes of one address on a day."""

from datetime import date

from address_service.errors import NotFound
from address_service.services.scope import require_scope
from address_service.store.lineage import LineageReader
from address_service.store.police_codes import PoliceCodes, police_codes
from address_service.store.work import Work


def read_police_codes(work: Work, address_code: str, on: date) -> PoliceCodes:
    """What the police call the place of an address; raises NotFound `address-not-found`, Forbidden `out-of-scope`."""
    lineage = LineageReader(work.conn, work.county_code)
    address_id = lineage.id_of_code(address_code)
    facts = lineage.facts([address_id], on) if address_id else {}
    if address_id is None or address_id not in facts:
        raise NotFound(f"{on}没有现行地址 {address_code[:40]}", code="address-not-found")
    require_scope(work.actor, facts[address_id].village_code)
    return police_codes(work.conn, work.county_code, [address_id], on)[address_id]

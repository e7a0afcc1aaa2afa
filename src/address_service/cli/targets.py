"""What a command's PLACE means: a village by code or name, one place by its id, or everything in scope."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from address_service.cli.acting import Desk


def find_targets(manned: "Desk", place: str) -> list[tuple[str, str | None]]:
    """Village codes, each with the one place wanted in it or None for all."""
    from uuid import UUID

    from address_service.errors import NotFound
    from address_service.store.listings import Listings

    with manned.work() as work:
        listings = Listings(work.conn, work.county_code, work.today)
        villages = listings.divisions(None, 100_000, level="village")
        in_scope = [v for v in villages if manned.actor.covers(v["code"])]
        if place == "all":
            return [(v["code"], None) for v in sorted(in_scope, key=lambda v: v["code"])]
        named = [(v["code"], None) for v in in_scope if place in (v["code"], v["name"])]
        if len(named) == 1:
            return list(named)
        try:
            found = listings.places(None, 1, place_id=UUID(place))
        except ValueError:
            found = []
    if not found:
        words = (
            f"有 {len(named)} 个村叫“{place}”，请用代码" if named else f"账户的辖区内没有村或地名“{place}”"
        )
        raise NotFound(words, code="place-not-found")
    return [(found[0]["village_code"], place)]

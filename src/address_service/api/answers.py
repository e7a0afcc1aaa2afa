"""From plain rows to the members of answers."""

from collections.abc import Mapping
from typing import Any

from address_service.model.codes import AddressCode
from address_service.model.numbers import DoorNumber
from address_service.services.print_batch import plate_url
from address_service.store.numbering_plans import PlanHead, PlanItem


def address_members(row: Mapping[str, Any]) -> dict[str, Any]:
    """Members of an address item."""
    return {
        **row,
        "code_grouped": AddressCode(row["code"]).grouped,
        "number": str(DoorNumber(row["main"], row["sub"])),
        "building": row["building_label"],
        "unit": row["unit_label"],
        "floor": row["floor_label"],
        "room": row["room_label"],
    }


def card_members(card: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """Members of an address card."""
    plate = None
    if card["plate_token"]:
        url = plate_url(public_url, card["plate_token"])
        plate = {"stage": card["plate_stage"], "profile": card["plate_profile"], "token_url": url}
    return {
        **address_members({**card, "building_codes": [b["code"] for b in card["buildings"]]}),
        "rooms": [{"code": r["code"], "label": room_label(r)} for r in card["rooms"]],
        "parcel_code": next((b["parcel_code"] for b in card["buildings"] if b["parcel_code"]), None),
        "plate": plate,
    }


def room_label(row: Mapping[str, Any]) -> str:
    """A room's labels in one text."""
    return "".join(row[f"{part}_label"] for part in ("building", "unit", "floor", "room"))


def plate_members(row: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """Members of a plate item."""
    return {**row, "token_url": plate_url(public_url, row["token"])}


def plan_members(head: PlanHead) -> dict[str, Any]:
    """Members of a numbering plan."""
    return {
        "id": head.id,
        "place_id": head.place_id,
        "place": head.place,
        "policy": f"{head.policy_name} v{head.policy_version}",
        "parameters": dict(head.parameters),
        "stage": head.stage,
        "summary": dict(head.summary),
        "created_at": head.created_at,
        "decided_at": head.decided_at,
    }


def line_members(item: PlanItem) -> dict[str, Any]:
    """Members of one line of a plan."""
    return {
        "position": item.position,
        "kind": item.kind,
        "number": str(item.number),
        "main": item.number.main,
        "sub": item.number.sub,
        "kept": item.kept,
        "side": item.side,
        "offset_m": item.offset_m,
        "building_ids": list(item.building_ids),
        "construction_plan_id": item.construction_plan_id,
        "lon": item.lon,
        "lat": item.lat,
        "reasons": [dict(reason) for reason in item.reasons],
    }


def job_members(run: Mapping[str, Any]) -> dict[str, Any]:
    """Members of an import job."""
    return {**run, "read": run["read_count"]}

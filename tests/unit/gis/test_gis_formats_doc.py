"""The published templates say what the readers do."""

import re
from pathlib import Path

import pytest

from address_service.gis.layers import LAYERS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
SOURCES = Path(__file__).parents[3] / "src" / "address_service" / "gis"


@pytest.mark.parametrize("name", LAYERS)
def test_every_field_of_a_layer_is_documented(name: str) -> None:
    spec = LAYERS[name]
    section = DOCUMENT.split(f"### `{name}` {spec.label}")[1].split("\n### ")[0].split("\n## ")[0]

    for field in spec.fields:
        must = "yes" if field.required else ""
        label = field.label.replace("|", "\\|")
        assert f"| `{field.name}` | {label} | {must} |" in section
        assert " ".join(field.synonyms).replace("|", "\\|") in section
    assert section.count("| `") == len(spec.fields)


def test_every_code_that_the_readers_give_is_documented() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.py")))
    given = set(re.findall(r'code="([a-z-]+)"', code)) - {"format-unknown"}

    assert given
    assert sorted(name for name in given if f"`{name}`" not in DOCUMENT) == []

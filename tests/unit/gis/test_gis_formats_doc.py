"""The published templates say what the readers do."""

import re
from pathlib import Path

import pytest

from address_service.gis.extract_lists import known_layouts
from address_service.gis.layers import LAYERS
from address_service.model.labels import label
from address_service.model.reconciliation import Outcome, PersonFinding
from address_service.reconcile.layout import FIELDS, read_layout
from address_service.services.export_extract import ADDED as EXTRACT_COLUMNS
from address_service.services.write_matches import ADDED as MATCH_COLUMNS

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


@pytest.mark.parametrize("profile", known_layouts())
def test_every_profile_of_an_extract_is_documented_with_what_it_is_known_by(profile: str) -> None:
    known_by = ", ".join(f"`{field}`" for field in known_layouts()[profile].recognised_by)

    assert f"| `{profile}` | {known_by} |".replace("  ", " ") in DOCUMENT


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_an_extract_is_documented(field: str) -> None:
    section = DOCUMENT.split("\n## Population extracts")[1].split("\n## ")[0]

    assert (f"`{field}`" in section, FIELDS[field] in section) == (True, True)


def test_the_profile_in_the_document_can_be_read_and_its_results_have_these_names() -> None:
    section = DOCUMENT.split("\n## Population extracts")[1].split("\n## ")[0]
    example = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)

    assert example is not None
    assert read_layout(example[1]).compose == ("street",)
    assert [name for name in (*EXTRACT_COLUMNS, *MATCH_COLUMNS) if name not in section] == []
    assert [one for one in Outcome if f"| {label(one)} | `{one}` |" not in section] == []
    assert [one for one in PersonFinding if label(one) not in section] == []

"""The documents say what is there: links, commands, settings, rights, words, decisions."""

import importlib
import inspect
import pkgutil
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from typer.main import get_command

import address_service.model
from address_service.api.app import build_app
from address_service.api.read_lane import build_read_router
from address_service.cli import build
from address_service.coding.numbering import Policy
from address_service.edge.rights import RIGHTS, RIGHTS_TOGETHER, Right
from address_service.edge.work import House
from address_service.errors import Unauthenticated
from address_service.model.accounts import Role
from address_service.settings import Settings
from address_service.store.engine import make_engine
from address_service.store.files import FileStore
from address_service.store.read_lane import ReadLane

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "gis_data").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
READMES = ("README.md", "README.zh-CN.md")

_LINK = re.compile(r'\]\(([^)\s]+)\)|src="([^"]+)"')
_CODE = re.compile(r"```.*?\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s/])address-service[ \t]+([a-z][^\n|>&#;]*)", re.MULTILINE)

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links(text: str) -> set[str]:
    """Relative links and pictures, anchors included."""
    found = {link or picture for link, picture in _LINK.findall(text)}
    return {link for link in found if not re.match(r"[a-z]+:", link)}


def code(text: str) -> Iterator[str]:
    """Fenced blocks and inline spans, continued lines joined."""
    for block, span in _CODE.findall(text):
        yield (block or span).replace("\\\n", " ")


def anchors(path: Path) -> set[str]:
    """Anchors of a document's headings, by the rule of the forges."""
    titles = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def commands(text: str) -> list[list[str]]:
    """The words after `address-service` of every call in a document."""
    return [shlex.split(call) for piece in code(text) for call in _COMMAND.findall(piece)]


@cache
def program() -> Any:
    """The program as its parser knows it."""
    return get_command(build())


def problem_of(words: list[str]) -> str | None:
    """What is wrong with a call of the program, None when it has that command and those options."""
    command = program()
    rest = list(words)
    while hasattr(command, "commands"):
        if not rest:
            return None
        if rest[0] not in command.commands:
            return f"no command {' '.join(words)}"
        command = command.commands[rest.pop(0)]
    known = {"-h", "--help"}.union(*({*p.opts, *p.secondary_opts} for p in command.params))
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]
    return f"no option {unknown[0]} in {' '.join(words)}" if unknown else None


def visible_commands(command: Any, name: str = "") -> Iterator[str]:
    """Every command of the program by its full name, but hidden ones."""
    if not hasattr(command, "commands"):
        yield name
        return
    for part, inner in command.commands.items():
        if not inner.hidden:
            yield from visible_commands(inner, f"{name} {part}".strip())


@documents
def test_relative_links_lead_somewhere(document: Path) -> None:
    for link in links(document.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document

        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@documents
def test_commands_named_in_documents_exist(document: Path) -> None:
    problems = [problem_of(words) for words in commands(document.read_text(encoding="utf-8"))]

    assert [problem for problem in problems if problem] == []


def test_a_wrong_command_or_option_would_be_found() -> None:
    text = "`address-service db fly`\n```sh\n.venv/bin/address-service serve --wings 2\n```"

    problems = [problem_of(words) for words in commands(text)]

    assert problems == ["no command db fly", "no option --wings in serve --wings 2"]


@pytest.mark.parametrize("name", list(visible_commands(program())))
def test_every_command_stands_in_operations(name: str) -> None:
    named = [" ".join(words) for words in commands(read("docs/operations.md"))]

    assert any(call == name or call.startswith(f"{name} ") for call in named)


@pytest.mark.parametrize("key", sorted(Settings.model_fields))
def test_every_setting_stands_in_operations(key: str) -> None:
    assert f"| `{key.upper()}` |" in read("docs/operations.md")


def test_the_table_of_rights_is_the_one_that_holds() -> None:
    operations = read("docs/operations.md")
    head = " | ".join(right.value for right in Right)
    rows = re.findall(r"^\| \S+ `([a-z_]+)` \|(.+)\|$", operations, re.MULTILINE)
    written = {
        role: {right for right, cell in zip(Right, cells.split("|"), strict=True) if cell.strip() == "✓"}
        for role, cells in rows
    }

    assert f"| office | {head} |" in operations
    assert written == {role.value: set(rights) for role, rights in RIGHTS.items()}


def test_together_the_system_administrator_may_all_but_approve() -> None:
    together = {role: rights for role, rights in RIGHTS_TOGETHER.items() if rights != RIGHTS[role]}

    assert together == {Role.ADMIN: frozenset(Right) - {Right.APPROVE}}
    assert "every right but *approve*" in read("docs/operations.md")


@pytest.mark.parametrize("parameter", Policy().parameters())
def test_every_parameter_of_the_policy_stands_in_the_api(parameter: str) -> None:
    assert re.search(rf"^\|[^|]*`{parameter}`", read("docs/api.md"), re.MULTILINE)


def endpoints(data_dir: Path) -> set[str]:
    """Method and path of everything that the OpenAPI document names; nothing is connected."""

    async def closed(request: Request) -> None:
        raise Unauthenticated("")

    house = House(Settings(), make_engine("dbname=nowhere"), FileStore(data_dir))
    app = build_app(house, ReadLane("dbname=nowhere", "430626"), build_read_router(closed))
    return {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}


def test_the_table_of_endpoints_is_complete(tmp_path: Path) -> None:
    listed = re.findall(r"^\| `([A-Z]+ /\S+)` \|", read("docs/api.md"), re.MULTILINE)

    assert sorted(listed) == sorted(endpoints(tmp_path))


def public_types() -> Iterator[str]:
    for module in pkgutil.iter_modules(address_service.model.__path__, "address_service.model."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and not name.startswith("_"):
                yield name


@pytest.mark.parametrize("name", sorted(public_types()))
def test_every_public_type_of_the_model_stands_in_the_glossary(name: str) -> None:
    assert re.search(rf"`{name}\b", read("docs/glossary.md"))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_and_four_parts(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")

    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert re.findall(r"^\*\*(\w+)\.\*\* \S", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Alternatives",
    ]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_index_leads_to_every_document() -> None:
    index = links(read("docs/README.md"))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}

    assert pages - {"README.md"} <= index


def test_both_readmes_tell_the_same() -> None:
    english, chinese = (read(name) for name in READMES)

    assert links(english) - {READMES[1]} == links(chinese) - {READMES[0]}
    assert english.count("\n## ") == chinese.count("\n## ")
    assert [words[:2] for words in commands(english)] == [words[:2] for words in commands(chinese)]


def test_the_changelog_knows_this_version() -> None:
    version = re.escape(tomllib.loads(read("pyproject.toml"))["project"]["version"])

    assert re.search(
        rf"^## (\[Unreleased\]: becomes {version}$|\[{version}\])", read("CHANGELOG.md"), re.MULTILINE
    )

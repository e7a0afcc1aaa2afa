"""The checkout is as its own tools expect it."""

import ast
import os
import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_test_function_stands_where_pytest_looks() -> None:
    strays = [
        path
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith("test_")
        and re.search(r"^\s*def test_", path.read_text(encoding="utf-8"), re.M)
    ]

    assert strays == []


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert silent == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_scripts_can_be_run() -> None:
    scripts = [*(ROOT / "script").iterdir(), ROOT / ".ci" / "run", ROOT / "docker" / "entrypoint.sh"]

    assert [path for path in scripts if not os.access(path, os.X_OK)] == []


def test_setup_and_image_use_the_same_uv() -> None:
    in_setup = re.search(r"UV_VERSION=([\d.]+)", text("script/setup"))
    in_image = re.search(r"uv==([\d.]+)", text("Dockerfile"))

    assert in_setup is not None
    assert in_image is not None
    assert in_setup[1] == in_image[1]


def test_images_are_pinned_to_a_version() -> None:
    images = re.findall(r"^FROM (\S+)", text("Dockerfile"), re.M)
    images += [
        s["image"] for s in yaml.safe_load(text("docker-compose.yml"))["services"].values() if "image" in s
    ]

    assert images
    assert [image for image in images if not re.search(r":\d", image)] == []


def test_compose_waits_for_a_healthy_database_and_gives_no_password_a_default() -> None:
    services = yaml.safe_load(text("docker-compose.yml"))["services"]

    assert services["service"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    passwords = {
        key: value
        for service in services.values()
        for key, value in service["environment"].items()
        if key.endswith("PASSWORD")
    }
    assert len(passwords) == 4
    assert all(re.fullmatch(r"\$\{\w+:\?[^}]+\}", value) for value in passwords.values())


def test_the_wheel_ships_the_migrations() -> None:
    wheel = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert wheel["force-include"] == {"migrations": "address_service/_migrations"}

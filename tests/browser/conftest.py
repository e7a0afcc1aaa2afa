"""A real Chromium before a running service; every test also proves that nothing left this machine.

`demo_server` (url, api_key) is the service with the sample town.
"""

import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 60_000
OPENED = pytest.StashKey[tuple[Browser, ExitStack]]()
expect.set_options(timeout=20_000)  # two cores draw the map and serve it; five seconds are not always enough


class DemoServer(Protocol):
    """Where the service answers, and a key that may do everything but approve."""

    url: str
    api_key: str


@dataclass(slots=True)
class Watch:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect_failure(self, status: int) -> None:
        """The browser itself logs answers of 400 and more; a test that provokes one says so."""
        self.expected.append(f"status of {status}")

    def unexpected(self) -> list[str]:
        """Complaints that no test asked for."""
        return [line for line in self.complaints if not any(text in line for text in self.expected)]


@dataclass(frozen=True, slots=True)
class Api:
    """The HTTP interface beside the browser, to know what a page ought to show."""

    url: str
    key: str

    def get(self, path: str) -> Any:
        """The answer as JSON."""
        return httpx.get(self.url + path, headers={"X-API-Key": self.key}).raise_for_status().json()

    def some_address(self, text: str = "烟舟村") -> dict[str, Any]:
        """A found address as its card."""
        found = self.get(f"/api/v1/search?q={text}&limit=8")["items"]
        card: dict[str, Any] = self.get(f"/api/v1/addresses/{found[-1]['code']}")
        return card

    def village_with_unassigned(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A village and its houses without a group."""
        for village in self.get("/api/v1/divisions?level=village&limit=200")["items"]:
            houses = self.get(f"/api/v1/buildings?unassigned=true&village={village['code']}&limit=200")[
                "items"
            ]
            if houses:
                return village, houses
        raise AssertionError("the sample town has no house without a group")


@pytest.fixture
def chromium(pytestconfig: pytest.Config) -> Browser:
    """One browser for all tests of this folder that run one after the other."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    if OPENED not in pytestconfig.stash:
        with ExitStack() as stack:
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            stack.callback(browser.close)
            pytestconfig.stash[OPENED] = browser, stack.pop_all()
    return pytestconfig.stash[OPENED][0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Close the browser behind the last of them: it runs an event loop, which others must not find running."""
    yield
    goes_on = nextitem is not None and Path(__file__).parent in nextitem.path.parents
    if not goes_on and OPENED in item.config.stash:
        item.config.stash[OPENED][1].close()
        del item.config.stash[OPENED]


@pytest.fixture
def api(demo_server: DemoServer) -> Api:
    """Questions to the service beside the browser."""
    return Api(demo_server.url, demo_server.api_key)


@pytest.fixture
def watch() -> Watch:
    """The record of the test's page."""
    return Watch()


def _watched(context: BrowserContext, watch: Watch) -> Page:
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.on("request", lambda request: watch.requests.append(request.url))
    page.on(
        "console",
        lambda line: watch.complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: watch.complaints.append(str(error)))
    return page


def _check(watch: Watch, server: DemoServer) -> None:
    outside = [url for url in watch.requests if not url.startswith((f"{server.url}/", "data:", "blob:"))]
    assert outside == []
    assert watch.unexpected() == []


@pytest.fixture
def page(chromium: Browser, demo_server: DemoServer, watch: Watch) -> Iterator[Page]:
    """A desktop page; after the test nothing may have left this machine and nothing may stand in the console."""
    with chromium.new_context(
        base_url=demo_server.url,
        locale="zh-CN",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 800},
    ) as context:
        yield _watched(context, watch)
    _check(watch, demo_server)


@pytest.fixture
def phone(chromium: Browser, demo_server: DemoServer, watch: Watch) -> Iterator[Page]:
    """The same on a phone with touch."""
    with chromium.new_context(
        base_url=demo_server.url,
        locale="zh-CN",
        reduced_motion="reduce",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    ) as context:
        yield _watched(context, watch)
    _check(watch, demo_server)


def wait_for_map(page: Page) -> None:
    """Until every tile of the view is drawn."""
    expect(page.locator("#map")).to_have_attribute("data-state", "idle", timeout=WAIT_MS)


def open_map(page: Page, at: dict[str, Any] | None = None, zoom: float = 18) -> None:
    """Open the map, over the county or close to an address."""
    page.goto(f"/#/?map={zoom}/{at['lat']}/{at['lon']}" if at else "/")
    wait_for_map(page)


def sign_in(page: Page, key: str, to: str = "/assign") -> None:
    """Sign in by key through the form."""
    page.goto(f"/sign-in?next={quote(to, safe='')}")
    page.get_by_text("用接口密钥登录").click()
    page.get_by_label("接口密钥").fill(key)
    page.get_by_role("button", name="用密钥登录").click()
    page.wait_for_url(re.compile(re.escape(to) + "$"))

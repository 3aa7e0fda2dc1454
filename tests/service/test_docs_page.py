"""The docs page of a service as callers open it: nothing asked of the network, and it fits a phone."""

import re
from pathlib import Path

import httpx
import pytest

from tests.browser.conftest import Browser
from tests.template import ROOT

pytestmark = pytest.mark.slow
PICTURES = ROOT / "build" / "browser"
NARROW = 500  # pixels, the narrowest window that the browser has
MEASURE = "<script>document.title = document.documentElement.scrollWidth</script>"


@pytest.fixture(scope="module")
def page(service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a service with routes, a shadow and a pipeline."""
    file = tmp_path_factory.mktemp("docs") / "docs.html"
    file.write_text(httpx.get(f"{service.url}/docs").raise_for_status().text)
    return file


def test_nothing_is_asked_of_the_network(browser: Browser, page: Path):
    assert browser.requests(page.as_uri()) == set()


def test_it_is_there_in_the_light_and_in_the_dark_wide_and_narrow(browser: Browser, page: Path):
    light = browser.picture(page.as_uri(), PICTURES / "docs-light.png", 1000, 3000)
    dark = browser.picture(page.as_uri(), PICTURES / "docs-dark.png", 1000, 3000, dark=True)
    narrow = browser.picture(page.as_uri(), PICTURES / "docs-narrow.png", NARROW, 4000)
    assert all(len(picture) > 20_000 for picture in (light, dark, narrow)) and len({light, dark, narrow}) == 3


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, page: Path):
    measured = page.with_name("measured.html")
    measured.write_text(page.read_text() + MEASURE)
    shown = browser.open(measured.as_uri(), "--dump-dom", f"--window-size={NARROW},800")
    assert int(re.search(r"<title>(\d+)</title>", shown)[1]) <= NARROW

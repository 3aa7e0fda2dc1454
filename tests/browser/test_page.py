"""The page of a comment as a reviewer opens it: every chart drawn, nothing asked of the network."""

import re
from pathlib import Path

import pytest

from mlgitops.report import html, markdown
from mlgitops.report.page import Page
from mlgitops.report.sentences import worded
from tests.browser.conftest import Browser
from tests.mlgitops.report.charted import AREAS, PRECISION, RELIABILITY, charted, history
from tests.template import ROOT

pytestmark = pytest.mark.slow
RUN = "https://github.com/acme/flight-delays/actions/runs/512"
PICTURES = ROOT / "build" / "browser"
LINES = [3, 2, 3]  # of each chart


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page with three charts. The charts are unfolded: it names something inside of them."""
    report = worded(charted(RELIABILITY, PRECISION, merges=history(AREAS), floor=0.73))
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(html.page(markdown.render(report, Page(pull=12, run_url=RUN, run_number=512))))
    return f"{file.as_uri()}#chart-1"


def test_every_chart_is_drawn(browser: Browser, page: str):
    drawn = browser.open(page, "--dump-dom").split("<figure>")[1:]
    assert [len(re.findall(r'class="line-plot-\d"><path d="M[\d.,L-]+"', figure)) for figure in drawn] == LINES
    assert not any("NaN" in figure for figure in drawn)


def test_nothing_is_asked_of_the_network(browser: Browser, page: str, tmp_path: Path):
    assert browser.requests(page) == set()
    addresses = re.findall(r'(?:src|href|action|srcset|url\()="?([^"\s>)]+)', browser.open(page, "--dump-dom"))
    assert addresses and all(address.startswith(RUN) for address in addresses)


def test_a_page_that_asks_would_be_noticed(browser: Browser, tmp_path: Path):
    (tmp_path / "asks.html").write_text('<img src="http://images.example/x.png">')
    assert browser.requests((tmp_path / "asks.html").as_uri()) == {"http://images.example/x.png"}


def test_the_page_is_there_in_the_light_and_in_the_dark_wide_and_narrow(browser: Browser, page: str):
    wide = browser.picture(page, PICTURES / "light.png", 960, 2000)
    dark = browser.picture(page, PICTURES / "dark.png", 960, 2000, dark=True)
    narrow = browser.picture(page, PICTURES / "narrow.png", 500, 2000)
    assert all(len(picture) > 20_000 for picture in (wide, dark, narrow)) and len({wide, dark, narrow}) == 3

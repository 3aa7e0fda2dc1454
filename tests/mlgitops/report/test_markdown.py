"""Whatever a report holds, its comment has the tables that belong there, and no markup of the report's own."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgitops.deploy.plan import Plan
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route, Step
from mlgitops.report import markdown
from mlgitops.report.document import load
from mlgitops.report.page import Guarded, Page, Recorded
from tests.mlgitops.report import expected, github
from tests.mlgitops.report.strategies import reports

RUN = "https://github.com/acme/churn/actions/runs/512"
UNRECORDED = Recorded(result="fail", why="the branch has moved")
HOSTILE = Guarded(paths=(".github/`|\n# <img src=x> @ada ![](//x.y)\u202e", *(f"environments/{n}" for n in range(20))))
EVIL = "|\n# <img src=x> @ada #1 `![](x)` https://x.y\u202e"
ROUTED = Endpoint(routes=[Route(EVIL, 90), Route(EVIL, 10)], shadow=[EVIL], sticky=EVIL)
PIPED = Endpoint(pipeline=[Step(EVIL, {EVIL: EVIL})])
BEFORE, AFTER = Serving({EVIL: EVIL, "a": "b"}, {EVIL: ROUTED}), Serving({EVIL: EVIL}, {EVIL: PIPED, "late": ROUTED})
PLANS = (
    Plan(environment="production", before=BEFORE, after=AFTER, notes=(EVIL,), is_served=True),
    Plan(environment="staging", before=BEFORE, refused=EVIL),
)
PAGES = st.sampled_from(
    [
        Page(),
        Page(pull=12, run_url=RUN, run_number=512, recorded=UNRECORDED, guarded=HOSTILE),
        Page(pull=12, plans=PLANS),
    ]
)
TAGS = re.compile(r"</?(details|details open|summary|b|sub)>|^<!-- mlgitops:report [\w:=. -]+-->")
OPENED = re.compile(r"@\w|#\d|://|www\.|GH-\d|[\u202a-\u202e\u2066-\u2069\u0000-\u0008]", re.IGNORECASE)
UNWANTED = {"image", "hr", "ordered_list_open", "bullet_list_open", "blockquote_open", "code_block"}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def check(report: dict, page: Page) -> None:
    """The tables that belong there; no HTML, image, link, mention, chart or heading of the report's own."""
    parsed = load(json.dumps(report).encode())
    text = markdown.render(parsed, page)
    assert len(text.encode()) < markdown.MAX_BYTES and "Shortened" not in text
    assert github.tables(text) == expected.tables(parsed, page)
    tokens = list(github.parse(text))
    assert not {token.type for token in tokens} & UNWANTED
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            assert not re.search("[<>@`&]|://", TAGS.sub("", token.content))
        if token.type == "link_open":
            assert page.run_url and token.attrs["href"].startswith(RUN)
        if token.type == "fence":
            assert token.info == "text" or (token.info == "mermaid" and expected.CHART.fullmatch(token.content))
    assert not any(OPENED.search(part) for part in github.prose(text, RUN))
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings[0] == "h2" and headings.count("h2") == 1 + bool(report["others"]) * (1 + len(report["others"]))
    assert set(headings) <= {"h2", "h3"}


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(reports(), PAGES)
def test_a_hostile_report_brings_nothing_of_its_own(report, page):
    check(report, page)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW)
@given(reports(), PAGES)
def test_nor_do_a_thousand(report, page):
    check(report, page)


@pytest.mark.fault("report of 100,000 characters", "the comment is cut in one order and says so; the summary has all")
def test_a_report_of_the_greatest_lengths_is_cut_in_order_and_says_so():
    long = "\U0001f600" * 200
    value = {"name": long, "base": long, "head": long}
    failure = {"suite": long, "type": long, "column": long, "severity": "critical", "success": False}
    slices = [
        {"column": "kind", "value": f"{n}", "metric": "roc_auc", "direction": "higher", "rows": 10, "margin": 0.1}
        | {"base": 0.5, "head": 0.5, "delta": 0.0, "low": -0.1, "high": 0.1, "result": "within-margin"}
        for n in range(300)
    ]
    report = {
        "changes": {"params": [value] * 15},
        "validation": {"total": 50, "passed": 0, "severity": "critical", "failures": [failure] * 50},
        "method": {"draws": 2000, "confidence": 0.95, "seed": 0},
        "slices": slices,
        "rows": {"comparison": "same", "count": 10},
        "gates": [{"name": "Slices", "result": "pass"}],
        "verdict": "do-not-merge",
    }
    content = json.dumps(report, ensure_ascii=False)
    assert len(content) > 100_000
    text = markdown.render(load(content.encode()))
    assert len(text.encode()) < markdown.MAX_BYTES
    assert "Shortened: charts, slices that pass, " in text
    assert "300 passing slices are in the full report." in text
    assert text.count("<details") == text.count("</details>")
    assert "and 45 more" in text


def test_a_plan_of_the_greatest_lengths_is_cut_and_keeps_its_refusal():
    wide = Endpoint(routes=[Route("\u00e9" * 80)] * 60)
    serving = Serving({f"{number}": "\u00e9" * 80 for number in range(60)}, {f"{number}": wide for number in range(60)})
    plans = tuple(Plan(environment="a", after=serving, refused="é" * 500, notes=("é" * 500,)) for _ in range(10))
    text = markdown.render(load(b'{"verdict": "ready"}'), Page(plans=plans))
    assert len(text.encode()) < markdown.MAX_BYTES
    assert text.count("**Refused**") == 10 and text.splitlines()[0].endswith("verdict=do-not-merge schema=1 -->")

"""Whatever a report holds, its comment has the tables that belong there, and no markup of the report's own."""

import json
import re

from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt

from mlgitops.report import markdown
from mlgitops.report.document import load
from tests.mlgitops.report.strategies import reports

GITHUB = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])
HTML = re.compile(r"</?(details|details open|summary|b|sub)>|<!-- mlgitops:report [\w:=. -]+-->")
HEADS = {"Gate", "Metric", "Input", "Slice", "Actual ↓ / predicted →", "Suite", "Cost", "Endpoint"}
SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def tokens(text: str):
    for token in GITHUB.parse(text):
        yield token
        yield from token.children or ()


@SETTINGS
@given(reports())
def test_a_hostile_report_brings_nothing_of_its_own(report):
    text = markdown.render(load(json.dumps(report).encode()))
    assert len(text.encode()) < markdown.MAX_BYTES
    assert text.startswith("<!-- mlgitops:report head=") and text.count("<!--") - text.count("`") <= 1
    found = list(tokens(text))
    assert not {token.type for token in found} & {"link_open", "image", "hr", "ordered_list_open", "bullet_list_open"}
    for token in found:
        if token.type in ("html_block", "html_inline"):
            assert not HTML.sub("", re.sub(r"(?s)<summary>.*?</summary>|<sub>.*</sub>", "", token.content)).strip()
        if token.type == "text":
            assert not re.search(r"@\w|#\d|://|www\.", token.content)
            assert not re.search("[\u202a-\u202e\u2066-\u2069\u0000-\u0008]", token.content)
    headings = [token for token in found if token.type == "heading_open"]
    assert [token.tag for token in headings] == ["h2"] + ["h3"] * (len(headings) - 1)


@SETTINGS
@given(reports())
def test_a_hostile_report_has_exactly_the_expected_tables(report):
    parsed = load(json.dumps(report).encode())
    tree = GITHUB.parse(markdown.render(parsed))
    heads = [tree[n + 3].children[0].content for n, token in enumerate(tree) if token.type == "thead_open"]
    assert len(heads) == len(set(heads)) and set(heads) <= HEADS
    widths = []
    for token in tree:
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in ("th_open", "td_open"):
            widths[-1] += 1
    bodies = [token for token in tree if token.type == "tbody_open"]
    assert len(bodies) == len(heads)
    if "Gate" in heads:
        assert widths[: len(parsed.gates) + 1] == [3] * (len(parsed.gates) + 1)


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
    text = markdown.render(load(json.dumps(report, ensure_ascii=False).encode()))
    assert len(text.encode()) < markdown.MAX_BYTES
    assert "Shortened: the rest is in the full report" in text
    assert "300 passing slices are in the full report." in text
    assert text.count("<details") == text.count("</details>")
    assert "and 45 more" in text

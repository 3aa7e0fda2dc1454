"""The page of a comment: HTML of ours only, charts drawn by Mermaid 11 itself, never a traceback."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mlgitops.report import document, html, markdown
from mlgitops.report.sentences import worded
from tests.mlgitops.report import github
from tests.mlgitops.report.charted import AREAS, PRECISION, RELIABILITY, charted, history

MLGITOPS = Path(sys.executable).with_name("mlgitops")
GOLDEN = sorted((Path(__file__).parents[1] / "states" / "golden").glob("*.md"))
FRAME = {"html", "head", "meta", "title", "style", "body", "article", "header", "main"}
OURS = FRAME | {"p", "h2", "h3", "a", "b", "strong", "em", "code", "pre", "sub", "s", "details", "summary", "figure"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td", "div"}


def tags(page: str) -> list[str]:
    """All elements in their order; what stands in a chart is left out."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append(tag)
    parser.feed(re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_every_state_becomes_a_page_with_its_tables_and_folded_parts(golden: Path):
    text = golden.read_text()
    page = html.page(text)
    found = tags(page)
    assert set(found) <= OURS
    assert found.count("table") == len(github.tables(text)) and found.count("details") == text.count("<details")
    assert text.count("> [!") == page.count('<p class="markdown-alert-title">')
    assert "<title>" in page and "mlgitops:report" not in page


def test_a_chart_is_drawn_with_all_its_lines_in_the_colours_of_the_page():
    page = html.page(markdown.render(worded(charted(RELIABILITY, PRECISION, merges=history(AREAS)))))
    figures = page.split("<figure>")[1:]
    assert [len(re.findall(r'class="line-plot-\d"', figure)) for figure in figures] == [3, 2, 2]
    assert [re.search(r'<svg id="([\w-]+)"', figure)[1] for figure in figures] == ["chart-1", "chart-2", "chart-3"]
    assert 'fill="currentColor"' in page and "#my-svg" not in page and "```" not in page


def test_a_chart_that_can_not_be_drawn_stays_as_text():
    page = html.page("## A\n\n```mermaid\nxychart-beta\n    line [<b>]\n```\n\nmore\n")
    assert "<pre><code>xychart-beta\n    line [&lt;b&gt;]\n</code></pre>" in page
    assert "<em>This chart could not be drawn: " in page and "<p>more</p>" in page


@pytest.mark.parametrize(
    "foreign",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<details onclick=alert(1)><summary>x</summary></details>",
        "a <b onclick=alert(1)>b</b>",
        "<svg/onload=alert(1)>",
        "<style>* {display: none}</style>",
        "<!-- x --><iframe></iframe>",
        "[x](javascript:alert(1))",
    ],
)
def test_html_that_is_not_ours_is_text(foreign: str):
    page = html.page(f"## A\n\n{foreign}\n")
    body = page[page.index("<main>") :]
    assert set(tags(page)) <= OURS and not re.search(r"<[^>]*alert", body) and "<style" not in body


def test_the_title_is_plain_text():
    assert "<title>✅ Ready: roc_auc &lt;b&gt;</title>" in html.page("## ✅ Ready: `roc_auc` \\<b\\>\n")


def test_the_page_is_written_by_the_command(tmp_path: Path):
    (tmp_path / "report.json").write_bytes(document.dump(charted(merges=history(AREAS))))
    command = [MLGITOPS, "render", "report.json", "--html", "--out", "report.html"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "report.html").read_text().count("<figure>") == 1


@pytest.mark.parametrize("content", [b"{", json.dumps({"schema": 2}).encode()])
def test_no_page_is_made_of_what_is_no_report(tmp_path: Path, content: bytes):
    (tmp_path / "report.json").write_bytes(content)
    command = [MLGITOPS, "render", "report.json", "--html", "--out", "report.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("mlgitops: report.json is not a report")
    assert not (tmp_path / "report.html").exists()

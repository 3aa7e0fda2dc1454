"""The comment as a page that looks like it does on GitHub: one file, its charts drawn, nothing fetched.

HTML in the Markdown is the renderer's own; a tag that is not on its list is shown as text all the same.
"""

import re
from html import escape
from pathlib import Path
from string import Template

from markdown_it import MarkdownIt

FRAME = Path(__file__).with_name("comment.html")
FOREIGN = re.compile(r"<(?!/?(?:details|details open|summary|b|sub)>)")
HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
PARTS = (
    "title",
    "xAxisLabel",
    "xAxisTitle",
    "xAxisTick",
    "xAxisLine",
    "yAxisLabel",
    "yAxisTitle",
    "yAxisTick",
    "yAxisLine",
)
# A chart has the page's text colour, in the light and in the dark.
COLOURS = {"backgroundColor": "transparent"} | {f"{part}Color": "currentColor" for part in PARTS}


def page(markdown: str) -> str:
    """The whole page of a comment; its title is the comment's first heading."""
    parser = MarkdownIt("gfm-like2", {"linkify": False})
    parser.add_render_rule("html_block", _tags)
    parser.add_render_rule("html_inline", _tags)
    parser.add_render_rule("fence", _fence)
    tokens, environment = parser.parse(markdown), {"charts": 0}
    body = parser.renderer.render(tokens, parser.options, environment)
    return Template(FRAME.read_text(encoding="utf-8")).substitute(title=escape(_title(tokens)), body=body)


def draw(chart: str, number: int) -> str:
    """A Mermaid chart as SVG, by Mermaid 11 itself; its text where it can't be drawn."""
    try:
        import mermaidx

        svg = mermaidx.render(chart, config={"themeVariables": {"xyChart": COLOURS}}).svg()
    except Exception as error:  # whatever an engine inside an engine raises, the rest of the page is worth having
        reason = escape(str(error).split("\n", 1)[0][:200])
        return f"<pre><code>{escape(chart)}</code></pre>\n<p><em>This chart could not be drawn: {reason}</em></p>\n"
    # The style sheet is for other kinds of diagrams, and would hold for all charts of the page.
    svg = STYLE.sub("", svg).replace('id="my-svg"', f'id="chart-{number}"', 1)
    return f"<figure>{svg}</figure>\n"


def _fence(renderer, tokens, index, options, environment) -> str:
    if tokens[index].info != "mermaid":
        return renderer.fence(tokens, index, options, environment)
    environment["charts"] += 1
    return draw(tokens[index].content, environment["charts"])


def _tags(renderer, tokens, index, options, environment) -> str:
    return FOREIGN.sub("&lt;", HIDDEN.sub("", tokens[index].content))


def _title(tokens) -> str:
    inline = [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "heading_open"]
    return "".join(child.content for child in inline[0].children) if inline else "mlgitops"

"""A comment as GitHub reads it: CommonMark with tables, bare addresses as links, and HTML."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.mlgitops.report.expected import Table

PARSER = MarkdownIt("gfm-like2")
PIPE = re.compile(r"(?<!\\)\|")


def parse(text: str) -> Iterator[Token]:
    """All tokens, those inside a line after it."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def tables(text: str) -> list[Table]:
    """The tables found. A line with more or fewer cells than its head is an error: parsers hide that."""
    lines, tokens, found = text.splitlines(), PARSER.parse(text), []
    for n, token in enumerate(tokens):
        if token.type == "table_open":
            start, end = token.map
            cells = {len(PIPE.findall(line)) - 1 for line in lines[start:end]}
            assert len(cells) == 1, lines[start:end]
            found.append(Table(tokens[n + 4].content, cells.pop(), end - start - 2))
    return found


def prose(text: str, ours: str) -> Iterator[str]:
    """The text outside of code and of links that begin with `ours`."""
    inside = False
    for token in parse(text):
        if token.type in ("link_open", "link_close"):
            inside = token.type == "link_open" and str(token.attrs["href"]).startswith(ours)
        if token.type == "text" and not inside:
            yield token.content

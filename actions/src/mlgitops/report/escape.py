"""Text from elsewhere, shown in Markdown as text and nothing else.

Whatever a pull request can influence is shown in a code span or a fenced block: GitHub makes no mention, reference,
link, image or HTML of what stands there.
"""

import re
import unicodedata
from collections.abc import Iterable

CAP = 80  # characters of a name
HIDDEN = ("Cf", "Cs", "Co", "Cn")  # categories of Unicode
BREAK = "\u200b"  # between the parts of what GitHub would turn into a link


def clean(text: str, cap: int = CAP) -> str:
    """One line without control, invisible and direction-changing characters, cut at `cap` characters."""
    return _cut(" ".join(_visible(text).split()), cap)


def code(text: str, cap: int = CAP) -> str:
    """A name as a code span; a backtick in it becomes an apostrophe."""
    return f"`{clean(text, cap).replace('`', chr(39)) or '(empty)'}`"


def cell(text: str, cap: int = CAP) -> str:
    """A name as a code span inside a table; nothing for nothing.

    A pipe is escaped by a backslash. Parsers disagree about a backslash before that one, so that it becomes a ∖.
    """
    if not text:
        return ""
    return in_table(code(text, cap))


def in_table(markdown: str) -> str:
    """Markdown of ours, its pipes escaped."""
    return re.sub(r"\\*\|", lambda found: "∖" * (len(found[0]) - 1) + r"\|", markdown)


def prose(text: str) -> str:
    """A sentence of `sentences`: what stands in backticks becomes code, the rest is plain text."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["'".join(parts[-2:])]
    return "".join(code(part) if n % 2 else plain(part) for n, part in enumerate(parts))


def plain(text: str, cap: int = 500) -> str:
    """Text outside of code: punctuation that means something is escaped, links and mentions are broken up."""
    edges = re.match(r"(\s?).*?(\s?)\Z", text, re.DOTALL)
    escaped = re.sub(r"([\\`*_{}\[\]<>~$|!&])", r"\\\1", clean(text, cap))
    broken = re.sub(r"([@#]|:(?=//)|www(?=\.)|GH(?=-))", rf"\1{BREAK}", escaped, flags=re.IGNORECASE)
    return edges[1] + broken + (edges[2] if broken else "")


def listed(names: Iterable[str], cap: int = 500) -> list[str]:
    """Lines for a job's log, in which a name can't be a command to the runner, as one that begins with `::` is."""
    return [f"- {clean(name, cap)}" for name in names]


def block(lines: list[str], cap: int = 300) -> str:
    """Lines in a fence that is longer than any inside."""
    shown = [_cut(_visible(line), cap).rstrip() for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *shown, fence])


def _visible(text: str) -> str:
    """Control characters and line ends as spaces; without format characters (bidirectional, zero-width),
    surrogates, and code points that mean nothing."""
    kinds = ((character, unicodedata.category(character)) for character in text)
    return "".join(" " if kind in ("Cc", "Zl", "Zp") else character for character, kind in kinds if kind not in HIDDEN)


def _cut(line: str, cap: int) -> str:
    return line if len(line) <= cap else line[: cap - 1] + "…"

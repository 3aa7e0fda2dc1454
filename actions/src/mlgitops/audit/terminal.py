"""The result of an audit on the terminal, in a job's log and on its summary page."""

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from mlgitops.report.escape import cell, clean
from mlgitops.report.schema import Audit
from mlgitops.report.sentences.vocabulary import plural

PROBLEMS = {"missing": "missing", "size": "another size", "hash": "other bytes"}


def watch(found: Iterable, total: int) -> Iterable:
    """A bar of the objects that were read back, on a terminal."""
    console = Console(stderr=True)
    return track(found, "Reading back", total, console=console, transient=True, disable=not console.is_terminal)


def summary(audit: Audit, deep: bool) -> str:
    """One line."""
    lost = len(audit.lost) + audit.omitted
    if lost:
        return f"{lost:,} of {plural(audit.objects, 'object')} missing or harmed in {audit.remote}"
    return f"{plural(audit.objects, 'object')} whole in {audit.remote}" + (" (re-hashed)" if deep else " (by size)")


def show(audit: Audit, steps: dict[str, str]) -> None:
    """What is lost; then what to run, and where. steps: by the path of the object."""
    table = Table("path", "object", "problem", box=None, header_style="dim")
    for lost in audit.lost:
        table.add_row(escape(clean(lost.path)), escape(clean(lost.md5)), PROBLEMS[lost.problem])
    console = Console(highlight=False)
    console.print(table)
    if audit.omitted:
        console.print(f"and {audit.omitted:,} more")
    for step, paths in groupby(audit.lost, lambda lost: steps[lost.path]):
        console.print(f"{escape(clean(next(paths).path))} …: {escape(clean(step, 500))}", soft_wrap=True)


def markdown(audit: Audit, steps: dict[str, str]) -> str:
    """The same for the summary page; nothing more to say where nothing is lost."""
    rows = [
        f"| {cell(lost.path)} | {cell(lost.md5)} | {PROBLEMS[lost.problem]} | {cell(steps[lost.path], 500)} |"
        for lost in audit.lost
    ]
    return "\n".join(["", "", "| Path | Object | Problem | Next |", "|:--|:--|:--|:--|", *rows]) if rows else ""

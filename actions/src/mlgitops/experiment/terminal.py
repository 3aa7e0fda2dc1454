"""An experiment on the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mlgitops.experiment import words
from mlgitops.experiment.result import Comparison, Experiment

STYLES = {"better": "green", "no-worse": "green", "not-sure": "yellow"}


def show(found: Experiment) -> None:
    console = Console(highlight=False)
    console.print(escape(words.title(found)))
    for each in found.comparisons:
        console.print()
        _comparison(console, found, each)
    for note in words.notes(found):
        console.print(note)


def _comparison(console: Console, found: Experiment, each: Comparison) -> None:
    style = STYLES.get(each.verdict, "red")
    console.print(f"[bold {style}]{each.verdict}[/]: {escape(words.sentence(each))}")
    for warning in each.warnings:
        console.print(f"[yellow]warning[/]: {escape(warning)}")
    console.print(_table(words.VERSIONS, words.versions(each)))
    if each.metrics:
        console.print(_table(words.metric_heads(found, each), words.metrics(each)))


def _table(heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(*heads, box=None, header_style="dim")
    table.columns[-1].no_wrap = True
    for row in rows:
        table.add_row(*map(escape, row))
    return table

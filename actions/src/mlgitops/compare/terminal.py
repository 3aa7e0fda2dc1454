"""The result of a comparison on the terminal."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mlgitops.report import numbers
from mlgitops.report.escape import clean
from mlgitops.report.schema import Noise, Report
from mlgitops.report.sentences import vocabulary

STYLES = {"ready": "green", "first-result": "green", "needs-decision": "yellow"}


def show(report: Report, out: Path) -> None:
    """Verdict, gates, metrics of each model; `out` is where the rest is."""
    console = Console(highlight=False)
    for each in (report, *report.others):
        _model(console, each, report.others and each.model)
    console.print(f"Written to {escape(str(out))}")


def _model(console: Console, report: Report, name: str) -> None:
    """name: where there are several."""
    if name:
        console.print(f"[bold]{escape(clean(name))}[/]")
    style = STYLES.get(report.verdict, "red")
    console.print(f"[bold {style}]{report.verdict}[/]: {escape(clean(report.reason, 500))}")
    if report.problem:
        console.print(escape(clean(report.problem, 500)))
    console.print(_gates(report))
    if any(metric.head is not None for metric in report.metrics):
        console.print(_metrics(report))


def _gates(report: Report) -> Table:
    table = Table("gate", "result", "why", box=None, header_style="dim")
    for gate in report.gates:
        table.add_row(gate.name, gate.result, escape(clean(gate.why, 500)))
    return table


def _metrics(report: Report) -> Table:
    table = Table("metric", "base", "head", "head − base", "allowed", "result", box=None, header_style="dim")
    for metric in report.metrics:
        digits = numbers.decimals(metric)
        values = [numbers.value(number, digits) for number in (metric.base, metric.head)]
        table.add_row(metric.name, *values, numbers.difference(metric), numbers.short(metric.margin), metric.result)
    return table


def show_noise(noise: Noise, file: Path) -> None:
    """How far each difference moves from training to training."""
    table = Table("metric", "least", "middle", "most", "head is better in", box=None, header_style="dim")
    for found in noise.ranges:
        table.add_row(found.name, *vocabulary.ends(found), vocabulary.wins(found, noise))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Written to {escape(str(file))}: commit it, and the report shows the range.")

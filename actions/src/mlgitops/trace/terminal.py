"""A trace on the terminal: a line for each question, in the order in which people ask them."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mlgitops.report.escape import clean
from mlgitops.trace.schema import Data, Judged, Merged, Serving, Trace

UNKNOWN = "[dim]not known[/]"
MOST = 8  # files of a folder


def show(traces: list[Trace]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for found in traces:
        table = Table(show_header=False, box=None, pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in _rows(found):
            table.add_row(name, value)
        console.print(f"[bold]{escape(found.path)}[/] {found.digest}")
        console.print(table)


def _rows(found: Trace) -> Iterator[tuple[str, str]]:
    yield "version", ", ".join(escape(version.tag) for version in found.versions) or "[dim]not registered[/]"
    yield "commit", found.commit
    yield "merge", _merge(found.merge)
    yield "verdict", _judged(found.judged)
    if found.judged:
        yield "gates", ", ".join(f"{name} {result}" for name, result in found.judged.gates.items()) or UNKNOWN
        yield "run", escape(clean(found.judged.run, 300)) or UNKNOWN
    yield "metrics", "\n".join(_metric(name, value) for name, value in found.metrics.items()) or UNKNOWN
    yield "data", "\n".join(line for data in found.data for line in _data(data)) or UNKNOWN
    yield "params", "\n".join(line for values in found.params.values() for line in _params(values)) or UNKNOWN
    yield "packages", found.lock or UNKNOWN
    yield "serves", "\n".join(map(_serving, found.serving)) or "[dim]nowhere that is known here[/]"


def _merge(merge: Merged | None) -> str:
    if merge is None:
        return "[dim]not merged[/]"
    pull = f"#{merge.pull}, " if merge.pull else ""
    return f"{merge.commit[:12]} {pull}by {escape(clean(merge.author))}: {escape(clean(merge.subject, 200))}"


def _judged(judged: Judged | None) -> str:
    return f"{escape(judged.verdict)} [dim](by {escape(judged.source)})[/]" if judged else UNKNOWN


def _metric(name: str, value: dict[str, float]) -> str:
    interval = f" [dim]({value['low']:.4g} to {value['high']:.4g})[/]" if "low" in value else ""
    return f"{escape(clean(name))} {value['value']:.4g}{interval}"


def _data(data: Data) -> Iterator[str]:
    yield f"{escape(clean(data.path))} md5:{data.md5} [dim]{data.size:,} bytes[/]"
    for name, md5 in list(data.files.items())[:MOST]:
        yield f"  {escape(clean(name))} md5:{md5}"
    if len(data.files) > MOST:
        yield f"  [dim]and {len(data.files) - MOST} more (--json)[/]"


def _params(values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        said = ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)
        yield f"{escape(clean(name))}: {escape(clean(said, 300))}"


def _serving(found: Serving) -> str:
    since = f"since {found.since[:19]}" if found.since else "[dim]as its file says[/]"
    return f"{escape(found.environment)} {escape(found.endpoint)} {found.url} {escape(found.model)} {since}"

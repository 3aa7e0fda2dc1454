"""`make calibrate`: all comparisons on all cores, written to docs/calibration.md; exit 1 if an aim is missed."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from calibrate import comparison, live, live_page
from calibrate.cases import ALL, COMPARISONS
from calibrate.comparison import Case, Outcome
from calibrate.live import Live, LiveOutcome
from calibrate.page import aims, page

PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
BATCH = 20  # comparisons that a process is given at once


def main() -> int:
    """Measure, write, and hold the figures against the aims."""
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        found = {case: list(outcomes(processes, comparison.run, case, COMPARISONS)) for case in ALL}
        lived = {case: list(outcomes(processes, live.run, case, live_page.EXPERIMENTS)) for case in live_page.ALL}
    PAGE.write_text(page(found, lived))
    missed = [aim.what for aim in [*aims(found), *live_page.aims(lived)] if not aim.is_met]
    Console().print(f"Written to {PAGE}" + "".join(f"\n[red]missed[/]: {what}" for what in missed))
    return 1 if missed else 0


def outcomes(
    processes: Executor, run: Callable, case: Case | Live, comparisons: int
) -> Iterator[Outcome | LiveOutcome]:
    """In the order of their numbers, whatever process they come from."""
    with _progress() as progress:
        task = progress.add_task(case.title, total=comparisons)
        batches = [range(start, min(start + BATCH, comparisons)) for start in range(0, comparisons, BATCH)]
        for batch in processes.map(run, [case] * len(batches), batches):
            progress.advance(task, len(batch))
            yield from batch


def _progress() -> Progress:
    return Progress("{task.description}", MofNCompleteColumn(), TimeElapsedColumn(), console=Console(highlight=False))


if __name__ == "__main__":
    raise SystemExit(main())

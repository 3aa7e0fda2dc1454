"""What the demo prints: steps with their times, and comments as a reviewer sees them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel


class Screen:
    """Numbers the steps and times them; the clock starts with the object."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.started, self.number = time.monotonic(), 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A step of the story: its title, what it notes, and its time at the end."""
        self.number += 1
        began = time.monotonic()
        self.console.print(f"\n[bold cyan]{self.number:2d}[/] [bold]{title}[/]")
        yield
        self.console.print(f"   [dim]{time.monotonic() - began:.1f} s[/]")

    def note(self, text: str) -> None:
        self.console.print(f"   {text}", markup=False)

    def progress(self, step: object) -> None:
        """A step of a workflow under act, when it has ended."""
        if step.conclusion:
            mark = {"success": "[green]✓[/]", "skipped": "[dim]–[/]"}.get(step.conclusion, "[red]✗[/]")
            self.console.print(f"   {mark} [dim]{step.job} ·[/] {step.name} [dim]{step.seconds:.1f} s[/]")

    def comment(self, title: str, markdown: str) -> None:
        """A comment; what GitHub folds away is left out here."""
        shown = markdown.split("<details", 1)[0]
        shown = "\n".join(line for line in shown.splitlines() if not line.startswith("<!--"))
        self.console.print(Panel(Markdown(shown), title=title, title_align="left", border_style="blue"))

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

"""`@pytest.mark.fault(name, outcome)`: which fault a test makes happen, and what then happens, in docs/reliability.md.

The page is made by a run of all tests, from those that passed; in CI a page that differs from it fails the run.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.catalogue import FAULTS, names

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """\
# Faults that it survives

Made by `make test` from the tests that passed: each makes its fault happen for real, and the software ends red with
one clear line and exit 1 or 2, or it converges when it is run again.
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(name, outcome): a fault of tests/faults/catalogue.py, and what happens")
    if not hasattr(config, "workerinput"):  # with several processes, the one that hears of every test
        config.pluginmanager.register(Page(is_ci="CI" in os.environ), "fault-page")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("fault"):
            name, outcome = mark.args
            if name not in names():
                raise pytest.UsageError(f"{item.nodeid}: {name!r} is not in tests/faults/catalogue.py")
            item.user_properties.append(("fault", [name, outcome, item.nodeid.partition("[")[0]]))


class Page:
    """Collects what the tests show, and writes the page or compares with it."""

    def __init__(self, is_ci: bool) -> None:
        self.is_ci, self.shown = is_ci, set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.shown |= {tuple(value) for key, value in report.user_properties if key == "fault"}

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Only of a run of all tests: no file was named and none left out."""
        option = session.config.option
        if exitstatus or option.keyword or option.markexpr or session.config.args != session.config.getini("testpaths"):
            return
        made = page(self.shown)
        missing = sorted(set(names()) - {name for name, _, _ in self.shown})
        if missing:
            self._fail(session, f"No test makes these faults happen: {', '.join(missing)}")
        elif not self.is_ci:
            PAGE.write_text(made)
        elif not PAGE.is_file() or PAGE.read_text() != made:
            self._fail(session, f"{PAGE.name} is not what this run shows: run make test, and commit it")

    @staticmethod
    def _fail(session: pytest.Session, why: str) -> None:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.get_terminal_writer().line(f"\n{why}", red=True)


def page(shown: Iterable[tuple[str, str, str]]) -> str:
    """The page: a table for each group; a fault has a line for each outcome that a test of it shows."""
    parts = [HEAD]
    for group, faults in FAULTS.items():
        rows = [row for fault in faults for row in sorted(row for row in shown if row[0] == fault)]
        table = ["| Fault | What happens | Test |", "|:--|:--|:--|", *map(_row, rows)]
        parts.append(f"## {group}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def _row(row: tuple[str, str, str]) -> str:
    fault, outcome, test = row
    file, _, name = test.partition("::")
    return f"| {fault} | {outcome} | [`{name}`](../{file}) |"

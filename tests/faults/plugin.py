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
        self.is_ci, self.shown, self.skipped = is_ci, set(), set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        faults = {tuple(value) for key, value in report.user_properties if key == "fault"}
        if report.skipped:
            self.skipped |= faults
        elif report.when == "call" and report.passed:
            self.shown |= faults

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Only of a run of all tests: no file was named, none left out, and no fault was beyond this machine."""
        option = session.config.option
        is_part = option.keyword or option.markexpr or option.collectonly
        if exitstatus or is_part or session.config.args != session.config.getini("testpaths"):
            return
        if unseen := sorted({name for name, _, _ in self.skipped - self.shown}):
            self._say(session, f"Skipped here, so that {PAGE.name} stays as it is: {', '.join(unseen)}")
            return
        made = page(self.shown)
        missing = sorted(set(names()) - {name for name, _, _ in self.shown})
        if missing:
            self._fail(session, f"No test makes these faults happen: {', '.join(missing)}")
        elif not self.is_ci:
            PAGE.write_text(made)
        elif not PAGE.is_file() or PAGE.read_text() != made:
            self._fail(session, f"{PAGE.name} is not what this run shows: run make test, and commit it")

    def _fail(self, session: pytest.Session, why: str) -> None:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self._say(session, why)

    @staticmethod
    def _say(session: pytest.Session, what: str) -> None:
        session.config.get_terminal_writer().line(f"\n{what}", red=True)


def page(shown: Iterable[tuple[str, str, str]]) -> str:
    """The page: a table for each group; a fault has a line for each outcome that a test of it shows."""
    parts = [HEAD]
    tests: dict[tuple[str, str], list[str]] = {}
    for fault, outcome, test in sorted(shown):
        tests.setdefault((fault, outcome), []).append(test)
    for group, faults in FAULTS.items():
        rows = [(*case, named) for fault in faults for case, named in tests.items() if case[0] == fault]
        table = ["| Fault | What happens | Test |", "|:--|:--|:--|", *map(_row, rows)]
        parts.append(f"## {group}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def _row(row: tuple[str, str, list[str]]) -> str:
    fault, outcome, tests = row
    return f"| {fault} | {outcome} | {', '.join(map(_link, tests))} |"


def _link(test: str) -> str:
    file, _, name = test.partition("::")
    return f"[`{name}`](../{file})"

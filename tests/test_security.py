"""SECURITY.md, of the template and of what it generates: every check of Scorecard, and no test that is not there."""

import re
from pathlib import Path

import pytest

from tests.template import ROOT, bake

CHECKS = """
Binary-Artifacts Branch-Protection CI-Tests CII-Best-Practices Code-Review Contributors Dangerous-Workflow
Dependency-Update-Tool Fuzzing License Maintained Packaging Pinned-Dependencies SAST SBOM Security-Policy
Signed-Releases Token-Permissions Vulnerabilities Webhooks
"""


@pytest.fixture(params=["template", "generated"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    folder = ROOT if request.param == "template" else bake(tmp_path, owner="acme", project_slug="delays")
    return (folder / "SECURITY.md").read_text(encoding="utf-8")


def test_every_check_of_scorecard_is_answered(page: str) -> None:
    table = page.split("## OpenSSF Scorecard")[1].split("|:--|:--|\n")[1]
    assert re.findall(r"^\| ([\w-]+) \| \S", table, re.MULTILINE) == CHECKS.split()


def test_it_says_how_to_report_and_what_to_switch_on(page: str) -> None:
    assert "Report a vulnerability" in page and "github-settings" in page


def test_the_tests_that_are_named_exist() -> None:
    named = re.findall(r"`([\w{}./]*tests/[\w/]+\.py)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    assert not [path for path in named if not (ROOT / path).is_file()]


def test_the_conditions_name_the_repository(tmp_path: Path) -> None:
    page = (bake(tmp_path, owner="acme", project_slug="delays") / "SECURITY.md").read_text(encoding="utf-8")
    assert "`repo:acme/delays:pull_request`" in page and "`repo:acme/delays:environment:production`" in page

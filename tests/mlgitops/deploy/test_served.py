"""What a journal says of the versions that an environment has served."""

import json
from pathlib import Path

import pytest

from mlgitops.deploy.served import Evidence
from mlgitops.errors import CheckFailed
from mlgitops.github.deployments import Ledger

VERSION, DIGEST = "late@v0.1.0", "md5:" + "1" * 32


def line(**facts: object) -> str:
    routed = {"late": {"routes": [{"model": VERSION, "weight": 100}]}}
    smoke = {"rows": 5, "latency_ms": 1.2}
    whole = {"result": "deployed", "models": {VERSION: DIGEST}, "endpoints": routed, "smoke": smoke}
    return json.dumps(whole | facts)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence.of("staging", tmp_path, Ledger("production"))


def written(evidence: Evidence, *lines: str) -> list[str]:
    """The versions that are missing by a journal of these lines."""
    evidence.place.folder.mkdir()
    evidence.place.journal.write_text("".join(f"{each}\n" for each in lines))
    return evidence.missing({VERSION: DIGEST})


@pytest.mark.parametrize("result", ["deployed", "rehearsed"])
def test_a_deploy_that_was_smoke_tested_counts_however_long_ago(evidence: Evidence, result: str) -> None:
    later = line(models={"late@v0.1.1": DIGEST}, endpoints={"late": {"routes": [{"model": "late@v0.1.1"}]}})
    assert written(evidence, line(result=result), *[later] * 20) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"result": "failed"},
        {"result": "skipped"},
        {"smoke": None},
        {"models": {VERSION: "md5:" + "2" * 32}},
        {"endpoints": {"late": {"shadow": [VERSION]}}},
        {"endpoints": {}},
    ],
)
def test_what_does_not_count(evidence: Evidence, facts: dict) -> None:
    assert written(evidence, line(**facts)) == [VERSION]


def test_lines_of_an_earlier_form_or_half_written_say_nothing(evidence: Evidence) -> None:
    old = json.dumps({"result": "deployed", "models": {VERSION: DIGEST}, "endpoints": {"late": VERSION}})
    assert written(evidence, old, '{"result": "depl', "") == [VERSION]


def test_no_journal_and_no_github_is_no_evidence(evidence: Evidence) -> None:
    assert not evidence.is_there and evidence.missing({VERSION: DIGEST}) == [VERSION]
    with pytest.raises(
        CheckFailed, match=r"^staging has not served .* yet: late@v0\.1\.0\. Deploy it to staging first$"
    ):
        evidence.require({VERSION: DIGEST})


def test_nothing_wanted_is_nothing_missing(evidence: Evidence) -> None:
    evidence.require({})

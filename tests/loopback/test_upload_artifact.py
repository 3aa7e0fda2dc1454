"""The stand-in for actions/upload-artifact: which files, under which names."""

import importlib.util
import io
import zipfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "loopback" / "actions" / "upload-artifact" / "upload.py"
FILES = (
    "report/report.json",
    "report/plots/a.svg",
    "report/.hidden",
    "reports/metrics.json",
    "dvc.lock",
    ".dvc/config",
)


@pytest.fixture
def names(tmp_path, monkeypatch):
    """The names in the zip for given patterns."""
    spec = importlib.util.spec_from_file_location("upload", SCRIPT)
    upload = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(upload)
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)
    monkeypatch.chdir(tmp_path)

    def zipped(patterns: str, *, hidden: bool = False) -> list[str]:
        files, root = upload.search(patterns, hidden=hidden)
        return sorted(zipfile.ZipFile(io.BytesIO(upload.packed(files, root, 6))).namelist())

    return zipped


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("report", ["plots/a.svg", "report.json"]),
        ("report/", ["plots/a.svg", "report.json"]),
        ("report/**", ["plots/a.svg", "report.json"]),
        ("report/*.json", ["report.json"]),
        ("dvc.lock", ["dvc.lock"]),
        ("report/plots/a.svg", ["a.svg"]),
        ("report\ndvc.lock", ["dvc.lock", "report/plots/a.svg", "report/report.json"]),
        ("report/report.json\nreports/metrics.json", ["report/report.json", "reports/metrics.json"]),
        ("report\n!report/plots/**", ["report.json"]),
        ("report/\nreport/plots", ["plots/a.svg", "report.json"]),
        ("report\n.dvc", ["report/plots/a.svg", "report/report.json"]),
    ],
)
def test_names(names, patterns, expected):
    assert names(patterns) == expected


def test_hidden_files_when_wanted(names):
    assert names("report\n.dvc", hidden=True)[:2] == [".dvc/config", "report/.hidden"]


WORKFLOW = """
    name: Trial
    on: push
    jobs:
      only:
        runs-on: ubuntu-latest
        steps:
          - uses: CHECKOUT
          - uses: UPLOAD
            id: upload
            with: {OPTIONS}
          - run: echo "id ${{ steps.upload.outputs.artifact-id }}."
"""


@pytest.mark.parametrize(
    ("options", "conclusion", "text", "artifacts"),
    [
        ("path: params.yaml", "success", "id 1", ["artifact"]),
        ("name: none, path: nowhere", "success", "No files were found", []),
        ("name: none, path: nowhere, if-no-files-found: error", "failure", "No files were found", []),
    ],
)
def test_under_act(github, flights, work, options, conclusion, text, artifacts):
    work.workflow(WORKFLOW.replace("OPTIONS", options))
    (run,) = github.dispatch()
    assert (run.conclusion, run.artifacts) == (conclusion, artifacts)
    assert text in run.log


def test_a_name_is_taken_once_unless_overwritten(github, flights, work):
    twice = (
        "name: report, path: params.yaml}\n          - uses: UPLOAD\n            with: {name: report, path: README.md"
    )
    work.workflow(WORKFLOW.replace("OPTIONS", twice).replace("id: upload\n            ", ""))
    (run,) = github.dispatch()
    assert run.conclusion == "failure"
    assert "already exists" in run.log
    github.hub.events.clear()
    work.workflow(WORKFLOW.replace("OPTIONS", twice + ", overwrite: true").replace("id: upload\n            ", ""))
    (run,) = github.dispatch()
    assert (run.conclusion, run.artifacts) == ("success", ["report"])

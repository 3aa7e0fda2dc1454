"""A finished run, reported: its artifact verified, recorded on its branch, and said in comment, check and summary."""

import tempfile
from pathlib import Path

from msgspec.structs import replace

from mlgitops.errors import CannotCheck, CheckFailed, Problem
from mlgitops.github import artifact, check, comment, commit, event
from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.github.pull import find, is_fork
from mlgitops.github.recording import FOLDER, Recording, accept
from mlgitops.report.document import load
from mlgitops.report.schema import Gate, Report, Revision
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage


def report(api: Api, repository: Repository, run: Run) -> None:
    """Report `run` on its pull request; what could not be verified is reported as no verdict, then raised."""
    pull = find(api, run)
    if pull is None:
        print("No open pull request has this head any more: nothing to report.")
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            said, recorded = _verified(api, repository, run, pull, Path(folder))
        except Problem as problem:
            _publish(api, run, pull, _no_verdict(run, problem), None)
            raise
    _publish(api, run, pull, said, recorded)


def _verified(api: Api, repository: Repository, run: Run, pull: dict, folder: Path) -> tuple[Report, str | None]:
    """The run's report and, where it trained something, the commit that records it on the branch."""
    archive = artifact.download(api, run.id)
    if archive is None:
        raise CannotCheck("The run ended before it could report", given=run.conclusion, next="See its log")
    artifact.unpack(archive, folder)
    file = folder / "report.json"
    if not file.is_file():
        raise CannotCheck("The run left no report", given=run.conclusion, next="See its log")
    said, recording = load(file.read_bytes()), Recording(folder / FOLDER)
    if said.head.commit != run.head:
        raise CheckFailed("The report is about another commit", given=f"{said.head.commit}, not {run.head}")
    if recording.lock is None:
        return said, None
    if is_fork(pull):
        return _unrecorded(said), None
    return _record(api, repository, run, recording, said)


def _record(
    api: Api, repository: Repository, run: Run, recording: Recording, said: Report
) -> tuple[Report, str | None]:
    """Store the objects first, then commit what names them; nothing where the branch has moved."""
    files = recording.files()
    stored = accept(recording, Storage(repository))
    message = f"Record the result of {run.head[:7]}\n\nTrained by {run.url}"
    made = commit.create(api, branch=run.branch, parent=run.head, files=files, message=message)
    if made is None:
        return _with_gate(said, "warn", "the branch has moved: the next run records its own result"), None
    why = f"dvc.lock and {len(files) - 1} files committed as {made[:7]}, {stored} objects stored"
    return _with_gate(said, "pass", why), made


def _unrecorded(said: Report) -> Report:
    """A fork's branch can't be written to: without its own dvc.lock, a merge would leave a stale one."""
    why = "this fork's branch lacks the dvc.lock of this run: run make train there, push the data, commit dvc.lock"
    return replace(_with_gate(said, "fail", why), verdict="do-not-merge", reason=f"Not recorded: {why}")


def _with_gate(said: Report, result: str, why: str) -> Report:
    return replace(said, gates=[*said.gates, Gate(name="Recorded", result=result, why=why)])


def _no_verdict(run: Run, problem: Problem) -> Report:
    return Report(verdict="no-verdict", reason=problem.what, problem=str(problem)[:500], head=Revision(commit=run.head))


def _publish(api: Api, run: Run, pull: dict, said: Report, recorded: str | None) -> None:
    """The summary first, which can't fail, then the check, which branch rules read, then the comment."""
    from mlgitops.report.markdown import render

    markdown = render(said, run_url=run.url)
    event.add_summary(markdown)
    for sha in filter(None, [run.head, recorded]):
        conclusion = check.create(api, sha=sha, verdict=said.verdict, title=said.reason, summary=markdown, url=run.url)
    how = comment.post(api, pull["number"], markdown)
    print(
        f"#{pull['number']}: {said.verdict} ({conclusion}), posted by {how}"
        + (f", recorded as {recorded}" if recorded else "")
    )

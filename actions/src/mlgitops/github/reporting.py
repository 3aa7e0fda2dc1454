"""A finished run, reported: its artifact verified, recorded on its branch, and said in comment, check and summary."""

import tempfile
from dataclasses import replace
from pathlib import Path

from mlgitops.errors import CannotCheck, CheckFailed, Problem
from mlgitops.github import artifact, check, comment, commit, event
from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.github.pull import find, is_fork
from mlgitops.github.recording import FOLDER, Recording, accept
from mlgitops.pipeline import cost
from mlgitops.report.document import load
from mlgitops.report.page import Page, Recorded
from mlgitops.report.schema import Report, Revision
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage

# A fork's branch can't be written to: without its own dvc.lock, a merge would leave a stale one.
UNRECORDED = Recorded(
    result="fail",
    why="this fork's branch lacks the dvc.lock of this run",
    next="run `make train` there, push the data, commit `dvc.lock`.",
)


def report(api: Api, repository: Repository, run: Run) -> None:
    """Report `run` on its pull request; what could not be verified is reported as no verdict, then raised."""
    pull = find(api, run)
    if pull is None:
        print("No open pull request has this head any more: nothing to report.")
        return
    page = Page(pull=pull["number"], run_url=run.url)
    with tempfile.TemporaryDirectory() as folder:
        try:
            said, recording = _verified(api, run, Path(folder))
            recorded, made = _recorded(api, repository, run, said, recording, is_fork(pull))
        except Problem as problem:
            _publish(api, _no_verdict(run, problem), page, [run.head])
            raise
    _publish(api, said, replace(page, recorded=recorded), [sha for sha in (run.head, made) if sha])


def _verified(api: Api, run: Run, folder: Path) -> tuple[Report, Recording]:
    """The run's report, and what it wants to be recorded."""
    archive = artifact.download(api, run.id)
    if archive is None:
        raise CannotCheck("The run ended before it could report", given=run.conclusion, next="See its log")
    artifact.unpack(archive, folder)
    file = folder / "report.json"
    if not file.is_file():
        raise CannotCheck("The run left no report", given=run.conclusion, next="See its log")
    said = load(file.read_bytes())
    if said.head.commit != run.head:
        raise CheckFailed("The report is about another commit", given=f"{said.head.commit}, not {run.head}")
    return said, Recording(folder / FOLDER)


def _recorded(
    api: Api, repository: Repository, run: Run, said: Report, recording: Recording, fork: bool
) -> tuple[Recorded | None, str | None]:
    """What is said about the record, and the commit made: the objects are stored first, then what names them."""
    if recording.lock is None:
        return None, None
    if fork:
        return UNRECORDED, None
    files = recording.files()
    stored = accept(recording, Storage(repository))
    message = f"Record the result of {run.head[:7]}\n\nTrained by {run.url}{cost.lines(said.pipeline)}"
    made = commit.create(api, branch=run.branch, parent=run.head, files=files, message=message)
    if made is None:
        return Recorded(result="warn", why="the branch has moved: the next run records its own result"), None
    why = f"`dvc.lock` and {len(files) - 1} files committed as `{made[:7]}`, {stored} objects stored"
    return Recorded(result="pass", why=why), made


def _no_verdict(run: Run, problem: Problem) -> Report:
    return Report(verdict="no-verdict", reason=problem.what, problem=str(problem)[:500], head=Revision(commit=run.head))


def _publish(api: Api, said: Report, page: Page, commits: list[str]) -> None:
    """The summary first, which can't fail, then the check, which branch rules read, then the comment."""
    from mlgitops.report.markdown import render

    markdown, verdict = render(said, page), page.verdict(said)
    event.add_summary(markdown)
    for sha in commits:
        conclusion = check.create(
            api, sha=sha, verdict=verdict, title=page.reason(said), summary=markdown, url=page.run_url
        )
    how = comment.post(api, page.pull, markdown)
    print(f"#{page.pull}: {verdict} ({conclusion}), posted by {how}")

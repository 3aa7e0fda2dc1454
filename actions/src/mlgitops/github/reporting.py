"""A finished run, reported: its artifact verified, recorded on its branch, and said in comment, check and summary."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mlgitops.errors import CannotCheck, CheckFailed, Problem
from mlgitops.github import artifact, commit, event, override, plans
from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.github.publishing import publish
from mlgitops.github.pull import find, is_fork, is_recorded, reported_run
from mlgitops.github.recording import FOLDER, Recording, accept
from mlgitops.guard import paths
from mlgitops.pipeline import cost
from mlgitops.report import outcome
from mlgitops.report.document import load
from mlgitops.report.page import Guarded, Page, Recorded
from mlgitops.report.schema import Report, Revision
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage

# A fork's branch can't be written to: without its own dvc.lock, a merge would leave a stale one.
UNRECORDED = Recorded(
    result="fail",
    why="this fork's branch lacks the dvc.lock of this run",
    next="run `make train` there, push the data, commit `dvc.lock`.",
)
UNKNOWN = Guarded(complete=False)


def report(api: Api, repository: Repository, run: Run, gates: Iterable[Path] = paths.GATES) -> None:
    """Report `run` on its pull request; what could not be verified is reported as no verdict, then raised.

    gates: the files of gates, which are protected.
    """
    pull = find(api, run)
    if pull is None:
        print("No open pull request has this head any more: nothing to report.")
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            said, recording = _verified(api, run, Path(folder))
            recorded, made = _recorded(api, repository, run, pull, said, recording)
        except Problem as problem:
            _publish(api, repository, _no_verdict(run, problem), run, pull, gates)
            raise
    _publish(api, repository, said, run, pull, gates, recorded, made)


def report_again(api: Api, repository: Repository, number: int, gates: Iterable[Path] = paths.GATES) -> None:
    """Report the last finished run of a pull request once more, now that its labels have changed.

    Nothing is recorded; where the result can't be verified any more, what was said about it stays as it is.
    """
    pull = api.call("GET", f"pulls/{number}")
    run = reported_run(api, pull)
    if run is None:
        print(f"#{number} has no finished run of its head: the run's own report will look at the label.")
        return
    if (find(api, run) or {}).get("number") != number:
        print(f"Run #{run.number} is not about #{number} alone, or that is closed: nothing to report.")
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            said, recording = _verified(api, run, Path(folder))
            recorded, made = _recorded(api, None, run, pull, said, recording)
        except Problem as problem:
            event.add_summary(f"The label changed nothing, since run #{run.number} can't be reported again.")
            raise CannotCheck(
                "The label changed nothing", given=f"run #{run.number} can't be reported again. {problem}"
            ) from problem
    _publish(api, repository, said, run, pull, gates, recorded, made)


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
    api: Api, repository: Repository | None, run: Run, pull: dict, said: Report, recording: Recording
) -> tuple[Recorded | None, str | None]:
    """What is said about the record, and the commit that it is: the objects are stored first, then what names them."""
    if is_recorded(pull, run):
        return _kept(_same(api, pull["head"]["sha"], recording), pull["head"]["sha"])
    if recording.lock is None:
        return None, None
    if is_fork(pull):
        return UNRECORDED, None
    files = recording.files()
    if repository is None:
        raise CannotCheck("The run's result is not recorded", given=run.url, next="Re-run the job that reports it")
    accept(recording, Storage(repository))
    message = f"{commit.RECORD} {run.head[:7]}\n\nTrained by {run.url}\n\n{outcome.of(said).lines()}"
    message += cost.lines(said.pipeline)
    made = commit.create(api, branch=run.branch, parent=run.head, files=files, message=message)
    if made is None:
        return Recorded(result="warn", why="the branch has moved: the next run records its own result"), None
    return _kept(files, made)


def _same(api: Api, made: str, recording: Recording) -> dict[str, bytes]:
    """The files of a recording that commit `made` holds already: the run may have been run again since."""
    if recording.lock is None or not commit.holds(api, made, "dvc.lock", recording.lock):
        raise CheckFailed("The run's result is not the one that was recorded", given=made[:7], next="Push a new commit")
    return recording.files()


def _kept(files: dict[str, bytes], made: str) -> tuple[Recorded, str]:
    return Recorded(result="pass", why=f"`dvc.lock` and {len(files) - 1} files committed as `{made[:7]}`"), made


def _no_verdict(run: Run, problem: Problem) -> Report:
    return Report(verdict="no-verdict", reason=problem.what, problem=str(problem)[:500], head=Revision(commit=run.head))


def _publish(
    api: Api,
    repository: Repository,
    said: Report,
    run: Run,
    pull: dict,
    gates: Iterable[Path],
    recorded: Recorded | None = None,
    made: str | None = None,
) -> None:
    """Say it with what this job finds out by itself; where it can't, the careful assumption stands, and is raised."""
    page = Page(pull=pull["number"], run_url=run.url, run_number=run.number, recorded=recorded, guarded=UNKNOWN)
    try:
        page = replace(page, guarded=paths.of_pull(api, page.pull, gates))
        page = replace(page, plans=plans.of_pull(api, repository, pull, page.guarded.paths))
        page = override.applied(page, api, pull, run)
    finally:
        publish(api, said, page, [run.head, made or pull["head"]["sha"]])

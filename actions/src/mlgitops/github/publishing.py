"""A report, said in three places: the job's summary, the check, the comment. None of them waits for another."""

from collections.abc import Callable, Iterable
from pathlib import Path

from mlgitops.errors import CannotCheck, Problem
from mlgitops.github import check, comment, event, plans
from mlgitops.github.api import Api
from mlgitops.github.proposal import Proposed
from mlgitops.guard import paths
from mlgitops.report import outcome
from mlgitops.report.page import Page
from mlgitops.report.schema import Report
from mlgitops.repository.git import Repository


def publish(api: Api, said: Report, page: Page, commits: list[str]) -> None:
    """The summary first, which can't fail, then the check, which branch rules read, then the comment."""
    from mlgitops.report.markdown import MAX_SUMMARY_BYTES, render
    from mlgitops.report.sections.face import title

    markdown, verdict = render(said, page), page.verdict(said)
    event.add_summary(render(said, page, MAX_SUMMARY_BYTES))
    shown = {"outcome": outcome.of(said, verdict), "title": title(said, page), "summary": markdown, "url": page.run_url}
    all_of(
        *(lambda sha=sha: check.finish(api, sha=sha, **shown) for sha in dict.fromkeys(commits)),
        lambda: print(f"#{page.pull}: {verdict}, posted by {comment.post(api, page.pull, markdown)}"),
        next=f"The whole report is in the summary of {event.run_url() or 'this job'}; re-run the job to post it",
    )


def publish_own(api: Api, repository: Repository, made: Proposed, said: Report, gates: Iterable[Path]) -> None:
    """Publish what this job says of a pull request of its own: none of the workflows starts for that one."""
    guarded = paths.of_pull(api, made.number, gates)
    planned = plans.of_pull(api, repository, api.call("GET", f"pulls/{made.number}"), guarded.paths)
    run = {"run_url": event.run_url(), "run_number": event.run_number()}
    publish(api, said, Page(pull=made.number, guarded=guarded, plans=planned, **run), [made.head])


def all_of(*steps: Callable[[], object], next: str) -> None:
    """Take every step, whatever became of the one before; CannotCheck with all that was refused."""
    refused = []
    for step in steps:
        try:
            step()
        except Problem as problem:
            refused.append(str(problem))
    if refused:
        raise CannotCheck("Not everything could be posted", given="; ".join(refused), next=next)

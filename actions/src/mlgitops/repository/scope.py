"""Whether a pull request touches anything that the model is made of; documentation alone trains nothing."""

from mlgitops.github.event import PullRequest
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import pipeline_inputs

JUDGED_BY = {"gates.yaml"}  # not an input of the model, but of the verdict on it


def fetch_base(repository: Repository, pull: PullRequest) -> str:
    """Bring in the histories of both branches, and of no other one (the data's!); returns the base's name here.

    The tags on them come along: they say which commit production serves.
    """
    deepen = ["--unshallow"] if repository.is_shallow() else []
    base = f"+refs/heads/{pull.base}:refs/remotes/origin/{pull.base}"
    repository.git("fetch", "--quiet", *deepen, "origin", base, f"refs/pull/{pull.number}/head")
    return f"origin/{pull.base}"


def touched(repository: Repository, base: str) -> list[str]:
    """The changed paths since the histories parted that a stage reads or a gate is made of."""
    start = repository.merge_base(base, "HEAD")
    inputs = pipeline_inputs(repository, start) | pipeline_inputs(repository, "HEAD") | JUDGED_BY
    folders = tuple(f"{path}/" for path in inputs)
    changed = [change.path for change in repository.changed(start, "HEAD")]
    return [path for path in changed if path in inputs or path.startswith(folders)]

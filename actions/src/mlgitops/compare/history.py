"""The primary metric as the merges to the base's branch recorded it."""

from mlgitops.compare import recorded
from mlgitops.compare.commits import Commits
from mlgitops.report.schema import Merge
from mlgitops.repository.git import Repository

MOST = 19  # merges; the pull request's own value is the 20th


def merges(sides: Commits) -> list[Merge]:
    """Oldest first, the base last; a commit in which the metric is absent, or no finite number, is left out."""
    listed = sides.repository.git("log", "--first-parent", f"-{MOST}", "--format=%H", sides.base, "--", recorded.PATH)
    commits = listed.split()[::-1]
    values = values_at(sides.repository, commits, sides.gates.primary)
    return [
        Merge(commit=commit, value=value) for commit, value in zip(commits, values, strict=True) if value is not None
    ]


def values_at(repository: Repository, revs: list[str], metric: str) -> list[float | None]:
    """What each revision's reports/metrics.json says of a metric; None where it says nothing finite. All are read by
    one git process."""
    question = "".join(f"{rev}:{recorded.PATH}\n" for rev in revs).encode()
    answer = repository.try_git("cat-file", "--batch", input=question).stdout if revs else b""
    found = []
    for _ in revs:
        head, _, answer = answer.partition(b"\n")
        end = -1 if head.endswith(b" missing") else int(head.split()[-1])
        found.append(recorded.parse(answer[: max(end, 0)]).get(metric))
        answer = answer[end + 1 :]
    return found

"""A rollback as a pull request: one that an operator can merge at once."""

import tempfile
from pathlib import Path

from mlgitops.environments import undo
from mlgitops.environments.undo import Undo
from mlgitops.errors import CannotCheck
from mlgitops.github import event
from mlgitops.github.proposal import Proposal, Proposed, compare_url, propose
from mlgitops.github.publishing import publish_own
from mlgitops.github.settings import api_of, name_of
from mlgitops.guard.paths import GATES
from mlgitops.report.schema import Report, Revision
from mlgitops.repository import upstream
from mlgitops.repository.git import Repository
from mlgitops.repository.upstream import Upstream

LABEL = "rollback"
SHOWN = 5  # other files of the merge that are named


def rollback(repository: Repository, name: str) -> str:
    """Open the pull request that takes the last change of an environment back; what to do next, in one line.

    Without a token, the branch is pushed and the line has the link to open it.
    """
    tip = upstream.fetch(repository, whole=True)
    wanted = undo.last(repository, name, tip.commit)
    proposal = _proposal(wanted, tip.commit)
    try:
        api = api_of(repository)
    except CannotCheck as problem:
        _push(repository, proposal, tip)
        url = compare_url(name_of(repository) or "OWNER/REPOSITORY", tip.name, proposal.branch)
        return f"{problem.what}: {proposal.branch} is pushed, open it at {url}"
    made = propose(api, proposal)
    if event.run_url():  # a person's token starts the workflow that comments
        publish_own(api, repository, made, _report(wanted, made), GATES)
    return f"{proposal.title}: merge {made.url}"


def title(wanted: Undo) -> str:
    versions = ", ".join(version.replace("@", " ") for version in wanted.versions)
    return f"Roll back {wanted.environment} to {versions}" if versions else f"Roll back {wanted.environment}"


def _proposal(wanted: Undo, tip: str) -> Proposal:
    note = f"This reverts commit {wanted.merge.commit}."
    return Proposal(
        branch=f"rollback/{wanted.environment}",
        title=title(wanted),
        body=_body(wanted, note),
        files={wanted.path: wanted.content},
        labels=(LABEL,),
        base=tip,
        note=note,
        asked=True,
    )


def _body(wanted: Undo, note: str) -> str:
    """What is taken back, and what stays. The sentence of git's is here, too: a squash may keep nothing else."""
    pull = f" (#{wanted.merge.pull})" if wanted.merge.pull else ""
    lines = [f"{note[:-1]}{pull} in `{wanted.path}`. Merging deploys what served before.", ""]
    if wanted.others:
        more = f" and {len(wanted.others) - SHOWN} more" if len(wanted.others) > SHOWN else ""
        named = ", ".join(f"`{other}`" for other in wanted.others[:SHOWN])
        lines += [f"What else came with it stays: {named}{more}.", ""]
    return "\n".join(
        [*lines, f"To go back one further, merge this and run `mlgitops rollback {wanted.environment}` again."]
    )


def _report(wanted: Undo, made: Proposed) -> Report:
    """Nothing is measured: what speaks for it is not in the test rows, and an operator can't wait for them."""
    then = ", ".join(f"`{version}`" for version in wanted.versions) or "what it said before"
    reason = f"{wanted.environment} goes back to {then}; a rollback is not measured"
    return Report(verdict="needs-decision", reason=reason, head=Revision(commit=made.head))


def _push(repository: Repository, proposal: Proposal, tip: Upstream) -> None:
    """The same commit by git alone, in a working tree of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Repository(Path(folder, "tree"))
        repository.git("worktree", "add", "--quiet", "--detach", str(tree.root), tip.commit)
        try:
            for path, content in proposal.files.items():
                (tree.root / path).write_bytes(content)
            tree.git("commit", "--quiet", "--all", "-m", proposal.message)
            pushed = tree.try_git("push", "--quiet", "origin", f"HEAD:refs/heads/{proposal.branch}")
        finally:
            repository.git("worktree", "remove", "--force", str(tree.root))
    if pushed.returncode:
        said = pushed.stderr.decode(errors="replace").strip().splitlines()
        raise CannotCheck(
            f"{proposal.branch} can't be pushed",
            given=said[-1] if said else None,
            next="Delete it on origin, or log in",
        )

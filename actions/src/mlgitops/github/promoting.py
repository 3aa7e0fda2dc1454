"""Promotions as pull requests: proposed, compared with what serves, and closed where they have become pointless."""

from pathlib import Path

from mlgitops.compare import versions
from mlgitops.compare.versions import Versions
from mlgitops.deploy import place
from mlgitops.deploy.served import Evidence
from mlgitops.environments import promotion
from mlgitops.environments.promotion import Promotion
from mlgitops.errors import Problem
from mlgitops.github.api import Api
from mlgitops.github.deployments import Ledger
from mlgitops.github.proposal import Proposal, Proposed, propose, withdraw
from mlgitops.github.publishing import publish_own
from mlgitops.repository import upstream
from mlgitops.repository.git import Repository

LABEL = "promotion"


def promote(api: Api, repository: Repository, name: str, gates: list[Path]) -> list[str]:
    """One open pull request for each model whose newer version the environment before serves; a line about each.

    What the default branch says now counts, not what is checked out: of several merges, the newest may be here last.
    A pull request that can't be brought up to date does not stop the others; its Problem is raised at the end.
    """
    tip = upstream.fetch(repository).commit
    wanted = promotion.find(repository, name, tip)
    told, problems = [], []
    for each in wanted:
        try:
            told.append(_proposed(api, repository, each, tip, gates))
        except Problem as problem:
            problems.append(problem)
    told += _withdrawn(api, name, {branch(each) for each in wanted})
    print("\n".join(told) or f"Nothing to promote to {name}.", flush=True)
    if problems:
        raise problems[0]
    return told


def branch(wanted: Promotion) -> str:
    return f"promote/{wanted.environment}/{wanted.model.name}"


def title(wanted: Promotion) -> str:
    return f"Promote {wanted.model.version.replace('@', ' ')} to {wanted.environment}"


def body(wanted: Promotion) -> str:
    """What a merge changes. Every name in it has a pattern of its own in the environment's file."""
    table = ["| Endpoint | Now | After the merge |", "|:--|:--|:--|"]
    table += [f"| `{key}` | `{wanted.before[key]}` | `{then}` |" for key, then in wanted.after.items()]
    return "\n".join(
        [
            f"`{wanted.source}` serves `{wanted.model.version}` (`{wanted.model.digest}`).",
            "",
            *table,
            "",
            f"Merging deploys it to {wanted.environment}. The comment compares it with `{wanted.instead}`. A newer "
            "version brings this pull request up to date; closing it says no to this one.",
            "",
            f"To go back afterwards: `mlgitops rollback {wanted.environment}`.",
        ]
    )


def _proposed(api: Api, repository: Repository, wanted: Promotion, tip: str, gates: list[Path]) -> str:
    evidence = Evidence.of(wanted.source, place.root(repository), Ledger(wanted.source, api))
    if evidence.missing({wanted.model.version: wanted.model.digest}):
        return f"{title(wanted)}: not yet, {wanted.source} has not served and smoke-tested it"
    files = {wanted.path: wanted.content}
    made = propose(api, Proposal(branch(wanted), title(wanted), body(wanted), files, labels=(LABEL,), base=tip))
    if not made.is_open:
        return f"{title(wanted)}: somebody decided on that before, see {made.url}"
    _compare(api, repository, wanted, made, gates)
    return f"{title(wanted)}: {made.url}"


def _compare(api: Api, repository: Repository, wanted: Promotion, made: Proposed, gates: list[Path]) -> None:
    """A pull request by a job's token starts no workflow: comment and check are made here."""
    sides = Versions(
        repository=repository,
        files=gates,
        environment=wanted.environment,
        base=versions.registered(repository, wanted.instead),
        head=versions.registered(repository, wanted.model.version),
    )
    said = versions.compared(sides, made.head)
    publish_own(api, repository, made, said, gates)


def _withdrawn(api: Api, name: str, wanted: set[str]) -> list[str]:
    """Close what is open for this environment and not wanted any more."""
    opened = {pull["head"]["ref"] for pull in api.pages("pulls", state="open") if _is_here(api, pull)}
    pointless = sorted(one for one in opened - wanted if one.startswith(f"promote/{name}/"))
    why = f"There is nothing to promote here any more: `{name}` names this version, or a newer one."
    return [f"Closed #{withdraw(api, one, why)}: nothing to promote there any more" for one in pointless]


def _is_here(api: Api, pull: dict) -> bool:
    return (pull["head"].get("repo") or {}).get("full_name") == api.repository

"""What a pull request may not decide by itself, and the settings on GitHub that see to it."""

from pathlib import Path
from typing import Annotated

import typer

from mlgitops.cli.options import AllGates

app = typer.Typer()


@app.command(epilog="Example: mlgitops guard --base origin/main")
def guard(
    base: Annotated[str, typer.Option(help="A revision: looked at is what changed since HEAD left it.")],
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
) -> None:
    """Name the protected paths that a pull request changes.

    Exit code 0: none. 1: some, so that its jobs get no credentials. 2: it could not be checked.
    """
    from mlgitops.errors import CheckFailed
    from mlgitops.guard.paths import between
    from mlgitops.report.escape import listed
    from mlgitops.repository.git import Repository

    found = between(Repository.here(), base, gates).paths
    print("\n".join(listed(found)) or "No protected path is changed.")
    if found:
        raise CheckFailed(
            "This changes protected paths", given=", ".join(map(repr, found)), next="A code owner has to approve it"
        )


@app.command(name="github-settings", epilog="Example: mlgitops github-settings --reviewer ada --apply")
def github_settings(
    reviewer: Annotated[
        list[str], typer.Option(help="Who may approve a deployment to production: login, or organisation/team.")
    ] = [],  # noqa: B006 typer copies it
    apply: Annotated[bool, typer.Option("--apply", help="Make them, instead of printing the commands.")] = False,
) -> None:
    """Print the commands that protect this repository on GitHub: branches, tags, environments, actions.

    Exit code with --apply: 0: all is so now. 1: GitHub refused some (a plan may lack them). 2: it could not be tried.
    """
    from mlgitops.errors import CheckFailed
    from mlgitops.github import settings
    from mlgitops.repository.git import Repository

    reviewers = [settings.Reviewer(name) for name in reviewer]
    if not apply:
        print(settings.commands(reviewers))
        return
    made, refused = settings.apply(settings.api_of(Repository.here()), reviewers)
    print("\n".join([*(f"done     {line}" for line in made), *(f"refused  {line}" for line in refused)]))
    if not reviewers:
        print("Nobody has to approve a deployment to production: name somebody with --reviewer.")
    if refused:
        raise CheckFailed(f"GitHub refused {len(refused)} of {len(made) + len(refused)} settings")

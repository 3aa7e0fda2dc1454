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

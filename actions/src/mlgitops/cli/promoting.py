"""What serves, moved on or taken back: by pull requests, never by itself."""

from pathlib import Path
from typing import Annotated

import typer

from mlgitops.cli.options import AllGates

app = typer.Typer()
Environment = Annotated[str, typer.Argument(help="The environment's name, that of its file.")]


@app.command(epilog="Runs in deploy.yml: mlgitops promote production")
def promote(
    environment: Environment,
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
) -> None:
    """Propose, by a pull request for each model, what the environment before serves and this one does not yet.

    The version takes the place of the newest one or, with a `ramp:`, its first share. The comment compares it with
    what serves, on the newest test rows. A newer version brings the same pull request up to date; what somebody closed,
    or merged and took back, is not proposed again.
    """
    from mlgitops.github.api import Api
    from mlgitops.github.promoting import promote as propose
    from mlgitops.repository.git import Repository

    propose(Api(), Repository.here(), environment, gates)


@app.command(epilog="Example: mlgitops rollback production")
def rollback(environment: Environment) -> None:
    """Open the pull request that takes the last change of an environment back; merging it deploys what served before.

    The last change is the newest merge that changed the environment's file and was not taken back yet: rolling back
    twice goes back one version further, not forth again. Only that file goes back, whatever else the merge changed.
    Without a token (GITHUB_TOKEN, GH_TOKEN, gh auth login) the branch is pushed, and the link to open it is printed.
    """
    from mlgitops.github.rolling_back import rollback as propose
    from mlgitops.repository.git import Repository

    print(propose(Repository.here(), environment))

"""Two versions on live traffic: what they are worth, and the next step of a ramp."""

from pathlib import Path
from typing import Annotated

import typer

from mlgitops.cli.options import AllGates, Root

app = typer.Typer()


@app.command(epilog="Example: mlgitops experiment late-arrival --environment production")
def experiment(
    endpoint: str,
    environment: Annotated[str, typer.Option(help="Where the versions serve.")] = "production",
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="For a pull request.")] = False,
    root: Root = None,
) -> None:
    """Compare the versions that share an endpoint's traffic, by the truths that came in, as the gates do.

    Reads the log of the machine that serves. Exit code 0: each is better or no worse. 1: one is worse. 2: that can't
    be told yet, and how many more rows it takes.
    """
    import msgspec

    from mlgitops.deploy.place import Place
    from mlgitops.deploy.place import root as deployed
    from mlgitops.experiment import markdown, terminal
    from mlgitops.experiment.run import experiment as run

    found = run(Place(deployed(None, root) / environment), endpoint, gates, Path.cwd())
    if as_json:
        print(msgspec.json.encode(found).decode())
    elif as_markdown:
        print(markdown.render(found), end="")
    else:
        terminal.show(found)
    raise typer.Exit(found.exit_code)


@app.command(epilog="Example: mlgitops ramp production")
def ramp(
    environment: str,
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
    root: Root = None,
) -> None:
    """Propose the next share of each challenger with a `ramp`, or its end: a pull request that quotes the experiment.

    Only what is better or no worse goes on, only what is worse goes back; nothing changes before somebody merges.
    """
    from mlgitops.deploy.place import root as deployed
    from mlgitops.experiment.ramp import find, move
    from mlgitops.github.api import Api
    from mlgitops.repository.git import Repository

    repository = Repository.here()
    found = find(repository, environment, deployed(repository, root), Api)
    if not found:
        print(f"{environment}: no endpoint has a ramp.")
    for line in move(found, gates):
        print(line)

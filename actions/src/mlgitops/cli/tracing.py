"""Where a model comes from."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Example: mlgitops trace http://127.0.0.1:8080")
def trace(
    what: Annotated[str, typer.Argument(help="A bundle's folder, a file of one, a service's URL, a tag, or md5:….")],
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Show what made a model: commit, merge, data, params, packages, metrics, verdict, and where it serves now."""
    import msgspec

    from mlgitops.repository.git import Repository
    from mlgitops.trace.run import trace as traced
    from mlgitops.trace.terminal import show

    found = traced(Repository.here(), what)
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        show(found)

"""Where a model comes from."""

from pathlib import Path
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


@app.command(epilog="Example: mlgitops sbom late-arrival@v0.1.0 --out build/sbom")
def sbom(
    version: Annotated[str, typer.Argument(help="A registered version, name@v1.2.3.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("build/sbom"),
) -> None:
    """Write the bill of materials of a version (CycloneDX), and the hashes of its files for an attestation."""
    from mlgitops.repository.git import Repository
    from mlgitops.sbom.run import sbom as written

    print(f"Written to {written(Repository.here(), version, out)}")

"""Versions registered, environments deployed, and what serves here."""

from pathlib import Path
from typing import Annotated

import typer

from mlgitops.cli.options import AllGates, Gates, Root

app = typer.Typer()


@app.command(epilog="Example: mlgitops register --gates gates.yaml")
def register(gates: Gates = Path("gates.yaml")) -> None:
    """Tag the next version of the model that this commit's dvc.lock records; nothing to do is no error."""
    from mlgitops.compare.gates import read
    from mlgitops.github import event, merged
    from mlgitops.repository.git import Repository
    from mlgitops.repository.lock import Lock
    from mlgitops.versions.register import register as make_tag

    repository, named = Repository.here(), read(gates)
    if named.model not in Lock.read(repository, "HEAD").outs:
        print(f"dvc.lock records no {named.model} yet: nothing to register.")
        event.set_output("version", "")
        event.set_output("new", "false")
        return
    tag, new = make_tag(repository, named.name, named.model, lambda: merged.known(repository.rev_parse("HEAD")))
    print(f"Registered {tag.label}." if new else f"{tag.label} has this digest already.")
    event.set_output("version", tag.label)
    event.set_output("new", str(tag.commit == repository.rev_parse("HEAD")).lower())


@app.command(name="deploy", epilog="Example: mlgitops deploy staging")
def deploy_environment(
    environment: str,
    root: Root = None,
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
) -> None:
    """Make an environment serve what its file says at HEAD; if that fails, what served before serves on."""
    from mlgitops.deploy import limits, place
    from mlgitops.deploy.change import deploy
    from mlgitops.errors import CheckFailed
    from mlgitops.github import event
    from mlgitops.repository.git import Repository

    repository = Repository.here()
    done = deploy(repository, environment, place.root(repository, root), limits.read(repository, gates))
    event.add_summary(done.markdown())
    if done.result == "failed":
        raise CheckFailed(f"{environment} was not changed", given=done.why, next=done.serves)
    print("\n".join(done.lines()))


@app.command(epilog="Example: mlgitops status --json")
def status(
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Show what serves on this machine: where, which versions and digests, since when, and from which merge."""
    import msgspec

    from mlgitops.deploy import place
    from mlgitops.deploy.status import every
    from mlgitops.repository.git import Repository

    found = every(place.root(None, root), Repository.around())
    if as_json:
        print(msgspec.json.encode([msgspec.to_builtins(each) | {"healthy": each.healthy} for each in found]).decode())
    else:
        print("\n".join(line for each in found for line in each.lines()) or "Nothing was deployed here yet.")


@app.command(epilog="Example: mlgitops stop staging")
def stop(environment: str, root: Root = None) -> None:
    """End the service of an environment on this machine, and what supervises it."""
    from mlgitops.deploy import place
    from mlgitops.deploy.status import stop as end

    ended = end(place.root(None, root), environment)
    print(f"{environment}: stopped." if ended else f"{environment}: nothing was running.")

"""Images for a cluster, and the branch that it keeps to."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
Out = Annotated[Path, typer.Option(help="The folder that the image is built from.")]


@app.command(epilog="Example: mlgitops image production && podman build --tag models build/image")
def image(environment: str, out: Out = Path("build/image")) -> None:
    """Make the folder that an environment's image is built from: code, and the bundles that its file names, proven."""
    import shutil

    from mlgitops.deploy.cluster.run import image as made
    from mlgitops.environments.desired import NothingRegistered
    from mlgitops.github import event
    from mlgitops.repository.git import Repository

    try:
        found = made(Repository.here(), environment, out)
    except NothingRegistered as nothing:
        shutil.rmtree(out, ignore_errors=True)  # of another environment: it is not this one's
        print(f"{environment}: nothing to build, {nothing} has no registered version yet.")
        event.set_output("new", "false")
        return
    print(f"{environment}: {out} makes {found.built or found.name}")
    event.set_output("name", found.name)
    event.set_output("repository", found.repository)
    event.set_output("new", str(found.built is None).lower())


@app.command(epilog="Example: mlgitops manifests production --digest sha256:…")
def manifests(
    environment: str,
    digest: Annotated[str, typer.Option(help="Of the image that was pushed; none where it was built before.")] = "",
    out: Out = Path("build/image"),
) -> None:
    """Write what the cluster is to run to the environment's branch; what is older than what runs is left out."""
    from mlgitops.deploy.cluster.branch import Branch
    from mlgitops.deploy.cluster.run import manifests as written
    from mlgitops.github import event
    from mlgitops.repository.git import Repository

    result, image = written(Repository.here(), environment, out, digest)
    said = {
        "nothing": "nothing to run yet.",
        "older": f"skipped: a newer merge was handled, {image} runs.",
        "unchanged": f"nothing to change, {image} runs.",
        "written": f"{Branch.named(environment)} is to run {image}.",
    }[result]
    print(f"{environment}: {said}")
    event.add_summary(f"### {environment}: {said}\n")

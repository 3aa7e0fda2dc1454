"""The verbs: make an image's context, and tell the cluster of the image."""

import os
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from mlgitops.deploy.cluster.branch import Branch, overlay
from mlgitops.deploy.cluster.context import STATE, Context, make
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository

REGISTRY = "ghcr.io"
Result = Literal["nothing", "older", "unchanged", "written"]
KUSTOMIZATION = """\
# What runs in {environment}. Written by CI after a merge, never by hand: the desired state is in environments/ on main.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {namespace}
resources: [deploy/kubernetes/overlays/{environment}]
images:
  - {{name: models, newName: {name}, digest: "{digest}"}}
configMapGenerator:
  - name: serving
    files: [serving.json]
"""


class Image(msgspec.Struct, frozen=True):
    """name: with its tag, by content. built: the same with its digest, where it was built before."""

    name: str
    built: str | None

    @property
    def repository(self) -> str:
        return self.name.rpartition(":")[0]


def image(repository: Repository, environment: str, folder: Path) -> Image:
    """Make the context of an environment's image in a folder, and see whether that image has been built."""
    named = _named(repository, environment, make(repository, environment, folder))
    return Image(named, Branch.of(repository, environment).built(named) if repository.has_remote() else None)


def manifests(repository: Repository, environment: str, folder: Path, digest: str) -> tuple[Result, str]:
    """Let the cluster run the image of a context; the result, and the image that runs then.

    digest: of the image that was built now; empty where it had been built before.
    """
    if not (folder / STATE).is_file():
        return "nothing", ""
    branch, context = Branch.of(repository, environment), Context(folder)
    if branch.is_newer():
        return "older", branch.image or ""
    named = _named(repository, environment, context)
    wanted = f"{named}@{digest}" if digest else branch.built(named)
    if wanted is None:
        raise CannotCheck("This image was never built", given=named, next="Build it, and give its --digest")
    files = _files(repository, environment, branch, wanted, context.state)
    models = ", ".join(msgspec.json.decode(context.state)["models"])
    written = branch.push(files, models=models, image=wanted)
    return ("written" if written else "unchanged"), wanted


def _named(repository: Repository, environment: str, context: Context) -> str:
    """The image's name in GitHub's registry in a job, and on this machine elsewhere."""
    job = os.environ.get("GITHUB_REPOSITORY")
    where = f"{REGISTRY}/{job}" if job else f"localhost/{repository.root.name}"
    return f"{where.lower()}:{environment}-{context.key}"


def _files(repository: Repository, environment: str, branch: Branch, image: str, state: bytes) -> dict[str, bytes]:
    """The state of an image that runs is left as it is: another commit in it would be a roll-out of nothing."""
    if image == branch.image:
        state = branch.file("serving.json") or state
    name, _, digest = image.partition("@")
    namespace = yaml.safe_load(overlay(repository, environment))["namespace"]
    text = KUSTOMIZATION.format(
        environment=environment, namespace=namespace, name=name.rpartition(":")[0], digest=digest
    )
    return {"kustomization.yaml": text.encode(), "serving.json": state}

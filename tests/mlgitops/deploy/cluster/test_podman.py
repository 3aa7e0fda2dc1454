"""The image itself: built, started as a cluster starts it, and asked."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mlgitops.deploy.cluster.branch import Branch
from mlgitops.deploy.cluster.run import image, manifests
from tests.mlgitops.deploy.cluster.podman import SETTINGS, base, podman
from tests.mlgitops.deploy.conftest import ROW, Team
from tests.template import BIN, own_tests

pytestmark = pytest.mark.slow
NAME = "localhost/mlgitops-tests-models"


@pytest.fixture(scope="module")
def python() -> str:
    return base()


@pytest.fixture
def build(cluster: Team, python: str, tmp_path: Path) -> Iterator:
    """Build the image of production; what podman said of it."""

    def run(*, check: bool = True) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "build" / "image"
        image(cluster.repository, "production", folder)
        commit = f"COMMIT={cluster.repository.rev_parse('HEAD')}"
        options = ("--network=host", f"--from={python}", f"--build-arg={commit}", f"--tag={NAME}")
        return podman("build", *options, folder, check=check)

    yield run
    podman("rmi", "--force", NAME, check=False)


@pytest.fixture
def started(build) -> Iterator:
    """Start a container of it, with these options and arguments; its id. It ends with the test."""
    ids = []

    def run(*options: str, arguments: tuple[str, ...] = ()) -> str:
        strict = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
        ids.append(podman("run", "--detach", *strict, *options, NAME, *arguments).stdout.strip())
        return ids[-1]

    yield run
    for each in ids:
        podman("rm", "--force", "--volumes", "--time=5", each)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(answer, container: str):
    """The first answer within a minute; what the container said, where there is none."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := answer():
            return found
        time.sleep(0.2)
    raise AssertionError(podman("logs", container, check=False).stderr)


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_it_answers_as_nobody_on_a_root_that_nobody_writes(build, started, cluster):
    build()
    port = free_port()
    listen = ("--host", "127.0.0.1", "--port", str(port), "--logs", "/logs")
    container, url = started("--network=host", arguments=listen), f"http://127.0.0.1:{port}"
    until(lambda: ready(url), container)
    (answer,) = httpx.post(f"{url}/v1/late-arrival/predict", json=ROW, trust_env=False).json()["predictions"]
    assert answer["model"] == "late-arrival@v0.1.0"
    assert answer["probability"] == pytest.approx(cluster.bundles.probability(ROW, 1.0), abs=1e-6)
    status = httpx.get(f"{url}/status", trust_env=False).json()
    assert (status["environment"], status["commit"]) == ("production", cluster.repository.rev_parse("HEAD"))
    assert podman("exec", container, "id", "-u").stdout.strip() == "10001"
    for place in ("/app/code/x", "/app/bundles/x", "/packages/x", "/x", "/app/state/x"):
        assert podman("exec", container, "touch", place, check=False).returncode, place
    logged = ("find", "/logs/predictions", "-name", "*.parquet")
    until(lambda: podman("exec", container, *logged, check=False).stdout, container)
    (label,) = podman(
        "image", "inspect", NAME, "--format", '{{index .Labels "org.opencontainers.image.revision"}}'
    ).stdout.split()
    assert label == cluster.repository.rev_parse("HEAD")


def test_no_image_is_made_of_a_bundle_that_does_not_give_its_scores(build, cluster):
    cluster.want("production", cluster.package(2.0, recorded=0.9), after="staging")
    done = build(check=False)
    assert done.returncode and "golden row 1 gives" in done.stdout + done.stderr


def test_the_rendered_overlay_runs_as_it_is(build, cluster, tmp_path):
    build()
    digest = podman("image", "inspect", NAME, "--format", "{{.Digest}}").stdout.strip()
    _, named = manifests(cluster.repository, "production", tmp_path / "build" / "image", digest)
    podman("tag", NAME, named.partition("@")[0])
    tip, branch = Branch.of(cluster.repository, "production").tip, tmp_path / "branch"
    cluster.repository.git("worktree", "add", "--quiet", "--detach", str(branch), tip)
    pod = render(branch, tmp_path / "on_a_port", port := free_port())
    url = f"http://127.0.0.1:{port}"
    try:
        podman("kube", "play", "--network=slirp4netns", pod)
        (container,) = podman("ps", "--filter", "name=models-pod", "--filter", "name=service", "--quiet").stdout.split()
        until(lambda: ready(url), container)
        (answer,) = httpx.post(f"{url}/v1/late-arrival/predict", json=ROW, trust_env=False).json()["predictions"]
        assert answer["probability"] == pytest.approx(cluster.bundles.probability(ROW, 1.0), abs=1e-6)
        shown = json.loads(podman("container", "inspect", container).stdout)[0]
        assert shown["ImageDigest"] == digest
        assert shown["HostConfig"]["ReadonlyRootfs"] and not shown["EffectiveCaps"]
        assert podman("exec", container, "id", "-u").stdout.strip() == "10001"
        assert podman("exec", container, "touch", "/app/state/x", check=False).returncode
    finally:
        podman("kube", "down", pod, check=False)
        podman("rmi", "--force", named.partition("@")[0], check=False)


def render(branch: Path, folder: Path, port: int) -> Path:
    """What the branch makes, with nothing changed but the port: podman takes the same one of this machine."""
    folder.mkdir()
    patch = [{"op": "add", "path": "/spec/template/spec/containers/0/ports/0/hostPort", "value": port}]
    kustomization = {
        "resources": ["../branch"],
        "patches": [{"target": {"kind": "Deployment"}, "patch": json.dumps(patch)}],
    }
    (folder / "kustomization.yaml").write_text(json.dumps(kustomization))
    done = subprocess.run([BIN / "kubectl", "kustomize", folder], check=True, capture_output=True)
    (folder / "rendered.yaml").write_bytes(done.stdout)
    return folder / "rendered.yaml"


def test_it_passes_the_tests_of_the_service(build, generated, tmp_path):
    build()
    python = tmp_path / "python"  # the image's, given as this machine's: -m module STATE_DIR …
    python.write_text(
        "#!/bin/sh\n"
        f"export CONTAINERS_CONF={SETTINGS}\n"
        "exec podman run --rm --network=host --read-only --cap-drop=ALL --env SERVICE_API_KEY "
        f'--volume "$3:$3:U" --entrypoint /packages/bin/python {NAME} "$@"\n'
    )
    python.chmod(0o755)
    done = own_tests(generated, "tests/service/test_service.py", SERVICE_PYTHON=str(python))
    assert done.returncode == 0, done.stdout[-3000:]

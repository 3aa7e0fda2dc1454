"""A small project with a tracked folder and a stage, all of it pushed by real DVC to a remote of each kind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from mlgitops.repository.storage import Storage
from tests.mlgitops.audit.remotes import BUCKET, BranchHand, BucketHand, FolderHand, Hand
from tests.repositories import WorkingTree

YAML = """
stages:
  train:
    cmd:
      - mkdir model && cat data/raw/* > model/m && echo 1 > model/n
      - echo {} > m.json && echo x > log && echo y > own
    deps: [data/raw]
    outs: [model, {log: {push: false}}, {own: {remote: other}}]
    metrics: [{m.json: {cache: false}}]
"""
CONFIG = """
[core]
    remote = main
['remote "main"']
    url = {url}
    verify = true
['remote "other"']
    url = ../../other
"""
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "never-to-be-seen", "AWS_DEFAULT_REGION": "us-east-1"}


def config(tree: WorkingTree, url: str, **options: str) -> None:
    """Make it the default remote's address."""
    text = CONFIG.format(url="\n    ".join([url, *(f"{key} = {value}" for key, value in options.items())]))
    tree.write(".dvc/config", text)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, its remotes beside it."""
    tree = WorkingTree(tmp_path_factory.mktemp("audit") / "work")
    tree.root.mkdir()
    tree.begin()
    config(tree, "../../store")
    tree.write("dvc.yaml", YAML)
    tree.write(".dvc/.gitignore", "/storage\n/cache\n/tmp\n/config.local\n")
    for name in "abc":
        tree.write(f"data/raw/{name}", f"{name}\n")
    for command in (["add", "data/raw"], ["repro"], ["push"]):
        tree.must("dvc", *command, "--quiet")
    tree.commit("Train")
    return tree.root.parent


@pytest.fixture
def tree(made: Path, tmp_path: Path) -> WorkingTree:
    """A copy of it, whose default remote is the folder `store` beside it."""
    return WorkingTree(shutil.copytree(made, tmp_path / "copy", symlinks=True) / "work")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of an S3 on loopback."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A client of an empty bucket; its credentials are in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=server)
    client.create_bucket(Bucket=BUCKET)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for found in page.get("Contents", []):
            client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def in_folder(tree: WorkingTree) -> tuple[WorkingTree, Hand]:
    return tree, FolderHand(tree.root.parent / "store")


@pytest.fixture
def in_branch(tree: WorkingTree, origin: Path, tmp_path: Path) -> tuple[WorkingTree, Hand]:
    config(tree, "storage")
    tree.must("git", "remote", "add", "origin", f"file://{origin}")
    Storage(tree.repository).attach()
    tree.must("dvc", "push", "--quiet")
    Storage(tree.repository).push()
    tree.commit("Use the branch")
    return tree, BranchHand(origin, tmp_path / "hand")


@pytest.fixture
def in_bucket(tree: WorkingTree, bucket, server: str) -> tuple[WorkingTree, Hand]:
    config(tree, f"s3://{BUCKET}/data", endpointurl=server)
    tree.must("dvc", "push", "--quiet")
    tree.commit("Use the bucket")
    return tree, BucketHand(bucket)


@pytest.fixture(params=["folder", "branch", "bucket"])
def stored(request: pytest.FixtureRequest) -> tuple[WorkingTree, Hand]:
    """The project, pushed to a remote of each kind, and a hand in it."""
    return request.getfixturevalue(f"in_{request.param}")

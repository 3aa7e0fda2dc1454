"""A hostile .dvc/config in a pull request's job: whatever it says, DVC and its credentials go to the base's remote."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from mlgitops.guard.remote import restore
from mlgitops.repository.git import Repository
from tests.repositories import BIN, STORAGE_CONFIG, commit

HOSTILE = STORAGE_CONFIG.replace("url = storage", "url = /tmp/elsewhere")


def config(repository: Repository) -> str:
    return (repository.root / ".dvc/config").read_text()


def test_nothing_is_done_where_nothing_differs(repository: Repository) -> None:
    commit(repository, {"README.md": "# Words\n"})
    assert restore(repository, "origin/main") == []
    assert repository.git("status", "--porcelain") == ""


def test_the_bases_settings_take_the_place_of_the_pull_requests_and_are_not_committed(repository: Repository) -> None:
    commit(repository, {".dvc/config": HOSTILE})
    repository.root.joinpath(".dvc/config.local").write_text(HOSTILE)
    repository.git("add", "--force", ".dvc/config.local")
    repository.git("commit", "--quiet", "-m", "Local")
    assert restore(repository, "origin/main") == [".dvc/config", ".dvc/config.local"]
    assert config(repository) == STORAGE_CONFIG
    assert not repository.root.joinpath(".dvc/config.local").exists()
    assert repository.git("diff", "--cached", "--name-only") == ""
    assert restore(repository, "origin/main") == []


def test_a_base_without_settings_gives_none(repository: Repository) -> None:
    repository.git("rm", "--quiet", ".dvc/config")
    base = commit(repository, {})
    commit(repository, {".dvc/config": HOSTILE})
    assert restore(repository, base) == [".dvc/config"]
    assert not repository.root.joinpath(".dvc/config").exists()


def link_the_file(root: Path) -> None:
    (root / ".dvc/config").rename(root / "elsewhere")
    (root / ".dvc/config").symlink_to("../elsewhere")


def link_the_folder(root: Path) -> None:
    (root / ".dvc").rename(root / "elsewhere")
    (root / ".dvc").symlink_to("elsewhere")


def make_it_a_folder(root: Path) -> None:
    (root / ".dvc/config").unlink()
    (root / ".dvc/config").mkdir()
    (root / ".dvc/config/x").write_text("")


@pytest.mark.parametrize("trick", [link_the_file, link_the_folder, make_it_a_folder])
def test_a_link_or_a_folder_in_its_place_leads_nowhere(repository: Repository, trick: Callable[[Path], None]) -> None:
    commit(repository, {".dvc/config": HOSTILE})
    trick(repository.root)
    commit(repository, {})
    assert ".dvc/config" in restore(repository, "origin/main")
    file = repository.root / ".dvc/config"
    assert not file.is_symlink() and not file.parent.is_symlink()
    assert config(repository) == STORAGE_CONFIG
    elsewhere = repository.root / "elsewhere"
    assert not elsewhere.is_file() or elsewhere.read_text() == HOSTILE  # what the link led to is not written


@dataclass
class Listener:
    """An S3 endpoint of somebody else: it answers everything, and remembers what it was asked."""

    asked: list[str] = field(default_factory=list)
    port: int = 0

    def handler(self) -> type[BaseHTTPRequestHandler]:
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                asked.append(f"{self.command} {self.path} {self.headers.get('X-Amz-Security-Token')}")
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_HEAD = do_PUT = do_POST = answer

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def hostile() -> Iterator[Listener]:
    found = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), found.handler())
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The team's own S3, moto's, with the bucket `data`; the job's credentials are in the environment."""
    credentials = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session"}
    for name, value in (credentials | {"AWS_DEFAULT_REGION": "us-east-1"}).items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket="data")
    yield url
    server.stop()


def s3_config(endpoint: str) -> str:
    return (
        "[core]\n    remote = store\n    analytics = false\n"
        f"['remote \"store\"']\n    url = s3://data/dvc\n    endpointurl = {endpoint}\n    verify = true\n"
    )


YAML = "stages:\n  train: {cmd: cat data > model, deps: [data], outs: [model, predictions]}\n"
GATES = (
    "name: m\npredictions: predictions\nmodel: model\ntask: binary\nmetrics: {roc_auc: {role: primary, margin: 0.01}}\n"
)


@pytest.fixture
def job(repository: Repository, clone, s3: str, hostile: Listener, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The job of a pull request whose .dvc/config names the hostile endpoint, before its set-up."""
    yaml = YAML.replace("cat data > model", "cp data model && cp data predictions")
    files = {".dvc/config": s3_config(s3), "dvc.yaml": yaml, "gates.yaml": GATES, "data": "1\n"}
    commit(repository, files | {".gitignore": "/model\n/predictions\n/report\n"})
    repository.git("push", "--quiet", "origin", "HEAD:main")
    head = commit(repository, {".dvc/config": s3_config(f"http://127.0.0.1:{hostile.port}"), "data": "2\n"})
    repository.git("push", "--quiet", "origin", "HEAD:change", "HEAD:refs/pull/1/head")
    made = clone("job", "--branch", "change")
    pull = {"number": 1, "head": {"sha": head}, "base": {"ref": "main"}}
    event = made.root.parent / "event.json"
    event.write_text(json.dumps({"pull_request": pull}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    return made


def verb(job: Repository, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "mlgitops"), *arguments]
    return subprocess.run(command, cwd=job.root, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.fault("hostile .dvc/config", "the job asks the base's remote, and the hostile endpoint gets no request")
def test_a_hostile_endpoint_gets_no_request_and_no_credential(job: Repository, s3: str, hostile: Listener) -> None:
    set_up = verb(job, "scope")
    assert ".dvc/config is not the pull request's here but that of origin/main." in set_up.stdout
    trained = verb(job, "train")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    verb(job, "compare", "--base", "origin/main")
    assert hostile.asked == []
    stored = boto3.client("s3", endpoint_url=s3).list_objects_v2(Bucket="data", Prefix="dvc/files/md5/")
    assert stored["KeyCount"] >= 1
    report = (job.root / "report/report.md").read_text()
    assert "🔒 **Changes protected paths**: `.dvc/config`; a code owner has to approve." in report


@pytest.mark.slow
def test_without_the_guard_the_endpoint_would_have_them(job: Repository, hostile: Listener) -> None:
    verb(job, "train")
    assert any("session" in request for request in hostile.asked)

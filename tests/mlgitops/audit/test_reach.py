"""A remote that does not answer, one that answers with no, and none to ask: each is said in its own words, and soon."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mlgitops.audit import gate
from mlgitops.pipeline import result
from tests.mlgitops.audit.conftest import KEYS, config
from tests.mlgitops.audit.remotes import BUCKET
from tests.repositories import WorkingTree

pytestmark = pytest.mark.slow

SOON = 20  # seconds
UNREACHABLE = "mlgitops: The DVC remote can't be reached: "
REFUSED = "mlgitops: The DVC remote takes no credentials from here, or there are none: "


class Forbidden(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_) -> None:
        pass


@contextmanager
def closed() -> Iterator[int]:
    """A port at which nobody listens, for as long as it is held."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextmanager
def silent() -> Iterator[int]:
    """A port at which connections are taken, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@contextmanager
def forbidden() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Forbidden) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def project(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> WorkingTree:
    """With credentials in the environment, and no cloud around that could have some."""
    for name, value in (KEYS | {"AWS_EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(name, value)
    return tree


def said(project: WorkingTree, verb: str = "audit", exit_code: int = 2) -> str:
    """What an audit, or another verb, says, on one line, soon, without a secret; and nothing runs on after it."""
    started = time.monotonic()
    done = project.run("mlgitops", verb)
    assert time.monotonic() - started < SOON
    assert done.returncode == exit_code and done.stdout == "", done.stdout + done.stderr
    assert done.stderr.count("\n") == 1 and KEYS["AWS_SECRET_ACCESS_KEY"] not in done.stderr
    assert not left_running(project.root)
    return done.stderr


def left_running(folder: Path) -> list[Path]:
    """Processes that work there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process)
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


FAULTS = [
    pytest.param(
        closed,
        UNREACHABLE,
        "unreachable",
        marks=pytest.mark.fault("remote refuses the connection", "said within 20 s: it can't be reached, exit 2"),
    ),
    pytest.param(
        silent,
        UNREACHABLE,
        "unreachable",
        marks=pytest.mark.fault("remote is slow", "said after 15 s: it can't be reached, exit 2; nothing runs on"),
    ),
    pytest.param(
        forbidden,
        REFUSED,
        "no-credentials",
        marks=pytest.mark.fault("remote answers 403", "said at once: it takes no credentials from here, exit 2"),
    ),
]


@pytest.mark.parametrize(("server", "words", "problem"), FAULTS)
def test_a_bucket(project: WorkingTree, server, words: str, problem: str) -> None:
    with server() as port:
        config(project, f"s3://{BUCKET}/data", endpointurl=f"http://127.0.0.1:{port}")
        assert said(project).startswith(f"{words}main (")
        report = gate.audit(project.repository, "HEAD")
        assert (report.is_listed, report.problem) == (False, problem)


@pytest.mark.parametrize(("server", "words", "problem"), FAULTS)
def test_a_run_of_stages_does_not_begin(project: WorkingTree, server, words: str, problem: str) -> None:
    with server() as port:
        config(project, f"s3://{BUCKET}/data", endpointurl=f"http://127.0.0.1:{port}")
        line = said(project, "validate-data")
    assert line.startswith(f"{words}main (")
    (stage,) = result.read(project.root / result.PATH).stages
    assert (stage.name, stage.result) == ("dvc remote", "failed") and stage.log_tail[0] in line


@pytest.mark.parametrize(("server", "words", "problem"), FAULTS)
def test_the_storage_branch(project: WorkingTree, server, words: str, problem: str) -> None:
    config(project, "storage")
    with server() as port:
        project.must("git", "remote", "add", "origin", f"http://ada:s3cret@127.0.0.1:{port}/work.git")
        line = said(project)
        assert line.startswith(words) and "s3cret" not in line


@pytest.mark.fault("no credentials", "told apart from a refusal to connect and from missing data, exit 2")
def test_without_credentials(project: WorkingTree, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    config(project, f"s3://{BUCKET}/data", endpointurl=server)
    assert said(project).startswith(f"{REFUSED}main (NoCredentialsError")
    assert gate.audit(project.repository, "HEAD").problem == "no-credentials"


def test_credentials_of_the_local_configuration_count(in_bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    project, _ = in_bucket
    for name in KEYS:
        monkeypatch.delenv(name)
    keys = "access_key_id = testing\n    secret_access_key = never-to-be-seen\n    region = us-east-1\n"
    project.write(".dvc/config.local", f"['remote \"main\"']\n    {keys}")
    assert "8 objects whole" in project.must("mlgitops", "audit")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("s3://no-such-bucket/data", "The specified bucket does not exist"),
        ("gs://bucket/data", "gs is supported, but requires 'dvc-gs'"),
        ("http://127.0.0.1:1/data", "http has no listing"),
        ("nowhere", "is no folder of this machine"),
    ],
)
def test_what_is_no_remote_is_neither(project: WorkingTree, server: str, url: str, why: str) -> None:
    config(project, url, **({"endpointurl": server} if url.startswith("s3") else {}))
    line = said(project)
    assert line.startswith("mlgitops: The DVC remote can't be listed: main (") and why in line
    assert gate.audit(project.repository, "HEAD").problem == ""

"""supervisord, which keeps an environment's service alive after the job that deployed it has ended."""

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgitops.deploy import supervisord
from mlgitops.deploy.release import Release
from mlgitops.environments.environment import Environment
from mlgitops.errors import CheckFailed

SOCKET_LIMIT = 100  # bytes; the system takes 107
SECONDS = 30  # in which supervisord has to end, with the service
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "TMPDIR")


@dataclass(frozen=True)
class Supervisor:
    """The supervisord of one environment; folder: that environment's, where its configuration and logs are."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "supervisord.conf"

    @property
    def config(self) -> str | None:
        """The configuration that was written last; None where nothing was ever started."""
        return self.file.read_text() if self.file.is_file() else None

    @property
    def url(self) -> str | None:
        """Where the service listens, by its configuration."""
        return supervisord.url(self.config) if self.config else None

    @property
    def key(self) -> str:
        """What the service asks its callers for; empty where it asks for nothing."""
        return supervisord.key(self.config) if self.config else ""

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "service.log"

    def configuration(self, release: Release, wanted: Environment) -> str:
        """The configuration that runs a release as an environment wants it.

        With the key of whoever deploys; one who has none leaves the service the key that it has.
        """
        key = os.environ.get(supervisord.VARIABLE) or self.key
        return supervisord.configuration(self.folder, self._socket(), release, wanted, key)

    def is_running(self) -> bool:
        return self._ask("getState") is not None

    def state(self) -> str:
        """Of the service: RUNNING, STARTING, BACKOFF, FATAL, … or STOPPED."""
        found = self._ask("getProcessInfo", supervisord.PROGRAM)
        return found["statename"] if found else "STOPPED"

    def pid(self) -> int | None:
        """The process id of the service; None where it does not run."""
        found = self._ask("getProcessInfo", supervisord.PROGRAM)
        return found["pid"] or None if found else None

    def is_in_force(self, config: str) -> bool:
        """Whether this is the configuration that supervisord goes by, which need not be the one in the file."""
        return self.config == config and self._ask("reloadConfig") == [[[], [], []]]

    def run(self, config: str) -> None:
        """Run the service under this configuration, in place of the one that runs.

        supervisord changes from one to the other by itself, once it is asked: whoever asked may be killed meanwhile.
        """
        self._write(config)
        if not self.is_running():
            self._start()
            return
        self._ask("restart")
        deadline = time.monotonic() + SECONDS
        while (found := self._ask("getState")) is None or found["statename"] != "RUNNING":
            if time.monotonic() > deadline:
                raise CheckFailed(f"supervisord did not restart within {SECONDS} s", given=self.folder)
            time.sleep(0.05)

    def stop(self) -> bool:
        """End the service and supervisord, and wait for both; False where nothing ran."""
        if self._ask("shutdown") is None:
            return False
        deadline = time.monotonic() + SECONDS
        while (self.folder / "supervisord.pid").exists():
            if time.monotonic() > deadline:
                raise CheckFailed(f"supervisord did not end within {SECONDS} s", given=self.folder)
            time.sleep(0.05)
        return True

    def _write(self, config: str) -> None:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        beside = self.folder / ".supervisord.conf"
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(config)  # which may hold the service's key
        beside.replace(self.file)

    def _start(self) -> None:
        done = subprocess.run(
            [Path(sys.executable).resolve(), "-m", "supervisor.supervisord", "-c", self.file],
            env=self._environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CheckFailed("supervisord did not start", given=" ".join((done.stderr or done.stdout).split())[-300:])

    def _environment(self) -> dict[str, str]:
        """Nothing of the job's: no token, and not RUNNER_TRACKING_ID, by which a runner ends what a job left."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {"PYTHONPATH": str(self._package())}

    def _package(self) -> Path:
        """A copy of the package beside the environments: the one that runs now is in a job's workspace."""
        place = self.folder.parent / f".supervisor-{importlib.metadata.version('supervisor')}"
        if not place.is_dir():
            import supervisor

            with tempfile.TemporaryDirectory(dir=self.folder) as beside:
                source, ignored = Path(supervisor.__file__).parent, shutil.ignore_patterns("tests", "__pycache__")
                shutil.copytree(source, Path(beside, "copy", "supervisor"), ignore=ignored)
                Path(beside, "copy").rename(place)
        return place

    def _socket(self) -> Path:
        """Beside the configuration; a path too long for a socket goes to a folder of the user's own in /tmp."""
        near = self.folder / "supervisord.sock"
        if len(os.fsencode(near)) < SOCKET_LIMIT:
            return near
        short = Path("/tmp", f"mlgitops-{os.getuid()}")
        short.mkdir(mode=0o700, exist_ok=True)
        if short.stat().st_uid != os.getuid():
            raise CheckFailed("Another user has the folder for the socket", given=short, next="Use a shorter --root")
        return short / (hashlib.sha256(os.fsencode(near)).hexdigest()[:16] + ".sock")

    def _ask(self, method: str, *arguments: Any) -> Any:
        """supervisord's answer to a call of its XML-RPC interface; None where it does not run or can't."""
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(serverurl=f"unix://{self._socket()}")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        except (OSError, xmlrpc.client.Error):
            return None
        finally:
            transport.close()

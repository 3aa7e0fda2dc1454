"""The local target: an environment is a supervised process on this machine."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mlgitops.deploy.client import Client, Status
from mlgitops.deploy.journal import Passed, say
from mlgitops.deploy.place import Place
from mlgitops.deploy.release import Release
from mlgitops.deploy.supervisor import Supervisor
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Environment
from mlgitops.errors import CheckFailed, Problem

READY = 30  # seconds in which a service that was started has to answer

Smoke = Callable[[], Passed]  # the test after a change; CheckFailed undoes it


@dataclass(frozen=True)
class Local:
    """One environment here: what serves it, and how that is changed."""

    place: Place
    wanted: Environment

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.place.folder)

    def status(self) -> Status | None:
        """What the service says of itself; None where none answers."""
        url = self.supervisor.url
        return self.client(url).status() if url and self._settled() == "RUNNING" else None

    def serving(self) -> Serving:
        """What answers now; empty where nothing does."""
        status = self.status()
        return status.serving if status else Serving()

    def runs(self, release: Release) -> bool:
        """Whether this release is the one that runs, at the address that is wanted."""
        return self.supervisor.is_in_force(self._config(release)) and self._settled() == "RUNNING"

    def swap(self, wanted: Serving, smoke: Smoke) -> Passed:
        """Let the running service change its models: it keeps the old ones unless next.json proves right."""
        say(f"Changing what {self.wanted.url} serves")
        self.place.remember()
        with self._or_back(self.supervisor.config):
            refused = self.client(self.wanted.url).reload(str(self.place.next))
            self._verify(wanted, refused)
            return smoke()

    def restart(self, release: Release, wanted: Serving, smoke: Smoke) -> Passed:
        """Run next.json under a release, which has to prove it first; what ran before is put back if it fails."""
        say("Proving the models with the service's code")
        release.check(self.place.folder, self.place.next.name)
        self._require_address()
        say(f"Starting {self.wanted.service} at {self.wanted.url}")
        self.place.remember()
        with self._or_back(self.supervisor.config):
            self.place.next.replace(self.place.serving)
            self.supervisor.run(self._config(release))
            self._verify(wanted)
            return smoke()

    def prove(self, smoke: Smoke) -> Passed:
        """Test what serves already, and an earlier deploy did not come to test."""
        with self._or_back(self.supervisor.config):
            return smoke()

    def client(self, url: str) -> Client:
        """With the key of the service that runs."""
        return Client(url, self.supervisor.key)

    def _config(self, release: Release) -> str:
        return self.supervisor.configuration(release, self.wanted)

    @contextmanager
    def _or_back(self, config: str | None) -> Iterator[None]:
        """Go back to what served before, under its configuration, if what is done inside fails."""
        try:
            yield
        except Problem:
            self._go_back(config, self.place.before.read_bytes())
            self.place.before.unlink()
            raise

    def _go_back(self, config: str | None, state: bytes) -> None:
        say("Going back to what served before")
        if config is None or not state:
            self.supervisor.stop()
            self.place.serving.unlink(missing_ok=True)
            return
        if config == self.supervisor.config and state == self.place.serving.read_bytes():
            return  # the service has refused the change
        self.place.next.write_bytes(state)
        if config == self.supervisor.config and not self.client(self.supervisor.url).reload(str(self.place.next)):
            return  # without a restart, so that there is no moment in which nothing answers
        self.place.next.write_bytes(state)
        self.place.next.replace(self.place.serving)
        self.supervisor.run(config)
        self._answer(self.supervisor.url)

    def _verify(self, wanted: Serving, refused: str | None = None) -> None:
        """What counts is what the service says it serves; CheckFailed with the reason where that is not `wanted`."""
        status = self._answer(self.wanted.url)
        if status is None:
            raise CheckFailed("The service did not start", given=self._last_words())
        if (status.environment, status.serving) != (self.place.name, wanted):
            raise CheckFailed("The service keeps what it has", given=refused or f"{self.wanted.url}/status differs")

    def _answer(self, url: str) -> Status | None:
        """The status of a service that may just be starting; None where it does not come up, or does not stay."""
        status = self.client(url).wait(self._alive, READY)
        return status if self._settled() == "RUNNING" else None

    def _settled(self) -> str:
        """The service's state, once supervisord has made up its mind: a start counts when it lasts a second."""
        while (state := self.supervisor.state()) == "STARTING":
            time.sleep(0.1)
        return state

    def _alive(self) -> bool:
        return self.supervisor.state() in ("RUNNING", "STARTING", "BACKOFF")

    def _last_words(self) -> str:
        log = self.supervisor.log
        lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
        return lines[-1] if lines else f"nothing in {log}"

    def _require_address(self) -> None:
        """CheckFailed where another program listens at the address: it would be taken for the service."""
        host, port = self.wanted.address.rsplit(":", 1)
        if self.supervisor.url == self.wanted.url and self.supervisor.state() == "RUNNING":
            return
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except (OSError, OverflowError) as error:
                raise CheckFailed("The address can't be used", given=f"{self.wanted.address} ({error})") from error

"""What serves on this machine."""

from dataclasses import dataclass
from pathlib import Path

from mlgitops.deploy.client import Client, Status
from mlgitops.deploy.place import Place
from mlgitops.deploy.supervisor import Supervisor
from mlgitops.errors import CheckFailed


@dataclass(frozen=True)
class Found:
    """An environment here; status is None where its service does not answer."""

    name: str
    url: str
    state: str
    status: Status | None

    @property
    def healthy(self) -> bool:
        return self.status is not None

    def lines(self) -> list[str]:
        """For the terminal."""
        if not self.status:
            return [f"{self.name}  {self.url}  does not answer ({self.state.lower()})"]
        commit = (self.status.commit or "local")[:12]
        head = f"{self.name}  {self.url}  healthy since {self.status.since[:19]}, commit {commit}"
        return [head, *(f"  {name}: {each.version}  {each.digest}" for name, each in self.status.endpoints.items())]


def every(root: Path) -> list[Found]:
    """The environments that were deployed under a root."""
    folders = sorted(file.parent for file in root.glob("*/supervisord.conf"))
    return [_find(folder) for folder in folders]


def stop(root: Path, name: str) -> bool:
    """End an environment's service and its supervisor, by asking that supervisor; False where nothing ran."""
    place = Place(root / name)
    if not place.folder.is_dir():
        raise CheckFailed("No such environment was deployed here", given=place.folder)
    with place.locked():
        return Supervisor(place.folder).stop()


def _find(folder: Path) -> Found:
    supervisor = Supervisor(folder)
    state, url = supervisor.state(), supervisor.url or ""
    return Found(folder.name, url, state, Client(url).status() if state == "RUNNING" else None)

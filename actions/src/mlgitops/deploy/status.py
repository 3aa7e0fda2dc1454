"""What serves on this machine."""

from dataclasses import dataclass
from pathlib import Path

from mlgitops.deploy.client import Client, Status
from mlgitops.deploy.place import Place
from mlgitops.deploy.supervisor import Supervisor
from mlgitops.errors import CheckFailed
from mlgitops.report.escape import clean
from mlgitops.repository import merges
from mlgitops.repository.git import Repository
from mlgitops.repository.merges import Merge


@dataclass(frozen=True)
class Found:
    """An environment here; status is None where its service does not answer.

    merge: of the commit that was deployed, where this is a clone that has it.
    """

    name: str
    url: str
    state: str
    status: Status | None
    merge: Merge | None = None

    @property
    def healthy(self) -> bool:
        return self.status is not None

    def lines(self) -> list[str]:
        """For the terminal."""
        if not self.status:
            return [f"{self.name}  {self.url}  does not answer ({self.state.lower()})"]
        serving = self.status.serving
        shown = [f"  {name}: {endpoint}" for name, endpoint in serving.endpoints.items()]
        shown += [f"  {version}: {digest}" for version, digest in serving.models.items()]
        return [f"{self.name}  {self.url}  healthy since {self.status.since[:19]}", *shown, f"  {self._origin()}"]

    def _origin(self) -> str:
        commit = f"commit {(self.status.commit or 'local')[:12]}"
        if self.merge is None:
            return commit
        pull = f", #{self.merge.pull}" if self.merge.pull else ""
        return f"{commit}{pull} by {clean(self.merge.author)}: {clean(self.merge.subject, 200)}"


def every(root: Path, repository: Repository | None = None) -> list[Found]:
    """The environments that were deployed under a root; repository: to look their commits up in."""
    folders = sorted(file.parent for file in root.glob("*/supervisord.conf"))
    return [_find(folder, repository) for folder in folders]


def stop(root: Path, name: str) -> bool:
    """End an environment's service and its supervisor, by asking that supervisor; False where nothing ran."""
    place = Place(root / name)
    if not place.folder.is_dir():
        raise CheckFailed("No such environment was deployed here", given=place.folder)
    with place.locked():
        return Supervisor(place.folder).stop()


def _find(folder: Path, repository: Repository | None) -> Found:
    supervisor = Supervisor(folder)
    state, url = supervisor.state(), supervisor.url or ""
    status = Client(url, supervisor.key).status() if state == "RUNNING" else None
    merge = merges.known(repository, status.commit) if repository and status and status.commit else None
    return Found(folder.name, url, state, status, merge)

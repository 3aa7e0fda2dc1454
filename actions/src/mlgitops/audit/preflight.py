"""Whether the default remote answers, asked before anything takes long: DVC alone would try for most of a minute."""

from mlgitops.audit.distant import Distant
from mlgitops.audit.remote import folder
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage


def require_answer(repository: Repository) -> None:
    """CannotCheck (`reach`) unless it does, within seconds; a folder of this machine is not asked."""
    storage = Storage(repository)
    if storage.url and folder(repository, storage.url) is None:
        Distant(storage.name, repository).greet()

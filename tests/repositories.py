"""Small git repositories for tests, as real as git makes them."""

from mlgitops.repository.git import Repository

STORAGE_CONFIG = "[core]\n    remote = storage\n['remote \"storage\"']\n    url = storage\n    verify = true\n"


def commit(repository: Repository, files: dict[str, str], message: str = "Change") -> str:
    """Write the files, commit everything, and return the commit's id."""
    for name, text in files.items():
        path = repository.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "-m", message)
    return repository.rev_parse("HEAD")

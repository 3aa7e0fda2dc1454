import base64
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository, environment
from tests.repositories import commit


def test_a_folder_outside_git_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotCheck, match=r"not a git repository: .*Run git init first"):
        Repository.here(tmp_path)


def test_an_unknown_revision_is_named_as_typed(repository: Repository) -> None:
    with pytest.raises(CannotCheck, match="No such revision: --upload-pack=x"):
        repository.rev_parse("--upload-pack=x")


def test_show_reads_a_revision_or_the_working_tree(repository: Repository) -> None:
    (repository.root / "README.md").write_text("# Edited\n")
    assert repository.show("HEAD", "README.md") == b"# Work\n"
    assert repository.show(None, "README.md") == b"# Edited\n"
    assert repository.show("HEAD", "missing") is None


def test_changed_counts_lines_of_text_and_none_of_binaries(repository: Repository) -> None:
    base = repository.rev_parse("HEAD")
    (repository.root / "weird\tname\n.bin").write_bytes(b"\0\1")
    commit(repository, {"README.md": "# Work\nmore\n", "new.py": "x = 1\n"})
    found = {change.path: (change.status, change.added, change.removed) for change in repository.changed(base, "HEAD")}
    assert found == {
        "README.md": ("M", 1, 0),
        "new.py": ("A", 1, 0),
        "weird\tname\n.bin": ("A", None, None),
    }


def test_the_token_reaches_git_for_its_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    found = environment()
    assert found["GIT_CONFIG_COUNT"] == "2"
    assert found["GIT_CONFIG_KEY_1"] == "http.https://github.com/.extraheader"
    assert base64.b64decode(found["GIT_CONFIG_VALUE_1"].rpartition(" ")[2]) == b"x-access-token:secret"


def test_no_token_no_header() -> None:
    assert "GIT_CONFIG_COUNT" not in environment()

"""The bill of materials: valid, whole, and the same whenever and wherever it is made."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.sbom.packages import parse
from mlgitops.sbom.run import sbom
from mlgitops.versions.register import register
from mlgitops.versions.tags import Tag
from tests.mlgitops.versions.trained import NAME, PATH, train
from tests.repositories import commit
from tests.template import PROJECT

LOCK = (PROJECT / "requirements.lock").read_text()


@pytest.fixture
def version(repository: Repository) -> Tag:
    """A registered version of a repository with the template's packages, and data in a folder and a file."""
    commit(repository, {"requirements.lock": LOCK})
    Storage(repository).attach()
    (repository.root / "raw").mkdir()
    (repository.root / "raw/a b.csv").write_text("1\n")
    (repository.root / "rows.csv").write_text("2\n")
    added = ["dvc", "add", "-q", "raw", "rows.csv"]
    subprocess.run(added, cwd=repository.root, check=True, capture_output=True)
    train(repository, "one")
    return register(repository, NAME, PATH)[0]


@pytest.mark.slow
def test_the_document_is_valid_and_whole(repository: Repository, version: Tag, tmp_path: Path) -> None:
    text = sbom(repository, version.label, tmp_path / "out").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    said = json.loads(text)
    model = said["metadata"]["component"]
    assert (model["type"], model["name"], model["version"]) == ("machine-learning-model", NAME, "v0.1.0")
    assert {"name": "mlgitops:digest", "value": version.digest} in model["properties"]
    assert {file["name"]: file["hashes"] for file in model["components"]}["a"] == [
        {"alg": "MD5", "content": hashlib.md5(b"one").hexdigest()},
        {"alg": "SHA-256", "content": hashlib.sha256(b"one").hexdigest()},
    ]
    data = {each["name"]: each for each in said["components"] if each["type"] == "data"}
    assert data["raw"]["components"][0]["name"] == "a b.csv"
    assert data["rows.csv"]["hashes"][0]["content"] == objects.md5(repository.root / "rows.csv")
    libraries = [each for each in said["components"] if each["type"] == "library"]
    assert len(libraries) == sum(1 for line in LOCK.splitlines() if "==" in line.split(" ")[0])
    numpy = next(each for each in libraries if each["name"] == "numpy")
    assert numpy["purl"].startswith("pkg:pypi/numpy@") and len(numpy["hashes"]) > 10
    depends = {each["ref"]: each.get("dependsOn", []) for each in said["dependencies"]}[version.label]
    assert set(depends) == {each["bom-ref"] for each in said["components"]}


@pytest.mark.slow
def test_anybody_makes_the_same_bytes(repository: Repository, version: Tag, clone, tmp_path: Path) -> None:
    mine = sbom(repository, version.label, tmp_path / "mine")
    verb = ["mlgitops", "sbom", version.label, "--out", str(tmp_path / "other")]
    subprocess.run(verb, cwd=clone("other").root, check=True, capture_output=True)
    assert (tmp_path / "other" / mine.name).read_bytes() == mine.read_bytes()
    assert (tmp_path / "other/subjects.sha256").read_text().splitlines() == [
        f"{hashlib.sha256(content).hexdigest()}  models/m/{name}" for name, content in (("a", b"one"), ("b", b"same"))
    ]


@pytest.mark.slow
def test_what_is_not_registered_has_none(repository: Repository, version: Tag, tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match=r"No such version is registered: m@v9\.0\.0"):
        sbom(repository, "m@v9.0.0", tmp_path)


def test_a_lock_is_read_whole_or_not_at_all() -> None:
    text = f"# made by uv\na-b==1.0 ; python_version < '3.12' \\\n    --hash=sha256:{'0' * 64}\nc==2\n"
    first, second = parse(text)
    assert (first.name, first.version, first.marker) == ("a-b", "1.0", "python_version < '3.12'")
    assert (first.hashes, second.hashes) == (("0" * 64,), ())
    assert len(parse(LOCK)) > 100
    with pytest.raises(CannotCheck, match=r"no locked package: git\+https://example\.org/x"):
        parse(text + "git+https://example.org/x\n")

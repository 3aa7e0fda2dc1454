"""The verb: the bill of materials of a version, and the hashes that an attestation is about, written to a folder."""

import tempfile
from pathlib import Path

from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.sbom import document
from mlgitops.versions import bundle, tags

DOCUMENT, SUBJECTS = "sbom.cdx.json", "subjects.sha256"


def sbom(repository: Repository, label: str, folder: Path) -> Path:
    """Write both files of a registered version; the document's path. CheckFailed where it is not registered."""
    known = {tag.label: tag for tag in tags.read(repository, label.partition("@")[0]) if tag.digest}
    if label not in known:
        raise CheckFailed("No such version is registered", given=label, next="See git tag")
    tag = known[label]
    tag.prove(repository)
    with tempfile.TemporaryDirectory() as beside:
        fetched = bundle.fetch(repository, path=tag.path, rev=tag.commit, expected=tag.digest, folder=Path(beside))
        written = {DOCUMENT: document.write(repository, tag, fetched), SUBJECTS: document.subjects(tag, fetched)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / f".{name}").write_text(text)
        (folder / f".{name}").replace(folder / name)
    return folder / DOCUMENT

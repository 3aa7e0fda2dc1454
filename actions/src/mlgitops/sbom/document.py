"""The bill of materials as CycloneDX 1.6: the same version gives the same bytes, with no time and no chance in them."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.listing import members
from mlgitops.repository.lock import Lock
from mlgitops.sbom.packages import Package, parse
from mlgitops.versions.tags import Tag


def write(repository: Repository, tag: Tag, bundle: Path) -> str:
    """The document of a version whose bundle is in a folder."""
    model = _model(tag, bundle)
    lock = (repository.show(tag.commit, "requirements.lock") or b"").decode()
    materials = [*_data(repository, tag.commit), *map(_library, parse(lock))]
    bom = Bom(
        components=materials,
        metadata=BomMetaData(component=model),
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"{tag.label} {tag.digest}"),
    )
    bom.metadata.timestamp = None
    bom.register_dependency(model, materials)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def subjects(tag: Tag, bundle: Path) -> str:
    """A line for each file of the bundle, as sha256sum writes them: what an attestation is about."""
    return "".join(f"{_sha256(file)}  {tag.path}/{name}\n" for name, file in _files(bundle))


def _model(tag: Tag, bundle: Path) -> Component:
    return Component(
        name=tag.name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        version=tag.label.rpartition("@")[2],
        bom_ref=tag.label,
        properties=_properties(digest=tag.digest, commit=tag.commit, path=tag.path),
        components=[
            Component(
                name=name,
                type=ComponentType.FILE,
                bom_ref=f"{tag.path}/{name}",
                hashes=[_hash(HashAlgorithm.SHA_256, _sha256(file)), _hash(HashAlgorithm.MD5, objects.md5(file))],
            )
            for name, file in _files(bundle)
        ],
    )


def _data(repository: Repository, commit: str) -> Iterator[Component]:
    """What `dvc add` tracks; a folder's hash is that of its listing, which is no file's and so a property."""
    for path, out in sorted(Lock.read(repository, commit).data.items()):
        yield Component(
            name=path,
            type=ComponentType.DATA,
            bom_ref=path,
            hashes=[] if out.md5.endswith(".dir") else [_hash(HashAlgorithm.MD5, out.md5)],
            properties=_properties(digest=out.digest),
            components=[
                Component(
                    name=name,
                    type=ComponentType.DATA,
                    bom_ref=f"{path}/{name}",
                    hashes=[_hash(HashAlgorithm.MD5, md5)],
                )
                for name, md5 in members(repository, commit, out).items()
                if name != "."
            ],
        )


def _library(package: Package) -> Component:
    """hashes: of all files of this version that an install accepts, one of which it takes."""
    purl = PackageURL(type="pypi", name=package.name.lower().replace("_", "-"), version=package.version)
    return Component(
        name=package.name,
        type=ComponentType.LIBRARY,
        version=package.version,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[_hash(HashAlgorithm.SHA_256, each) for each in package.hashes],
        properties=_properties(marker=package.marker),
    )


def _files(bundle: Path) -> list[tuple[str, Path]]:
    return sorted((file.relative_to(bundle).as_posix(), file) for file in bundle.rglob("*") if file.is_file())


def _properties(**values: str) -> list[Property]:
    return [Property(name=f"mlgitops:{name}", value=value) for name, value in values.items() if value]


def _hash(algorithm: HashAlgorithm, content: str) -> HashType:
    return HashType(alg=algorithm, content=content)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

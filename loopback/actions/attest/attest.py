"""Read subjects and predicate as actions/attest v4 does, and print what it would sign."""

import json
import os
import re
import sys
from pathlib import Path

SUBJECT = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def main() -> None:
    inputs = json.loads(os.environ["INPUTS"])
    os.chdir(os.environ["GITHUB_WORKSPACE"])
    kind = predicate(inputs["sbom-path"]) if inputs["sbom-path"] else "provenance"
    given = inputs["subject-checksums"]
    checksums = Path(given).read_text() if given else one(inputs["subject-digest"], inputs["subject-name"])
    for digest, name in subjects(checksums):
        print(f"Attested {kind}: {name} sha256:{digest}")


def one(digest: str, name: str) -> str:
    """A subject that is named by itself, as the line of a file."""
    return f"{digest.removeprefix('sha256:')}  {name}"


def subjects(checksums: str) -> list[tuple[str, str]]:
    """(sha256, name) of each line; one without a space is skipped, one without a digest ends it."""
    lines = [line for line in checksums.splitlines() if " " in line]
    found = [SUBJECT.fullmatch(line) for line in lines]
    if not lines or None in found:
        sys.exit("::error::Invalid digest, or no subject")
    return [match.group(1, 2) for match in found]


def predicate(path: str) -> str:
    """The format of a bill of materials."""
    said = json.loads(Path(path).read_text())
    if said.get("bomFormat") != "CycloneDX" or not said.get("serialNumber"):
        sys.exit("::error::Unsupported SBOM format")
    return f"CycloneDX {said['specVersion']}"


if __name__ == "__main__":
    main()

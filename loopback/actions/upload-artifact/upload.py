"""Collect files as actions/upload-artifact v7 does, zip them and send them to the artifact store."""

import glob
import io
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path


def main() -> None:
    inputs = json.loads(os.environ["INPUTS"])
    os.chdir(os.environ["GITHUB_WORKSPACE"])
    files, root = search(inputs["path"], hidden=inputs["include-hidden-files"] == "true")
    if not files:
        nothing(inputs["if-no-files-found"], inputs["path"])
        return
    data = packed(files, root, int(inputs["compression-level"]))
    made = send(inputs["name"], data, overwrite=inputs["overwrite"] == "true")
    print(f"Artifact {inputs['name']}: {len(files)} files, {len(data)} bytes, id {made['id']}")
    page = f"https://github.com/{os.environ['GITHUB_REPOSITORY']}/actions/runs/{os.environ['GITHUB_RUN_ID']}"
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
        file.write(f"artifact-id={made['id']}\nartifact-url={page}/artifacts/{made['id']}\n")
        file.write(f"artifact-digest={made['digest'].removeprefix('sha256:')}\n")


def search(patterns: str, *, hidden: bool) -> tuple[list[Path], Path]:
    """The files, and the folder that their names in the zip start from: the least common ancestor of the
    search paths; for one file named without a pattern, its own folder."""
    lines = [line.strip() for line in patterns.splitlines() if line.strip()]
    taken = [Path(line).expanduser().absolute() for line in lines if not line.startswith("!")]
    dropped = {file for line in lines if line.startswith("!") for file in matches(Path(line[1:]).absolute())}
    found = sorted({file for path in taken for file in matches(path)} - dropped)
    starts = independent([start(path) for path in taken])
    if not hidden:
        base = os.path.commonpath(starts)
        found = [file for file in found if not any(p.startswith(".") for p in file.relative_to(base).parts)]
    if len(starts) > 1:
        return found, Path(os.path.commonpath(starts))
    return found, (starts[0].parent if found == starts else starts[0])


def matches(pattern: Path) -> set[Path]:
    """The files that a pattern names; a folder means all that is in it. Links are followed."""
    named = [Path(name) for name in glob.glob(str(pattern), recursive=True, include_hidden=True)]  # noqa: PTH207 (Path.glob takes no absolute pattern)
    inside = [Path(at, name) for path in named if path.is_dir() for at, _, names in walk(path) for name in names]
    return {path for path in (*named, *inside) if path.is_file()}


def walk(folder: Path):
    return os.walk(folder, followlinks=True)


def start(pattern: Path) -> Path:
    """The part of a pattern before the first wildcard."""
    parts = []
    for part in pattern.parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def independent(starts: list[Path]) -> list[Path]:
    """Search paths without those that lie below another one."""
    return [path for path in dict.fromkeys(starts) if not any(other in path.parents for other in starts)]


def packed(files: list[Path], root: Path, level: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for file in files:
            archive.write(file, file.relative_to(root))
    return buffer.getvalue()


def send(name: str, data: bytes, *, overwrite: bool) -> dict:
    address = f"{os.environ['ACTIONS_RESULTS_URL']}artifacts/{urllib.parse.quote(name, safe='')}"
    token = os.environ["ACTIONS_RUNTIME_TOKEN"]
    request = urllib.request.Request(address + "?overwrite=1" * overwrite, data, method="PUT")
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"Failed to create artifact: {error.read().decode()}")


def nothing(behaviour: str, path: str) -> None:
    text = f"No files were found with the provided path: {path}. No artifacts will be uploaded."
    if behaviour == "error":
        sys.exit(f"::error::{text}")
    if behaviour == "warn":
        print(f"::warning::{text}")


if __name__ == "__main__":
    main()

"""A run's artifact: untrusted bytes, unpacked under limits into a folder of their own."""

import io
import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github.api import Api

NAME = "mlgitops-report"
MAX_PACKED = 500_000_000  # bytes
MAX_UNPACKED = 600_000_000
MAX_FILES = 5_000
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError)
UNREADABLE = (*DAMAGED, NotImplementedError, RuntimeError)  # an unknown compression, an encrypted member


def download(api: Api, run_id: int) -> bytes | None:
    """The newest artifact of that name which the run uploaded; None where it uploaded none."""
    found = api.call("GET", f"actions/runs/{run_id}/artifacts", params={"per_page": 100})["artifacts"]
    newest = max((one for one in found if one["name"] == NAME), key=lambda one: one["id"], default=None)
    if newest is None:
        return None
    if newest["expired"]:
        raise CannotCheck("The run's artifact has expired", given=newest["expires_at"], next="Re-run that run")
    return api.download(f"actions/artifacts/{newest['id']}/zip", MAX_PACKED)


def unpack(archive: bytes, folder: Path) -> None:
    """Write the members below `folder`; CheckFailed for a path that leaves it, a link, or too much of anything.

    The declared sizes may lie, so that what comes out is counted, too.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > MAX_FILES:
                raise CheckFailed("The artifact has too many files", given=f"{len(members):,}")
            left = MAX_UNPACKED
            for member in members:
                left -= _write(opened, member, _target(member, folder), left)
    except UNREADABLE as error:
        raise CannotCheck("The artifact is not a zip archive that can be read", given=error) from error
    except OSError as error:  # a file where a folder of the same name belongs, a name that is too long, a full disk
        raise CannotCheck("The artifact can't be unpacked", given=error.strerror) from error


def _target(member: zipfile.ZipInfo, folder: Path) -> Path:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise CheckFailed("The artifact holds a path that leaves its folder", given=repr(member.filename))
    if stat.S_ISLNK(member.external_attr >> 16):
        raise CheckFailed("The artifact holds a link", given=repr(member.filename))
    return folder.joinpath(*path.parts)


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    if target.exists():
        raise CheckFailed("The artifact holds the same path twice", given=repr(member.filename))
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with opened.open(member) as source, target.open("xb") as out:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > left:
                raise CheckFailed("The artifact is too large when unpacked", given=f"over {MAX_UNPACKED:,} bytes")
            out.write(chunk)
    return written

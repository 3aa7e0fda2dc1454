import io
import stat
import zipfile
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github import artifact
from mlgitops.github.artifact import unpack


def archive(members: dict[str, bytes], link: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(name, data)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def test_members_arrive_byte_for_byte(tmp_path: Path) -> None:
    unpack(archive({"report.json": b"{}", "recording/objects/files/md5/aa/bb": b"\0\r\n"}), tmp_path)
    assert (tmp_path / "report.json").read_bytes() == b"{}"
    assert (tmp_path / "recording/objects/files/md5/aa/bb").read_bytes() == b"\0\r\n"


@pytest.mark.fault("artifact with a path that leaves it", "refused, and nothing is written")
@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a/../../x", "..\\x", "C:\\x", "a/../b"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckFailed, match="leaves its folder"):
        unpack(archive({name: b"x"}), tmp_path / "in")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.fault("artifact with a symbolic link", "refused, and nothing is written")
def test_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="holds a link: 'report.json'"):
        unpack(archive({}, link="report.json"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("zip bomb", "unpacking ends at the limit of 600 MB")
def test_a_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "MAX_UNPACKED", 3_000_000)
    bomb = archive({"a": b"\0" * 2_000_000, "b": b"\0" * 2_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(CheckFailed, match="too large when unpacked"):
        unpack(bomb, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) <= 3_000_000


@pytest.mark.fault("zip bomb", "a member that is larger than it declares is not read past that, and refused")
def test_a_bomb_that_declares_few_bytes_gives_no_more(tmp_path: Path) -> None:
    honest = archive({"report.json": b"\0" * 2_000_000})
    lying = honest.replace((2_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(CannotCheck, match="not a zip archive that can be read"):
        unpack(lying, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) <= 100


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "MAX_FILES", 2)
    with pytest.raises(CheckFailed, match="too many files: 3"):
        unpack(archive({"a": b"", "b": b"", "c": b""}), tmp_path)


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(archive({"report.json": b"{}"}))
    with zipfile.ZipFile(buffer, "a") as opened, pytest.warns(UserWarning):
        opened.writestr("report.json", b"[]")
    with pytest.raises(CheckFailed, match="same path twice: 'report.json'"):
        unpack(buffer.getvalue(), tmp_path)


@pytest.mark.parametrize("name", ["report.json/x", "x" * 300])
def test_a_name_that_no_file_can_have_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotCheck, match="artifact can't be unpacked"):
        unpack(archive({"report.json": b"{}", name: b"x"}), tmp_path)


def test_what_is_no_archive_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotCheck, match="not a zip archive that can be read"):
        unpack(b"PK\x03\x04 truncated", tmp_path)


def test_a_damaged_member_says_so(tmp_path: Path) -> None:
    damaged = bytearray(archive({"report.json": b"{}" * 500}))
    damaged[45] ^= 0xFF
    with pytest.raises(CannotCheck, match="not a zip archive that can be read"):
        unpack(bytes(damaged), tmp_path)

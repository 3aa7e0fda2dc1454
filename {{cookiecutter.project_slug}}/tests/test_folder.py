from pathlib import Path

import pytest

from {{ cookiecutter.package }} import folder


def test_the_new_folder_takes_the_place_of_the_old(tmp_path: Path):
    for name in ("first", "second"):
        with folder.replaced(tmp_path / "out") as beside:
            (beside / name).touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "second"]


def test_what_fails_leaves_the_old_folder(tmp_path: Path):
    with folder.replaced(tmp_path / "out") as beside:
        (beside / "first").touch()
    with pytest.raises(ZeroDivisionError), folder.replaced(tmp_path / "out") as beside:
        (beside / "second").touch()
        1 / 0  # noqa: B018
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["first"]

"""Tracked data that changed, with real DVC: months in a folder and one file of its own."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgitops.compare.changes import MOST, between, data
from mlgitops.compare.gates import DataGate
from mlgitops.report.schema import ColumnChange, DataChange, NullChange
from tests.mlgitops.compare.project import Project

GATE = DataGate(key=["id"], max_null_share_change=0.1)
ROWS = 20


def month(number: int, missing: int = 1, **columns: list | None) -> pa.Table:
    """A month of ROWS rows, of which some have no temperature; columns: others, or None for one that is not there."""
    temperature = [None] * missing + [20.0] * (ROWS - missing)
    found = {"id": [f"{number}-{row}" for row in range(ROWS)], "temp": temperature, "wind": [1] * ROWS} | columns
    return pa.table({name: values for name, values in found.items() if values is not None})


class Data(Project):
    def put(self, path: str, table: pa.Table) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # it may be a link into the cache
        pq.write_table(table, target)

    def track(self) -> None:
        self.must("dvc", "add", "--quiet", "data/raw", "airports.csv")
        self.commit()

    def changes(self, gate: DataGate = GATE, most: int = MOST) -> dict[str, DataChange]:
        self.track()
        return {change.path: change for change in data.files(self.repository, "main", gate, most)[0]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """main: January to March and a list of airports, pushed to a remote beside the repository."""
    root = tmp_path_factory.mktemp("data") / "work"
    root.mkdir()
    project = Data(root)
    project.begin()
    project.must("dvc", "remote", "add", "--quiet", "--default", "store", "../store")
    for number in (1, 2, 3):
        project.put(f"data/raw/2013-0{number}.parquet", month(number))
    project.write("airports.csv", "faa,alt\nJFK,13\nLGA,22\n")
    project.track()
    project.must("dvc", "push", "--quiet")
    project.must("git", "checkout", "--quiet", "-b", "change")
    return root.parent


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Data:
    return Data(shutil.copytree(made, tmp_path / "a team", symlinks=True) / "work")


def test_rows_of_each_changed_member_are_counted(project: Data):
    table = month(2, wind=[1] * (ROWS - 2) + [7, 8]).slice(3)
    project.put("data/raw/2013-02.parquet", pa.concat_tables([table, month(9).slice(0, 1)]))
    (found,) = project.changes().values()
    assert found.path == "data/raw/2013-02.parquet"
    assert (found.base.rows, found.head.rows) == (20, 18)
    assert (found.added, found.removed, found.edited) == (1, 3, 2)
    assert not found.columns and not found.nulls
    assert found.head.size == (project.root / found.path).stat().st_size


def test_without_a_key_whole_rows_are_counted(project: Data):
    project.put("data/raw/2013-02.parquet", month(2, wind=[1] * (ROWS - 2) + [7, 8]))
    (found,) = project.changes(DataGate()).values()
    assert (found.added, found.removed, found.edited) == (2, 2, None)


def test_columns_and_missing_values_are_said_where_they_moved(project: Data):
    project.put("data/raw/2013-02.parquet", month(2, missing=4, wind=None, gust=["a"] * ROWS))
    project.put("data/raw/2013-03.parquet", month(3, missing=2, wind=["1"] * ROWS))
    found = project.changes()
    assert found["data/raw/2013-02.parquet"].columns == [
        ColumnChange(name="wind", base="int64"),
        ColumnChange(name="gust", head="string"),
    ]
    assert found["data/raw/2013-02.parquet"].nulls == [NullChange(name="temp", base=0.05, head=0.2)]
    assert found["data/raw/2013-03.parquet"].columns == [ColumnChange(name="wind", base="int64", head="string")]
    assert not found["data/raw/2013-03.parquet"].nulls


def test_a_new_month_is_held_against_its_folder(project: Data):
    project.put("data/raw/2013-04.parquet", month(4, missing=7, wind=None))
    (found,) = project.changes().values()
    assert found.base is None and found.head.rows == found.added == 20
    assert found.nulls == [NullChange(name="temp", base=0.05, head=0.35)]
    assert found.columns == [ColumnChange(name="wind", base="int64")]


def test_a_month_that_is_gone_and_a_file_of_its_own(project: Data):
    (project.root / "data/raw/2013-01.parquet").unlink()
    project.write("airports.csv", "faa,alt\nJFK,13\nLGA,21\nEWR,18\n")
    found = project.changes(DataGate(key=["faa"]))
    assert list(found) == ["airports.csv", "data/raw/2013-01.parquet"]
    gone, airports = found["data/raw/2013-01.parquet"], found["airports.csv"]
    assert (gone.base.rows, gone.head, gone.removed) == (20, None, 20)
    assert (airports.base.rows, airports.head.rows, airports.added, airports.edited) == (2, 3, 1, 1)


def test_what_is_not_a_table_keeps_its_digest_and_size(project: Data):
    project.write("data/raw/2013-01.parquet", "PAR1 not a table PAR1")
    project.write("data/raw/notes.txt", "read me")
    whole = (project.root / "data/raw/2013-02.parquet").read_bytes()
    harmed = whole[:4] + bytes(60) + whole[64:]  # the footer is still there
    (project.root / "data/raw/2013-02.parquet").unlink()
    (project.root / "data/raw/2013-02.parquet").write_bytes(harmed)
    found = project.changes()
    assert [(change.head.rows, change.head.size, change.added) for change in found.values()] == [
        (None, 21, None),
        (20, len(harmed), None),
        (None, 7, None),
    ]


def test_a_base_that_is_not_on_this_machine_is_fetched(project: Data):
    project.put("data/raw/2013-02.parquet", month(2).slice(1))
    project.track()
    shutil.rmtree(project.root / ".dvc/cache")  # the head's file is in the working tree
    (found,) = project.changes().values()
    assert (found.base.rows, found.removed, found.edited) == (20, 1, 0)


def test_a_remote_that_does_not_answer_leaves_rows_unknown(project: Data):
    project.put("data/raw/2013-02.parquet", month(2).slice(1))
    project.write("airports.csv", "faa,alt\nJFK,13\n")
    project.track()
    shutil.rmtree(project.root / ".dvc/cache")
    shutil.rmtree(project.root.parent / "store")
    found = project.changes()
    assert list(found) == ["airports.csv", "data/raw"]
    assert found["data/raw"].base.md5.endswith(".dir") and found["data/raw"].head.rows is None
    assert found["airports.csv"].base.rows is None and found["airports.csv"].head.rows == 1


def test_what_is_too_much_is_counted_and_not_read(project: Data, monkeypatch: pytest.MonkeyPatch):
    project.put("data/raw/2013-02.parquet", month(2).slice(1))
    project.put("data/raw/2013-03.parquet", month(3).slice(1))
    monkeypatch.setattr("mlgitops.compare.changes.files.COMPARED", 10)
    found = project.changes()
    assert [(change.head.rows, change.removed) for change in found.values()] == [(19, None)] * 2
    listed, others = data.files(project.repository, "main", GATE, 1)
    assert (len(listed), others) == (1, 1)
    assert len(between(project.repository, "main", "gates.yaml", GATE).data) == 2

"""Tracked data: of each file that changed rows, columns and missing values, before and after."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from mlgitops.compare.changes import rows
from mlgitops.compare.changes.files import File, Shelf, Side
from mlgitops.compare.changes.table import UNREADABLE, Folder, Table, read
from mlgitops.compare.gates import DataGate
from mlgitops.report.schema import ColumnChange, DataChange, DataState, NullChange, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out

MOST_COLUMNS = 50  # of a file, as the schema has it


@dataclass(frozen=True)
class Pair:
    """A file on both sides, or a folder whose listing can't be had. former: the base's files of its folder."""

    path: str
    base: File | None
    head: File | None
    former: tuple[File, ...] = ()


def files(repository: Repository, base: str, rules: DataGate, most: int) -> tuple[list[DataChange], int]:
    """The files that changed since a commit, at most so many, and the number of the others."""
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(Shelf(repository, Path(folder)), base, rules)
        pairs = list(comparison.pairs())
        return [comparison.described(pair) for pair in pairs[:most]], len(pairs[most:])


class Comparison:
    def __init__(self, shelf: Shelf, base: str, rules: DataGate) -> None:
        self.shelf, self.rules = shelf, rules
        self.was, self.now = Side(commit=base, is_here=False), Side(commit="HEAD", is_here=True)
        self.folders: dict[tuple[File, ...], Folder | None] = {}

    def pairs(self) -> Iterator[Pair]:
        """The files that differ, by path; of an output that does not differ nothing is read."""
        repository = self.shelf.repository
        before, after = (Lock.read(repository, rev).data for rev in (self.was.commit, None))
        for path in sorted({*before, *after}):
            outs = before.get(path), after.get(path)
            if _md5(outs[0]) != _md5(outs[1]):
                yield from self._members(path, *outs)

    def _members(self, path: str, base: Out | None, head: Out | None) -> Iterator[Pair]:
        was = self.shelf.files(path, base, self.was) if base else {}
        now = self.shelf.files(path, head, self.now) if head else {}
        if was is None or now is None:
            yield Pair(path, _whole(path, base), _whole(path, head))
            return
        former = tuple(was.values())
        for name in sorted({*was, *now}):
            if _md5(was.get(name)) != _md5(now.get(name)):
                yield Pair(name, was.get(name), now.get(name), former)

    def described(self, pair: Pair) -> DataChange:
        """What is known of it: digests and sizes always, the rest where both files can be had and read."""
        before, after = self._paths(pair)
        base, head = (self._read(path, pair.path) for path in (before, after))
        found = DataChange(
            path=clipped(pair.path), base=_state(pair.base, before, base), head=_state(pair.head, after, head)
        )
        try:
            if base and head:
                counts = self._rows(base, head) if self.shelf.affords(before, after) else {}
                return replace(found, **counts, **self._columns(base, head))
            if head and not pair.base:
                former = self._former(pair)
                more = self._columns(former, head) if former else {}
                return replace(found, added=head.rows, removed=0, edited=0, **more)
        except UNREADABLE:  # what its footer promised is not in the file
            return found
        return replace(found, added=0, removed=base.rows, edited=0) if base and not pair.head else found

    def _paths(self, pair: Pair) -> tuple[Path | None, Path | None]:
        """The bytes of both; those of a file that is gone are not worth a transfer."""
        if not Table.is_in(pair.path):
            find = self.shelf.find
            return pair.base and find(pair.base, self.was), pair.head and find(pair.head, self.now)
        before = pair.base and (self.shelf.fetch if pair.head else self.shelf.find)(pair.base, self.was)
        return before, pair.head and self.shelf.fetch(pair.head, self.now)

    def _rows(self, base: Table, head: Table) -> dict:
        found = rows.difference(base, head, self.rules.key)
        return vars(found) if found else {}

    def _columns(self, base: Table, head: Table) -> dict:
        """Columns that came, went or changed their type, and those whose missing values moved too far."""
        names = list(dict.fromkeys([*base.types, *head.types]))
        columns = [ColumnChange(name=clipped(name), **_types(name, base, head)) for name in names]
        nulls = [_moved(name, base, head) for name in base.types if name in head.types]
        far = [null for null in nulls if null and abs(null.head - null.base) > self.rules.max_null_share_change]
        return {"columns": [c for c in columns if c.base != c.head][:MOST_COLUMNS], "nulls": far[:MOST_COLUMNS]}

    def _former(self, pair: Pair) -> Folder | None:
        """The folder as the base had it, to hold a new file against; None where not all of it is here."""
        if pair.former not in self.folders:
            tables = [self._sibling(file) for file in pair.former if Table.is_in(file.path)]
            self.folders[pair.former] = Folder(tables) if tables and None not in tables else None
        return self.folders[pair.former]

    def _sibling(self, file: File) -> Table | None:
        return self._read(self.shelf.find(file, self.was), file.path)

    def _read(self, path: Path | None, name: str) -> Table | None:
        """Where the file can be had; one that has to be read whole only while that is affordable."""
        if path is None or (name.lower().endswith(".csv") and not self.shelf.affords(path)):
            return None
        return read(path, name)


def _whole(path: str, out: Out | None) -> File | None:
    return out and File(path, out.md5, out.size, out.size)


def _md5(found: File | Out | None) -> str | None:
    return found and found.md5


def _state(file: File | None, path: Path | None, table: Table | None) -> DataState | None:
    if file is None:
        return None
    size = file.size if path is None else path.stat().st_size
    return DataState(md5=clipped(file.md5), size=size, rows=table and table.rows)


def _types(name: str, base: Table, head: Table) -> dict[str, str | None]:
    """The column's type on each side; a column without any value has that of the other side."""
    kinds = {side: str(found.types[name]) for side, found in (("base", base), ("head", head)) if name in found.types}
    if len(kinds) == 2 and "null" in kinds.values():
        return {"base": None, "head": None}
    return {side: clipped(kind) for side, kind in kinds.items()}


def _moved(name: str, base: Table, head: Table) -> NullChange | None:
    before, after = base.share(name), head.share(name)
    return None if before is None or after is None else NullChange(name=clipped(name), base=before, head=after)

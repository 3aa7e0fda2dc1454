"""What changed between the two commits: parameters, data, packages, code."""

from typing import Annotated, Literal

from msgspec import Meta, field

from mlgitops.report.schema.types import Count, Facts, Name, Share


class ValueChange(Facts, kw_only=True):
    """A parameter or a package; None: it is not there."""

    name: Name
    base: Name | None = None
    head: Name | None = None


class DataState(Facts, kw_only=True):
    """A tracked file as DVC recorded it: digest, bytes (None where only its folder's are known), and rows where
    they could be counted."""

    md5: Name
    size: Count | None = None
    rows: Count | None = None


class ColumnChange(Facts, kw_only=True):
    """A column that came (base is None), went (head is None), or has another type."""

    name: Name
    base: Name | None = None
    head: Name | None = None


class NullChange(Facts, kw_only=True):
    """The share of values that are missing in a column; base: of the former file or, for a new one, of the folder."""

    name: Name
    base: Share
    head: Share


class DataChange(Facts, kw_only=True):
    """One tracked file, a folder's members each on its own.

    added, removed, edited: rows, None where they are not known; edited: the same key with other values, None also
    where the file has no key. nulls: the columns whose share moved further than the gates allow.
    """

    path: Name
    base: DataState | None = None
    head: DataState | None = None
    added: Count | None = None
    removed: Count | None = None
    edited: Count | None = None
    columns: Annotated[list[ColumnChange], Meta(max_length=50)] = field(default_factory=list)
    nulls: Annotated[list[NullChange], Meta(max_length=50)] = field(default_factory=list)


class CodeChange(Facts, kw_only=True):
    """added, removed: lines, None for a binary file."""

    path: Name
    status: Literal["A", "M", "D", "T"]
    added: Count | None = None
    removed: Count | None = None


class Changes(Facts, kw_only=True):
    """omitted: entries left out because the report would have grown too large."""

    params: Annotated[list[ValueChange], Meta(max_length=200)] = field(default_factory=list)
    packages: Annotated[list[ValueChange], Meta(max_length=200)] = field(default_factory=list)
    data: Annotated[list[DataChange], Meta(max_length=200)] = field(default_factory=list)
    code: Annotated[list[CodeChange], Meta(max_length=200)] = field(default_factory=list)
    omitted: Count = 0

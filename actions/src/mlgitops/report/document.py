"""report.json as a file: read as hostile, written whole."""

import re
from pathlib import Path

import msgspec

from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Changes, Report, Validation
from mlgitops.report.sentences import worded

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8


def load(content: bytes, name: str = "report.json") -> Report:
    """The report in untrusted bytes, its sentences made anew; CannotCheck with one line where it is not one."""
    if len(content) > MAX_BYTES:
        raise CannotCheck(f"{name} is too large", given=f"{len(content):,} bytes, at most {MAX_BYTES:,}")
    if _depth(content) > MAX_DEPTH:
        raise CannotCheck(f"{name} is nested too deeply", given=f"at most {MAX_DEPTH} levels")
    try:
        report = msgspec.json.decode(content, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        line = re.sub(r"[^ -~]", "?", str(error))[:300]
        raise CannotCheck(f"{name} is not a report", given=line, next="Make it with mlgitops compare") from error
    return worded(report)


def dump(report: Report) -> bytes:
    """The bytes that `load` takes, a line for each entry; the longest lists are shortened where they would not fit."""
    while len(content := msgspec.json.format(msgspec.json.encode(report), indent=1)) >= MAX_BYTES:
        before, report = report, _shortened(report)
        if report == before:
            raise CannotCheck("The report is too large", given=f"{len(content):,} bytes, at most {MAX_BYTES:,}")
    return content + b"\n"


def write(content: bytes, path: Path) -> None:
    """Write a file beside its place and rename it, so that there is never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_bytes(content)
    beside.replace(path)


def _depth(content: bytes) -> int:
    """The deepest nesting of brackets outside strings; 0 for what is not JSON, which the decoder refuses anyway."""
    deepest = depth = 0
    for bracket in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", content, flags=re.DOTALL):
        depth += (bracket in b"[{") - (bracket in b"]}")
        deepest = max(deepest, depth)
    return deepest


def _shortened(report: Report) -> Report:
    """Half of the changes, slices, expectations and logs; what goes first is the end of each list, where the less
    important is."""
    replace, changes = msgspec.structs.replace, report.changes
    lists = {name: getattr(changes, name) for name in ("params", "packages", "data", "code")}
    kept = {name: entries[: len(entries) // 2] for name, entries in lists.items()}
    lost = sum(map(len, lists.values())) - sum(map(len, kept.values()))
    stages = report.pipeline.stages if report.pipeline else []
    stages = [replace(stage, log_tail=stage.log_tail[-(len(stage.log_tail) // 2) or 30 :]) for stage in stages]
    return replace(
        report,
        changes=Changes(**kept, omitted=changes.omitted + lost),
        slices=report.slices[: len(report.slices) // 2],
        validation=report.validation and _half(report.validation),
        pipeline=replace(report.pipeline, stages=stages) if report.pipeline else None,
        others=[_shortened(other) for other in report.others],
    )


def _half(found: Validation) -> Validation:
    lists = {name: getattr(found, name) for name in ("failures", "holding")}
    return msgspec.structs.replace(found, **{name: entries[: len(entries) // 2] for name, entries in lists.items()})

"""The sections of the comment, each a function of the report; an empty string where there is nothing to say."""

import re
from dataclasses import dataclass

from scipy.stats import norm

from mlgitops.report import numbers, wording
from mlgitops.report.advice import next_step
from mlgitops.report.escape import block, cell, code, in_table, prose
from mlgitops.report.forest import plot
from mlgitops.report.schema import DataState, Metric, Report, Revision, Slice

VERDICTS = {
    "ready": "✅ Ready",
    "needs-decision": "⚠️ Needs a decision",
    "do-not-merge": "❌ Do not merge yet",
    "first-result": "🆕 First result",
    "not-comparable": "⛔ Not comparable",
    "no-verdict": "⛔ No verdict",
}
GATES = {
    "pass": "✅ pass",
    "warn": "⚠️ warn",
    "fail": "❌ **fail**",
    "error": "⛔ **could not run**",
    "not-run": "not run",
}
RESULTS = {
    "better": "✅ better",
    "within-margin": "✅ within margin",
    "worse": "❌ worse",
    "inconclusive": "⚠️ inconclusive",
    "info": "info",
    "removed": "❌ **removed**",
    "not-finite": "❌ not finite",
    "no-baseline": "no baseline",
    "too-few": "too few rows",
}
ARROWS = {"higher": "↑", "lower": "↓"}
POWER = 0.8


@dataclass(frozen=True)
class Detail:
    """How much to show: of a table at most `rows`, of what changed at most `changes`, of a log `log` lines."""

    passing_slices: bool = True
    known_failures: bool = True
    confusion: bool = True
    forest: bool = True
    changes: int = 60
    rows: int = 60
    log: int = 30


def table(heads: list[str], align: str, rows: list[list[str]], most: int = 1000) -> str:
    """A table; align: one letter for each column, l, r or c. Rows beyond `most` become a count."""
    marks = {"l": ":--", "r": "--:", "c": ":-:"}
    lines = [heads, [marks[letter] for letter in align], *rows[:most]]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return text if len(rows) <= most else f"{text}\n\n<sub>and {numbers.count(len(rows) - most)} more</sub>"


def details(title: str, body: str, *, open: bool = False) -> str:
    return f"<details{' open' if open else ''}><summary>{title}</summary>\n\n{body}\n\n</details>"


def marker(report: Report) -> str:
    """Hidden; it is how the comment is found again. Every value in it has a pattern of its own in the schema."""
    base = (report.base and report.base.commit) or "none"
    head, digest = report.head.commit or "none", report.head.digest or "none"
    return f"<!-- mlgitops:report head={head} base={base} digest={digest} verdict={report.verdict} schema=1 -->"


def headline(report: Report) -> str:
    return f"## {VERDICTS[report.verdict]}: {prose(report.reason)}"


def summary(report: Report) -> str:
    """The loss in full, if there is one, and where the primary metric stands."""
    if report.rows and report.rows.identical:
        return _identical(report)
    lines = []
    worse = wording.with_results(report, "worse")
    if worse:
        losses = "; ".join(wording.loss(metric, report.method.confidence) for metric in worse[:3])
        lines.append(f"**{prose(losses)}.**")
    first = wording.primary(report)
    if first and first.delta is not None and first.head is not None:
        digits = numbers.decimals(first)
        now, was = (numbers.value(number, digits) for number in (first.head, first.base))
        base = prose(wording.base_name(report))
        lines.append(f"Primary metric {code(first.name)}: {now} against {was} on {base}, {_plainly(first)}.")
    if report.verdict == "first-result":
        lines.append(
            f"> [!NOTE]\n> {prose(wording.base_name(report))} has no predictions to compare with: no differences yet."
        )
    return "\n\n".join(lines)


def _plainly(metric: Metric) -> str:
    words = {"within-margin": "within the allowed loss", "inconclusive": "the difference is inconclusive"}
    return words.get(metric.result, metric.result)


def _identical(report: Report) -> str:
    rows = (
        f"Predictions identical on {wording.plural(report.rows.count, 'row')}"
        if report.rows.count
        else ("Predictions identical")
    )
    same = report.base and report.head.digest and report.base.digest == report.head.digest
    return f"{rows}{', from the same model' if same else ''}: nothing to compare."


def gates(report: Report) -> str:
    """One row for each gate; none where nothing changed and nothing is wrong."""
    if _is_quiet(report):
        return ""
    rows = [[gate.name, GATES[gate.result], in_table(prose(gate.why))] for gate in report.gates]
    return table(["Gate", "Result", "Why"], "lll", rows) if rows else ""


def _is_quiet(report: Report) -> bool:
    unchanged = report.rows and report.rows.comparison == "unchanged"
    return bool(unchanged and all(gate.result in ("pass", "not-run") for gate in report.gates))


def to_clear(report: Report) -> str:
    step = next_step(report)
    return f"**To clear it:** {prose(step)}" if step else ""


def problem(report: Report) -> str:
    return block([report.problem], 500) if report.problem else ""


def log(report: Report, detail: Detail) -> str:
    stage = wording.failed_stage(report)
    if stage is None or not stage.log_tail:
        return ""
    lines = stage.log_tail[-detail.log :]
    return details(f"<b>Log</b>: the last {len(lines)} lines", block(lines), open=report.verdict == "no-verdict")


def metrics(report: Report, detail: Detail) -> str:
    if not report.metrics or (report.rows and report.rows.identical and not wording.with_results(report, "removed")):
        return ""
    heading = f"### Metrics: {_sides(report)}"
    if report.verdict == "first-result" or all(metric.base is None for metric in report.metrics):
        return f"{heading}\n\n{_values(report)}"
    body = [heading, _differences(report)]
    lines = plot(report.metrics)
    if lines and detail.forest:
        percent = f"{report.method.confidence * 100:g}"
        body.append(
            f"```text\n{chr(10).join(lines)}\n```\n<sub>Each line is a {percent} % interval in units of that metric's "
            "allowed loss, turned so that right is better. Entirely right of ┊: no loss beyond the allowed one.</sub>"
        )
    return "\n\n".join(body)


def _sides(report: Report) -> str:
    return " → ".join(_side(side) for side in (report.base, report.head) if side)


def _side(side: Revision) -> str:
    return f"{code(side.name or 'base')} {side.commit[:7]}".strip()


def _name(metric: Metric) -> str:
    name = f"{cell(metric.name)} {ARROWS[metric.direction]}"
    return f"**{name}** primary" if metric.role == "primary" else name


def _differences(report: Report) -> str:
    percent = f"{report.method.confidence * 100:g} %" if report.method else "no"
    heads = ["Metric", cell(report.base.name if report.base else "base"), cell(report.head.name or "head")]
    heads += [f"Δ ({percent} CI)", "Allowed loss", "Result"]
    return table(heads, "lrrcrl", [_difference(metric) for metric in report.metrics])


def _difference(metric: Metric) -> list[str]:
    digits = numbers.decimals(metric)
    delta, result = numbers.difference(metric), RESULTS[metric.result]
    if metric.low is not None and metric.high is not None and metric.low * metric.high > 0:
        delta = f"**{delta}**"  # the interval excludes zero
    if metric.result == "within-margin" and _is_a_loss(metric):
        result += ", slightly worse"
    values = [numbers.value(number, digits) for number in (metric.base, metric.head)]
    return [_name(metric), *values, delta, numbers.short(metric.margin), result]


def _is_a_loss(metric: Metric) -> bool:
    return metric.high < 0 if metric.direction == "higher" else metric.low > 0


def _values(report: Report) -> str:
    """Without a baseline: values with intervals of their own, and the floors."""
    percent = f"{report.method.confidence * 100:g} %" if report.method else "no"
    rows = []
    for metric in report.metrics:
        digits = numbers.decimals(metric)
        ends = [numbers.value(end, digits) for end in (metric.head_low, metric.head_high)]
        value = f"{numbers.value(metric.head, digits)} ({' to '.join(ends)})"
        rows.append([_name(metric), value, numbers.short(metric.floor), RESULTS[metric.result]])
    heads = ["Metric", f"{cell(report.head.name or 'head')} ({percent} CI)", "Floor", "Result"]
    return table(heads, "lcrl", rows)


def seen(report: Report) -> str:
    """Rows that changed sides, and what this many rows can show at all."""
    if not report.rows or report.rows.identical:
        return ""
    lines = []
    if report.flips:
        flips, total = report.flips, report.rows.count or 0
        fixed, broken = numbers.count(flips.fixed), numbers.count(flips.broken)
        rest = numbers.count(max(0, total - flips.fixed - flips.broken))
        chance = numbers.probability(flips.p)
        lines.append(
            f"**Rows that changed class:** {fixed} fixed, {broken} broken, {rest} unchanged (exact McNemar {chance})."
        )
    first = wording.primary(report)
    if first and first.low is not None and first.high is not None and report.rows.count:
        lines.append(_visible(report, first))
    return "\n".join(lines)


def _visible(report: Report, metric: Metric) -> str:
    """The smallest difference found with 80 % power: (z for the interval + z for the power) standard errors."""
    z = norm.isf((1 - report.method.confidence) / 2)
    error = (metric.high - metric.low) / (2 * z)
    smallest = (z + norm.ppf(POWER)) * error
    digits = numbers.places(smallest)
    return (
        f"**What these rows can show:** with {numbers.count(report.rows.count)} rows, a change of {code(metric.name)} "
        f"under {numbers.value(smallest, digits)} will usually not be told from chance ({POWER:.0%} power); "
        f"the allowed loss is {numbers.short(metric.margin)}."
    )


def changes(report: Report, detail: Detail) -> str:
    """Parameters and gates, data, packages, code: one table."""
    found = report.changes
    rows = [[cell(c.name), _state(c.base), _state(c.head)] for c in found.params]
    rows += [[cell(c.path), _data(c.base), _data(c.head)] for c in found.data]
    rows += [[cell(c.name), _state(c.base), _state(c.head)] for c in found.packages]
    rows += [[cell(c.path), _code_base(c.status), _lines(c.status, c.added, c.removed)] for c in found.code]
    if not rows or _is_quiet(report):
        return ""
    heads = ["Input", cell(report.base.name if report.base else "base"), cell(report.head.name or "head")]
    text = f"### What changed\n\n{table(heads, 'lrr', rows, detail.changes)}"
    return text + (f"\n\n<sub>{numbers.count(found.omitted)} more are not listed.</sub>" if found.omitted else "")


def _state(value: str | None) -> str:
    return "–" if value is None else cell(value or "(empty)")


def _data(state: DataState | None) -> str:
    if state is None:
        return "–"
    files = "" if state.files is None else wording.plural(state.files, "file")
    rows = "" if state.rows is None else wording.plural(state.rows, "row")
    return ", ".join(filter(None, [rows, files, numbers.megabytes(state.size), cell(state.md5[:8])]))


def _code_base(status: str) -> str:
    return "–" if status == "A" else ""


def _lines(status: str, added: int | None, removed: int | None) -> str:
    if status == "D":
        return "removed"
    return "binary" if added is None or removed is None else f"+{added} {numbers.MINUS}{removed}"


def slices(report: Report, detail: Detail) -> str:
    if not report.slices or (report.rows and report.rows.identical):
        return ""
    bad = [found for found in report.slices if found.result in ("worse", "not-finite", "inconclusive")]
    checked = sum(found.result != "too-few" for found in report.slices)
    worse = sum(found.result in ("worse", "not-finite") for found in report.slices)
    title = f"<b>Slices</b>: {checked} checked, {worse} worse, {len(bad) - worse} inconclusive"
    shown = report.slices if detail.passing_slices else bad
    first = report.slices[0]
    percent = f"{report.method.confidence * 100:g} %" if report.method else "no"
    heads = ["Slice", "Rows" if first.positives is None else "Rows (positives)"]
    heads += [cell(report.base.name if report.base else "base"), cell(report.head.name or "head")]
    heads += [f"Δ {cell(first.metric)} (simultaneous {percent} CI)", "Result"]
    body = table(heads, "lrrrcl", [_slice(found) for found in shown], detail.rows)
    if len(shown) < len(report.slices):
        body += f"\n\n<sub>{len(report.slices) - len(shown)} passing slices are in the full report.</sub>"
    notes = f"Allowed loss {numbers.short(first.margin)}. Slices with too few rows are listed but never a gate."
    return details(title, f"{body}\n\n{notes}", open=worse > 0)


def _slice(found: Slice) -> list[str]:
    digits = numbers.decimals(found)
    rows = numbers.count(found.rows)
    if found.positives is not None:
        rows += f" ({numbers.count(found.positives)})"
    values = [numbers.value(number, digits) for number in (found.base, found.head)]
    return [cell(wording.slice_name(found)), rows, *values, numbers.difference(found), RESULTS[found.result]]


def confusion(report: Report, detail: Detail) -> str:
    flips = report.flips
    if flips is None or not detail.confusion or (report.rows and report.rows.identical):
        return ""
    was_now = [_moved(was, now) for was, now in zip(flips.base, flips.head, strict=True)]
    heads = ["Actual ↓ / predicted →", "0", "1"]
    body = table(heads, "lrr", [["**0**", *was_now[:2]], ["**1**", *was_now[2:]]])
    sides = f"Each cell: {_side(report.base or Revision())} → {_side(report.head)}."
    return details(f"<b>Confusion matrix</b> at threshold {numbers.short(flips.threshold)}", f"{body}\n\n{sides}")


def _moved(was: int, now: int) -> str:
    change = numbers.signed(now - was, 0) if now != was else "±0"
    return f"{numbers.count(was)} → {numbers.count(now)} ({change})"


def validation(report: Report, detail: Detail) -> str:
    found = report.validation
    if found is None or _is_quiet(report):
        return ""
    title = f"<b>Data validation</b>: {numbers.count(found.passed)} of {numbers.count(found.total)} expectations hold"
    shown = [failure for failure in found.failures if detail.known_failures or not failure.known]
    if not shown:
        return details(title, "Nothing failed." if not found.failures else "What fails is not new.")
    heads = ["Suite", "Expectation", "Column", "Severity", "Observed", "Expected", "New"]
    rows = [
        [
            cell(failure.suite),
            cell(failure.type),
            cell(failure.column),
            {"critical": "❌ critical", "warning": "⚠️ warning", "info": "info"}[failure.severity],
            cell(failure.error or failure.observed),
            cell(failure.expected),
            "no" if failure.known else "yes",
        ]
        for failure in shown
    ]
    return details(title, table(heads, "lllllll", rows, detail.rows), open=found.severity == "critical")


def method(report: Report) -> str:
    how, rows = report.method, report.rows
    if how is None or rows is None or rows.identical:
        return ""
    drawn = (
        f"whole groups of {code(how.group_by)}"
        if how.group_by
        else ("rows within each class" if report.task == "binary" else "rows")
    )
    pair = f"{code(report.head.name or 'head')} minus {prose(wording.base_name(report))} on the same"
    text = [
        f"Δ is {pair} {numbers.count(rows.count or 0)} test rows, joined by id ({code(rows.labels[:19])}).",
        f"Intervals: paired percentile bootstrap, {numbers.count(how.draws)} draws of {drawn}, seed {how.seed}.",
    ]
    if rows.comparison == "rescored":
        text.append("The test rows differ from the base's, so the base's own model was run on these.")
    if how.slices:
        kind = "DeLong" if report.slices and report.slices[0].metric == "roc_auc" else "Bootstrap"
        text.append(f"Slices: {kind}, with Bonferroni's factor for {wording.plural(how.slices, 'slice')}.")
    text.append("They cover chance in the test rows, not in training.")
    return details("<b>How these numbers are made</b>", " ".join(text))


def footer(report: Report, run_url: str | None) -> str:
    """The digests, which tag and service show, too; the run; how to make this again."""
    parts = [f"Model {code(report.model)} {_digest(report.head)}" if report.head.digest else ""]
    if report.base and report.base.digest:
        parts.append(f"{prose(wording.base_name(report))} {_digest(report.base)}")
    if run_url and re.fullmatch(r"https?://[\w.:/@?&=%#~+-]+", run_url):
        parts.append(f"[Run and full report]({run_url})")
    if report.base and report.base.commit:
        parts.append(f"reproduce: `dvc repro && mlgitops compare --base {report.base.commit[:7]}`")
    return f"<sub>{' · '.join(filter(None, parts))}</sub>" if any(parts) else ""


def _digest(side: Revision) -> str:
    return " ".join(filter(None, [code(side.digest), code(side.version) if side.version else ""]))

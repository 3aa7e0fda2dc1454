"""What is read first: the verdict, why, gate by gate, and the next step."""

from mlgitops.report import numbers
from mlgitops.report.escape import block, cell, code, in_table, prose
from mlgitops.report.page import Page
from mlgitops.report.schema import Gate, Metric, Report
from mlgitops.report.sections.layout import Detail, details, is_identical, is_quiet, table
from mlgitops.report.sentences import vocabulary
from mlgitops.report.sentences.advice import next_step

VERDICTS = {
    "ready": "✅ Ready",
    "needs-decision": "⚠️ Needs a decision",
    "do-not-merge": "❌ Do not merge yet",
    "first-result": "🆕 First result",
    "not-comparable": "⛔ Not comparable",
    "no-verdict": "⛔ No verdict",
    "overridden": "⚖️ Overridden",
}
GUARDED = 10  # protected paths that are named
GATES = {
    "pass": "✅ pass",
    "warn": "⚠️ warn",
    "fail": "❌ **fail**",
    "error": "⛔ **stopped**",
    "not-run": "not run",
}


def marker(report: Report, page: Page) -> str:
    """Hidden; it is how the comment is found again. Every value in it has a pattern of its own in the schema."""
    base = (report.base and report.base.commit) or "none"
    head, digest = report.head.commit or "none", report.head.digest or "none"
    sides = f"pr={page.pull or 'none'} head={head} base={base} digest={digest}"
    return f"<!-- mlgitops:report {sides} verdict={page.verdict(report)} schema=1 -->"


def headline(report: Report, page: Page) -> str:
    """Of the one model, or of all: then the worst verdict, and each model's in a table."""
    first = f"## {VERDICTS[page.verdict(report)]}: {prose(page.reason(report))}"
    if not report.others:
        return first
    models = [report, *report.others]
    rows = [[cell(each.model), VERDICTS[each.verdict], in_table(prose(each.reason))] for each in models]
    return f"{first}\n\n{table(['Model', 'Verdict', 'Why'], 'lll', rows)}"


def title(report: Report, page: Page) -> str:
    """The headline as plain text, for the check."""
    return f"{VERDICTS[page.verdict(report)]}: {page.reason(report)}"


def override(report: Report, page: Page) -> str:
    return prose(page.override(report))


def guarded(page: Page) -> str:
    """The protected paths that the change touches: a reviewer of the numbers alone is not the one to approve it."""
    found = page.guarded
    if not found.complete:
        return "🔒 **Protected paths may change**: not every file could be looked at; a code owner has to approve."
    if not found.paths:
        return ""
    named = ", ".join(map(code, found.paths[:GUARDED]))
    more = f" and {numbers.count(len(found.paths) - GUARDED)} more" if len(found.paths) > GUARDED else ""
    used = " The run used the base's `.dvc/config`." if found.moves_data and page.run_url else ""
    return f"🔒 **Changes protected paths**: {named}{more}; a code owner has to approve.{used}"


def heading(report: Report) -> str:
    """Over one of several models."""
    return f"## {code(report.model)}: {VERDICTS[report.verdict]}"


def summary(report: Report) -> str:
    """The loss in full, if there is one, and where the primary metric stands."""
    if is_identical(report):
        return _identical(report)
    lines = [_losses(report), _primary(report), _note(report)]
    return "\n\n".join(filter(None, lines))


def _losses(report: Report) -> str:
    worse = vocabulary.with_results(report, "worse")
    if not worse:
        return ""
    return f"**{prose('; '.join(vocabulary.loss(metric, report.method.confidence) for metric in worse[:3]))}.**"


def _primary(report: Report) -> str:
    first = vocabulary.primary(report)
    if not first or first.delta is None or first.head is None:
        return ""
    digits = numbers.decimals(first)
    now, was = (numbers.value(number, digits) for number in (first.head, first.base))
    base = prose(vocabulary.base_name(report))
    return f"Primary metric {code(first.name)}: {now} against {was} on {base}, {_plainly(first)}."


def _note(report: Report) -> str:
    """Why there is less to see than usual."""
    base, comparison = prose(vocabulary.base_name(report)), report.rows and report.rows.comparison
    notes = {
        "none": f"{base} has no predictions to compare with: no differences yet.",
        "recorded": f"The predictions of {base} are not at hand, so that its metrics are taken as they were recorded: "
        "differences have no interval. `dvc push` at that commit brings them here.",
    }
    return f"> [!NOTE]\n> {notes[comparison]}" if comparison in notes and report.metrics else ""


def _plainly(metric: Metric) -> str:
    words = {
        "within-margin": "within the allowed loss",
        "inconclusive": "the difference is inconclusive",
        "no-interval": "without an interval",
    }
    return words.get(metric.result, metric.result)


def _identical(report: Report) -> str:
    on = f" on {vocabulary.plural(report.rows.count, 'row')}" if report.rows.count else ""
    same = report.base and report.head.digest and report.base.digest == report.head.digest
    return f"Predictions identical{on}{', from the same model' if same else ''}: nothing to compare."


def gates(report: Report, page: Page) -> str:
    """One row for each gate; none where nothing changed and nothing is wrong."""
    if is_quiet(report):
        return ""
    rows = [[_gate(report, gate), GATES[gate.result], in_table(prose(gate.why))] for gate in report.gates]
    if page.recorded:
        rows.append(["Recorded", GATES[page.recorded.result], in_table(prose(page.recorded.why))])
    return table(["Gate", "Result", "Why"], "lll", rows) if rows else ""


def _gate(report: Report, gate: Gate) -> str:
    """The gate's name, and how many it looks at."""
    number = {
        "Guardrails": sum(metric.role == "guardrail" for metric in report.metrics),
        "Slices": sum(found.result != "too-few" for found in report.slices),
    }.get(gate.name)
    return f"{gate.name} ({number})" if number else gate.name


def to_clear(report: Report, page: Page) -> str:
    """One concrete step; none where somebody has decided already."""
    step = "" if page.verdict(report) == "overridden" else page.next_step or next_step(report)
    return f"**To clear it:** {prose(step)}" if step else ""


def problem(report: Report) -> str:
    return block([report.problem], 500) if report.problem else ""


def log(report: Report, detail: Detail) -> str:
    stage = vocabulary.failed_stage(report)
    if stage is None or not stage.log_tail:
        return ""
    lines = stage.log_tail[-detail.log :]
    title = f"<b>Log</b>: the last {vocabulary.plural(len(lines), 'line')}"
    return details(title, block(lines), open=report.verdict == "no-verdict")

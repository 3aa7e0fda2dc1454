"""An experiment in a pull request: names as code, everything else ours."""

from mlgitops.experiment import words
from mlgitops.experiment.result import Comparison, Experiment
from mlgitops.report.escape import cell, code, prose
from mlgitops.report.sections.layout import RESULTS, table

VERDICTS = {
    "better": "✅ **Better**",
    "no-worse": "✅ **No worse**",
    "worse": "❌ **Worse**",
    "not-sure": "⚠️ **Not sure**",
    "not-comparable": "❌ **Not comparable**",
}


def render(found: Experiment) -> str:
    parts = [f"### {words.title(found)}"]
    for each in found.comparisons:
        parts += _comparison(found, each)
    how = f"{found.draws:,} draws of whole units; intervals of {found.confidence * 100:g} %."
    notes = " ".join([how, *words.notes(found)])
    return "\n\n".join([*parts, f"<sub>{notes}</sub>"]) + "\n"


def _comparison(found: Experiment, each: Comparison) -> list[str]:
    against = f"{code(each.head.model)} against {code(each.base.model)}"
    parts = [f"{VERDICTS[each.verdict]}: {against}. {prose(words.sentence(each))}"]
    parts += [f"⚠️ {warning}" for warning in each.warnings]
    parts.append(table(words.VERSIONS, "lrrrr", [[cell(row[0]), *row[1:]] for row in words.versions(each)]))
    if each.metrics:
        rows = [[cell(row[0]), *row[1:-1], RESULTS[row[-1]]] for row in words.metrics(each)]
        parts.append(table(words.metric_heads(found, each), "lrrrrl", rows))
    return parts

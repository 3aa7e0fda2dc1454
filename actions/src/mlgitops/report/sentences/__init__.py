"""The sentences of a report, made from its facts, so that a report from elsewhere can't bring words of its own.

Names stand in backticks; whoever shows a sentence as Markdown turns those, and nothing else, into code.
"""

from msgspec.structs import replace

from mlgitops.report.schema import Report, clipped
from mlgitops.report.sentences.reason import reason
from mlgitops.report.sentences.why import why


def worded(report: Report) -> Report:
    """The report, and those of more models in it, with sentences made from the facts."""
    gates = [replace(gate, why=clipped(why(report, gate), 500)) for gate in report.gates]
    others = [worded(other) for other in report.others]
    return replace(report, gates=gates, reason=clipped(reason(report), 500), others=others)

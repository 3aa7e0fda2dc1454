"""The folded part about what production serves now, and whether that is what this model was compared with."""

from mlgitops.report import numbers
from mlgitops.report.escape import cell, code, in_table, prose
from mlgitops.report.schema import Report, Served
from mlgitops.report.sections.layout import details, is_quiet, table
from mlgitops.report.sentences import vocabulary


def production(report: Report) -> str:
    if not report.production or is_quiet(report):
        return ""
    first = vocabulary.primary(report)
    named = f"Recorded {cell(first.name)}" if first else "Recorded metric"
    heads = ["Endpoint", "Version", "Traffic", named, "Digest"]
    body = table(heads, "llrrl", [_row(served) for served in report.production])
    return details("<b>In production now</b>", f"{_compared(report)}\n\n{body}")


def _compared(report: Report) -> str:
    """Whether the base, which the differences above are to, is what is served."""
    base, digest = prose(vocabulary.base_name(report)), report.base and report.base.digest
    same = [served for served in report.production if digest and served.digest == digest]
    if same:
        return f"{base} is what {code(same[0].endpoint)} serves: the model of this change is compared with that."
    ours = [served for served in report.production if served.version.partition("@")[0] == report.model]
    if not ours:
        return f"Production serves no version of {code(report.model)}."
    if not ours[0].digest:
        return f"Whether {base} is what is served is not known: {code(ours[0].version)} is not registered here."
    return f"Not what this is compared with: production serves {code(ours[0].version)}, {base} has another model."


def _row(served: Served) -> list[str]:
    names = [cell(name) or "–" for name in (served.endpoint, served.version)]
    traffic = f"{served.weight * 100:.0f} %"
    return [*names, traffic, numbers.value(served.value, 4), in_table(code(served.digest)) if served.digest else "–"]

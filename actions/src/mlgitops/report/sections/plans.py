"""What a merge would deploy: read before any number, since a merge is what makes it so."""

from mlgitops.deploy.plan import Change, Plan
from mlgitops.environments.environment import Endpoint
from mlgitops.report import numbers
from mlgitops.report.escape import block, cell, code, plain
from mlgitops.report.page import Page
from mlgitops.report.sections.layout import Detail, table

MOST = 20  # endpoints, and versions, of one environment
ROUTES = 6  # that are named of one endpoint
KINDS = {"new": "🆕 new", "removed": "**removed**", "changed": "changed", "unchanged": "unchanged"}


def plans(page: Page, detail: Detail) -> str:
    return "\n\n".join(plan(each, min(MOST, detail.rows)) for each in page.plans)


def plan(planned: Plan, most: int = MOST) -> str:
    """Endpoint by endpoint, from what to what; digests; and first of all why nothing of it would happen."""
    parts = [f"### A merge deploys {code(planned.environment)}", _refused(planned)]
    if planned.changes:
        now = "Serves now" if planned.is_served else "In the base's file"
        rows = [_row(change) for change in planned.changes]
        parts.append(table(["Endpoint", "Change", now, "After the merge"], "llll", rows, most))
    if versions := _versions(planned):
        parts.append(table(["Version", "Change", "Digest"], "lll", versions, most))
    parts += [plain(note) for note in planned.notes]
    return "\n\n".join(filter(None, parts))


def _refused(planned: Plan) -> str:
    said = "⛔ **Refused**: a merge would leave serving what serves now."
    return f"{said}\n\n{block([planned.refused], 500)}" if planned.refused else ""


def _row(change: Change) -> list[str]:
    return [cell(change.endpoint), KINDS[change.kind], _shown(change.before), _shown(change.after)]


def _shown(endpoint: Endpoint | None) -> str:
    if endpoint is None:
        return "–"
    if endpoint.pipeline:
        return _listed([cell(step.endpoint) for step in endpoint.pipeline], " → ")
    shown = [f"{cell(route.model)} {route.weight} %" for route in endpoint.routes]
    shown += [f"{cell(model)} in the shadow" for model in endpoint.shadow]
    return _listed(shown, ", ") + (f", by {cell(endpoint.sticky)}" if endpoint.sticky else "")


def _listed(shown: list[str], between: str) -> str:
    more = [f"{numbers.count(len(shown) - ROUTES)} more"] if len(shown) > ROUTES else []
    return between.join([*shown[:ROUTES], *more])


def _versions(planned: Plan) -> list[list[str]]:
    """What would be loaded, and what would not any more."""
    before, after = planned.before.models, planned.after.models
    rows = [[cell(version), "serves now" if version in before else "🆕 new", cell(after[version])] for version in after]
    gone = [version for version in before if after and version not in after]
    return rows + [[cell(version), "**removed**", cell(before[version])] for version in gone]

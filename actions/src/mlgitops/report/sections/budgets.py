"""The folded part about cost: latency, size and training of both models, beside their limits."""

from mlgitops.report import numbers
from mlgitops.report.schema import Budget, Report
from mlgitops.report.sections.layout import details, sides, table

NAMES = {
    "row_latency_ms": "One row, milliseconds",
    "model_mb": "Model, MB",
    "train_minutes": "Training, minutes",
    "train_cpu_seconds": "Training, CPU seconds",
}
RESULTS = {"pass": "✅ pass", "warn": "⚠️ nearly used up", "fail": "❌ **over**", "not-run": "not measured", "info": "–"}


def budgets(report: Report) -> str:
    if not report.budgets:
        return ""
    over = [budget for budget in report.budgets if budget.result == "fail"]
    limited = [budget for budget in report.budgets if budget.limit is not None]
    title = f"<b>Budgets</b>: {len(limited)} limited, {len(over)} over"
    heads = ["Cost", *sides(report), "Limit", "Result"]
    body = table(heads, "lrrrl", [_row(budget) for budget in report.budgets])
    return details(title, body, open=bool(over))


def _row(budget: Budget) -> list[str]:
    used = [numbers.used(value) for value in (budget.base, budget.head)]
    return [NAMES[budget.name], *used, numbers.short(budget.limit), RESULTS[budget.result]]

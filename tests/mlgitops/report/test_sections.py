"""What a reviewer reads about data, cost and production."""

import pytest
from msgspec.structs import replace

from mlgitops.report.schema import (
    Audit,
    Budget,
    Changes,
    ColumnChange,
    DataChange,
    DataState,
    Gate,
    Lost,
    Metric,
    NullChange,
    Report,
    Revision,
    Served,
    Validation,
)
from mlgitops.report.sections.budgets import budgets
from mlgitops.report.sections.changes import changes
from mlgitops.report.sections.layout import Detail
from mlgitops.report.sections.production import production
from mlgitops.report.sentences import worded
from mlgitops.report.sentences.why import why

OLD, NEW = "md5:" + "a" * 32, "md5:" + "b" * 32
REPORT = Report(
    model="late",
    base=Revision(name="main", commit="a" * 40, digest=OLD),
    head=Revision(name="PR", digest=NEW),
    metrics=[Metric(name="roc_auc", role="primary", direction="higher", result="info")],
)
SERVED = [
    Served(endpoint="late", version="late@v0.1.0", weight=0.9, digest=OLD, value=0.7551),
    Served(endpoint="late", version="late@v0.2.0", weight=0.1),
]


def state(rows: int | None) -> DataState:
    return DataState(md5="c" * 32, size=1_234_567, rows=rows)


def shown(change: DataChange) -> list[str]:
    text = changes(replace(REPORT, changes=Changes(data=[change])), Detail())
    assert text.startswith("### What changed\n\n| Input | `main` | `PR` |\n| :-- | --: | --: |\n")
    return text.splitlines()[4:]


def test_rows_of_data_are_told_as_before_and_after():
    edited = DataChange(path="d.csv", base=state(15_880), head=state(16_000), added=131, removed=11, edited=402)
    assert shown(edited) == ["| `d.csv` | 15,880 rows | 16,000 rows (+131, −11, 402 edited) |"]
    same = replace(edited, added=0, removed=0, edited=None)
    assert shown(same) == ["| `d.csv` | 15,880 rows | 16,000 rows (no row differs) |"]
    assert shown(replace(edited, added=None)) == ["| `d.csv` | 15,880 rows | 16,000 rows (not compared) |"]
    assert shown(replace(edited, base=None)) == ["| `d.csv` | – | 16,000 rows |"]
    unread = DataChange(path="d.zip", base=state(None), head=replace(state(None), size=None))
    assert shown(unread) == ["| `d.zip` | 1.2 MB, `cccccccc` | `cccccccc` |"]


def test_columns_and_missing_values_stand_below_their_file():
    columns = [ColumnChange(name="a|b", base="int64"), ColumnChange(name="gust", head="double")]
    nulls = [NullChange(name="temp", base=0.003, head=1 / 3)]
    change = DataChange(path="d", base=state(9), head=state(9), added=0, removed=0, columns=columns, nulls=nulls)
    assert shown(change)[1:] == [
        "| ↳ column `a\\|b` | `int64` | – ⚠️ |",
        "| ↳ column `gust` | – | `double` |",
        "| ↳ `temp` missing | 0.3 % | 33.3 % ⚠️ |",
    ]
    facts = replace(REPORT, changes=Changes(data=[change] * 2), validation=Validation(total=2, passed=2, severity=None))
    assert why(facts, Gate(name="Data validation", result="warn")) == (
        "2 of 2 expectations; `temp` missing 0.3 % → 33.3 % in `d`; column `a|b` gone in `d`; 2 more like this"
    )


def test_all_costs_stand_beside_their_limits():
    facts = [
        Budget(name="row_latency_ms", base=0.0481, head=0.05, limit=5, result="pass"),
        Budget(name="model_mb", base=2, head=21.5, limit=20, result="fail"),
        Budget(name="train_minutes", head=0.95, result="info"),
        Budget(name="train_cpu_seconds", limit=1000, result="not-run"),
    ]
    text = budgets(replace(REPORT, budgets=facts))
    assert text.startswith("<details open><summary><b>Budgets</b>: 3 limited, 1 over</summary>")
    assert text.splitlines()[4:8] == [
        "| One row, milliseconds | 0.0481 | 0.05 | 5 | ✅ pass |",
        "| Model, MB | 2 | 21.5 | 20 | ❌ **over** |",
        "| Training, minutes | – | 0.95 | – | – |",
        "| Training, CPU seconds | – | – | 1,000 | not measured |",
    ]
    assert budgets(REPORT) == ""
    gate = Gate(name="Budgets", result="not-run")
    assert why(replace(REPORT, budgets=facts[2:3]), gate) == "no limit in the gates"
    assert why(replace(REPORT, budgets=facts[:1]), gate) == "0.05 ms per row (limit 5)"


def test_production_is_told_with_what_it_has_to_do_with_the_comparison():
    text = production(replace(REPORT, production=SERVED))
    assert "`main` is what `late` serves: the model of this change is compared with that." in text
    assert f"| `late` | `late@v0.1.0` | 90 % | 0.7551 | `{OLD}` |" in text
    assert "| `late` | `late@v0.2.0` | 10 % | – | – |" in text
    unknown = production(replace(REPORT, production=SERVED[1:]))
    assert "Whether `main` is what is served is not known: `late@v0.2.0` is not registered here." in unknown
    other = production(replace(REPORT, production=[replace(SERVED[1], digest=NEW)]))
    assert "Not what this is compared with: production serves `late@v0.2.0`, `main` has another model." in other
    foreign = production(replace(REPORT, production=[replace(SERVED[1], version="n@v0.1.0")]))
    assert "Production serves no version of `late`." in foreign
    assert production(REPORT) == ""


def test_what_the_remote_lacks_is_named():
    lost = [Lost(path=f"data/raw/{n}", md5="c" * 32, problem="missing") for n in range(5)]
    gate, audit = Gate(name="Remote audit", result="fail"), Audit(remote="s3", is_listed=True, objects=9, lost=lost)
    facts = worded(replace(REPORT, audit=audit, gates=[gate], verdict="do-not-merge"))
    assert facts.gates[0].why == (
        "5 of 9 objects missing or harmed in `s3`: `data/raw/0`, `data/raw/1`, `data/raw/2` and 2 more"
    )
    assert facts.reason == "`s3` lacks data of this commit"
    assert why(replace(REPORT, audit=Audit(remote="", is_listed=False)), gate) == "no DVC remote is set"


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("", "`s3` can't be listed"),
        ("unreachable", "`s3` can't be reached"),
        ("no-credentials", "`s3` can't be listed with this job's credentials"),
    ],
)
def test_a_remote_that_could_not_be_asked_is_said(problem, words):
    audit, gate = Audit(remote="s3", is_listed=False, problem=problem), Gate(name="Remote audit", result="warn")
    facts = worded(replace(REPORT, audit=audit, gates=[gate], verdict="needs-decision"))
    assert facts.gates[0].why == words

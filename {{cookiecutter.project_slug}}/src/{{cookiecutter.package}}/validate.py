"""Check the raw table, the prepared one and its split.

Only this stage imports Great Expectations, which takes seconds.
"""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from . import document, expectations, leakage, params, prepare, raw
from .outcome import record
from .problem import CheckFailed, Problem, run
from .suite import SEVERITIES

REPORT = Path("reports/validation.json")
DOCS = Path("build/data-docs")
FOLDER = Path("expectations")

Check = Callable[[pd.DataFrame], list[dict]]  # the records of a table's checks


def main() -> None:
    options = params.load()
    context = quiet_context()
    suites = results(options, context)
    document.write(report(suites, options.validate.fail_on), REPORT)
    context.build_data_docs()
    for failure in failures(suites, "info"):
        print(line(failure))
    stopping = failures(suites, options.validate.fail_on)
    if stopping:
        more = f" (and {len(stopping) - 1} more)" if len(stopping) > 1 else ""
        raise CheckFailed(f"validate: {line(stopping[0])}{more}; see {DOCS}/index.html")
    total = sum(len(suite["expectations"]) for suite in suites)
    print(f"{total} expectations on {suites[0]['rows']:,} rows")


def results(options: params.Params, context) -> list[dict]:
    """The suites of the raw rows, of the prepared ones and of their split; none after one that stops all."""
    flights = cache(raw.load)
    rows = cache(lambda: prepare.prepare(flights(), options.prepare))

    def expected(name: str) -> Check:
        return lambda table: expectations.check(FOLDER / f"{name}.yaml", name, table, context)

    def apart(table: pd.DataFrame) -> list[dict]:
        return leakage.check(*prepare.split(table, options.prepare.test_months))

    steps = [
        ("raw", raw.FOLDER, flights, expected("raw")),
        ("prepared", prepare.TRAIN.parent, rows, expected("prepared")),
        ("split", prepare.TRAIN.parent, rows, apart),
    ]
    suites: list[dict] = []
    for step in steps:
        if not failures(suites, options.validate.fail_on):
            suites.append(checked(*step))
    return suites


def checked(name: str, source: Path, load: Callable[[], pd.DataFrame], check: Check) -> dict:
    """A suite's result; a table that can't be read, or made from the raw one, is a failure like any other."""
    try:
        table = load()
    except Exception as error:  # what a wrong table does to the code that prepares it is not foreseeable
        reason = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        broken = record("is_readable", None, expected="a table", error=" ".join(reason.split())[:300])
        rows, found = 0, [broken]
    else:
        rows, found = len(table), check(table)
    result = {"suite": name, "table": source.as_posix(), "rows": rows}
    return result | {"success": all(each["success"] for each in found), "expectations": found}


def failures(suites: list[dict], least: str) -> list[dict]:
    """The failed expectations of at least this severity."""
    counted = SEVERITIES[SEVERITIES.index(least) :]
    return [
        {**each, "suite": suite["suite"]}
        for suite in suites
        for each in suite["expectations"]
        if not each["success"] and each["severity"] in counted
    ]


def report(suites: list[dict], fail_on: str) -> dict:
    """The report: severity is that of the worst failure, success says whether the pipeline goes on."""
    failed = {each["severity"] for each in failures(suites, "info")}
    worst = max(failed, key=SEVERITIES.index, default=None)
    return {"schema": 1, "success": not failures(suites, fail_on), "severity": worst, "suites": suites}


def line(failure: dict) -> str:
    where = f"{failure['suite']}.{failure['column']}" if failure["column"] else failure["suite"]
    seen = failure["error"] or failure["observed"] or "not met"
    return f"{failure['severity']}: {where}: {failure['type']}: {seen} (expected: {failure['expected']})"


def quiet_context():
    """Great Expectations without files of its own and progress bars; Data Docs go to build/."""
    import logging

    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    shutil.rmtree(DOCS, ignore_errors=True)
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(DOCS.resolve())}
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site("docs", {"class_name": "SiteBuilder", "store_backend": backend})
    return context


if __name__ == "__main__":
    run(main)

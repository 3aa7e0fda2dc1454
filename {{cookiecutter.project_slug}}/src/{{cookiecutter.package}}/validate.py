"""Check the raw and the prepared table. Only this stage imports Great Expectations, which takes seconds."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from . import document, expectations, params, prepare, raw
from .outcome import record
from .problem import CheckFailed, Problem, run

REPORT = Path("reports/validation.json")
DOCS = Path("build/data-docs")
FOLDER = Path("expectations")


def main() -> None:
    options = params.load()
    context = quiet_context()
    suites = [checked("raw", raw.FOLDER.as_posix(), raw.load, context)]
    if not failures(suites, options.validate.fail_on):
        prepared = partial(prepared_rows, options.prepare)
        suites.append(checked("prepared", "data/prepared", prepared, context))
    document.write(report(suites, options.validate.fail_on), REPORT)
    context.build_data_docs()
    for failure in failures(suites, "info"):
        print(line(failure))
    stopping = failures(suites, options.validate.fail_on)
    if stopping:
        raise CheckFailed(f"validate: expectations that failed: {len(stopping)}; see {DOCS}/index.html")
    total = sum(len(suite["expectations"]) for suite in suites)
    print(f"{total} expectations on {suites[0]['rows']:,} rows")


def prepared_rows(options: params.Prepare) -> pd.DataFrame:
    return prepare.prepare(raw.load(), options)


def checked(name: str, source: str, load: Callable[[], pd.DataFrame], context) -> dict:
    """A suite's result; a table that can't be read, or made from the raw one, is a failure like any other."""
    try:
        table = load()
    except Exception as error:  # what a wrong table does to the code that prepares it is not foreseeable
        reason = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        broken = record("is_readable", None, expected="a table", error=" ".join(reason.split())[:300])
        return expectations.suite(name, source, 0, [broken])
    return expectations.check(FOLDER / f"{name}.yaml", name, source, table, context)


def failures(suites: list[dict], least: str) -> list[dict]:
    """The failed expectations of at least this severity."""
    counted = expectations.SEVERITIES[expectations.SEVERITIES.index(least) :]
    return [
        {**each, "suite": suite["suite"]}
        for suite in suites
        for each in suite["expectations"]
        if not each["success"] and each["severity"] in counted
    ]


def report(suites: list[dict], fail_on: str) -> dict:
    """The report: severity is that of the worst failure, success says whether the pipeline goes on."""
    failed = {each["severity"] for each in failures(suites, "info")}
    worst = max(failed, key=expectations.SEVERITIES.index, default=None)
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

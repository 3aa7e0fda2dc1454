"""The command line: one verb for each action, and the same verbs on a laptop. A module for each subject.

A verb imports what it needs when it is called, so that none pays for another's packages.
"""

import os
import sys
from typing import Annotated

import typer

from mlgitops.cli import auditing, deploying, pipeline, reporting, storage, tracing
from mlgitops.errors import Problem

DEBUG = "MLGITOPS_DEBUG"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(pipeline.app)
app.add_typer(storage.app, name="storage")
app.add_typer(reporting.app)
app.add_typer(auditing.app)
app.add_typer(deploying.app)
app.add_typer(tracing.app)


@app.callback()
def verbs(
    debug: Annotated[bool, typer.Option("--debug", envvar=DEBUG, help="Show an error's traceback, too.")] = False,
) -> None:
    """Compare, report, register and deploy models by git review."""
    os.environ[DEBUG] = "1" if debug else ""


def main() -> None:
    """Run a verb; a Problem is one line on stderr and its exit code."""
    try:
        app()
    except Problem as problem:
        if os.environ.get(DEBUG):
            raise
        print(f"mlgitops: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)

"""The command line: one verb for each action, and the same verbs on a laptop. A module for each subject.

A verb imports what it needs when it is called, so that none pays for another's packages.
"""

import errno
import os
import sys
from typing import Annotated

import typer

from mlgitops.cli import (
    auditing,
    cluster,
    deploying,
    experimenting,
    guarding,
    pipeline,
    planning,
    promoting,
    reporting,
    storage,
    tracing,
)
from mlgitops.errors import CannotCheck, Problem

DEBUG = "MLGITOPS_DEBUG"
FULL = (errno.ENOSPC, errno.EDQUOT)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(pipeline.app)
app.add_typer(storage.app, name="storage")
app.add_typer(reporting.app)
app.add_typer(auditing.app)
app.add_typer(guarding.app)
app.add_typer(planning.app)
app.add_typer(deploying.app)
app.add_typer(promoting.app)
app.add_typer(experimenting.app)
app.add_typer(cluster.app)
app.add_typer(tracing.app)


@app.callback()
def verbs(
    debug: Annotated[bool, typer.Option("--debug", envvar=DEBUG, help="Show an error's traceback, too.")] = False,
) -> None:
    """Compare, report, register and deploy models by git review."""
    os.environ[DEBUG] = "1" if debug else ""


def main() -> None:
    """Run a verb; a Problem is one line on stderr and its exit code, and so is a disk that is full."""
    try:
        app()
    except Problem as problem:
        _end(problem)
    except OSError as error:
        if error.errno not in FULL:
            raise
        _end(
            CannotCheck("The disk is full", given=error.filename2 or error.filename, next="Make room, and run it again")
        )


def _end(problem: Problem) -> None:
    if os.environ.get(DEBUG):
        raise problem
    print(f"mlgitops: {problem}", file=sys.stderr)
    sys.exit(problem.exit_code)

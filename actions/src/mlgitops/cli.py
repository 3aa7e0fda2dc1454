"""The command line: one verb for each action, and the same verbs on a laptop."""

import os
import sys

import typer

from mlgitops.errors import Problem

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def verbs() -> None:
    """Compare, report, register and deploy models by git review."""


def main() -> None:
    """Run a verb; a Problem is one line on stderr and its exit code. MLGITOPS_DEBUG=1 shows the traceback."""
    try:
        app()
    except Problem as problem:
        if os.environ.get("MLGITOPS_DEBUG"):
            raise
        print(f"mlgitops: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)

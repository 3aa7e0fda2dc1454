"""What a person has to mend, said in one line instead of a traceback."""

import gc
import sys
from collections.abc import Callable


class Problem(Exception):
    """A stage could not do its work: bad parameters, missing or unreadable input."""

    exit_code = 2


class CheckFailed(Problem):
    """A stage did its work, and the answer is no."""

    exit_code = 1


def run(main: Callable[[], None]) -> None:
    """Run a stage; a Problem is printed to stderr and becomes its exit code."""
    try:
        main()
    except Problem as problem:
        print(" ".join(str(problem).split()), file=sys.stderr)  # one line, whatever a name in it holds
        sys.exit(problem.exit_code)
    gc.freeze()  # what libraries leave ends with the process: collecting it first takes a quarter of a second

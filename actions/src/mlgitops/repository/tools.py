"""The project's own programs: from its .venv where there is one, else from PATH."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from mlgitops.errors import CannotCheck
from mlgitops.report.schema import clipped

BUSY = ("is busy, it is being blocked by", "Unable to acquire lock")
NO_REASON = ("ERROR: failed to reproduce", "ERROR: failed to push data to the cloud", "Having any troubles?")


def environment(root: Path) -> dict[str, str]:
    """The environment for the project's commands: its .venv first, nothing sent home, no token of the job.

    Waiting threads of OpenMP sleep instead of spinning: on a busy machine, spinning costs several times the fit.
    """
    path = os.pathsep.join([str(root / ".venv" / "bin"), os.environ.get("PATH", "")])
    quiet = {"DVC_NO_ANALYTICS": "1", "GX_ANALYTICS_ENABLED": "false", "PYTHONUNBUFFERED": "1"}
    kept = {name: value for name, value in os.environ.items() if name != "GITHUB_TOKEN"}
    return {"OMP_WAIT_POLICY": "passive"} | kept | quiet | {"PATH": path}


def tool(root: Path, name: str) -> str:
    """The program's path; CannotCheck where the project's environment lacks it."""
    found = shutil.which(name, path=environment(root)["PATH"])
    if not found:
        raise CannotCheck(f"{name} is not installed for this project", given=root, next="Run make setup")
    return found


def blocked(lines: Iterable[str]) -> str | None:
    """Who else works in this checkout, as DVC says it; None where that is not why it failed."""
    said = list(lines)
    if not any(words in line for words in BUSY for line in said):
        return None
    return next((line.strip() for line in said if "(PID" in line), last_words(said))


def last_words(lines: Iterable[str]) -> str:
    """What says why a program failed: from DVC's last error on, in one line, else the last line. DVC's own last ones
    are left out where there is a better one: that a stage could not be reproduced, how many files were not pushed,
    and where to ask for help."""
    said = [line.strip() for line in lines if line.strip()]
    better = [line for line in said if not line.startswith(NO_REASON)] or said or ["it said nothing"]
    errors = [number for number, line in enumerate(better) if line.startswith("ERROR: ")]
    return clipped(" ".join(better[errors[-1] if errors else -1 :]).removeprefix("ERROR: "), 500)

"""The one comment that stays on a pull request and is edited with every run; CML posts it where it can."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from mlgitops.github.api import Api

MARKER = "<!-- mlgitops:report"
TITLE = "mlgitops-report"  # CML's name for the comment, part of its watermark
CML_SECONDS = 120


def post(api: Api, number: int, markdown: str) -> str:
    """Make the comment or edit it; returns who did it: `cml` or `rest`."""
    comments = api.pages(f"issues/{number}/comments")
    ours = next(filter(is_ours, comments), None)
    if _cml_would_find(ours, comments) and _cml(api, number, markdown):
        return "cml"
    if ours:
        api.call("PATCH", f"issues/comments/{ours['id']}", json={"body": markdown})
    else:
        api.call("POST", f"issues/{number}/comments", json={"body": markdown})
    return "rest"


def is_ours(comment: dict) -> bool:
    """Whether a bot wrote it and it begins with the marker; a person may quote either."""
    return comment["user"]["type"] == "Bot" and comment["body"].startswith(MARKER)


def _cml_would_find(ours: dict | None, comments: list[dict]) -> bool:
    """Whether CML would edit the right comment: it takes the last one with its watermark, whoever wrote it.

    A comment of ours without the watermark was made while CML was missing; only the REST call finds it again.
    """
    quoted = [comment for comment in comments if comment is not ours and TITLE in comment["body"]]
    return not quoted and (ours is None or TITLE in ours["body"])


def _cml(api: Api, number: int, markdown: str) -> bool:
    """Let CML post; False where it is not installed or fails, with its last line shown.

    A home of its own, since CML writes git's global configuration; never `--publish`, which uploads every
    linked file to a third party and rewrites the Markdown.
    """
    cml = shutil.which("cml")
    if not cml:
        return False
    with tempfile.TemporaryDirectory() as home:
        file = Path(home, "report.md")
        file.write_text(markdown)
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        command = [cml, "comment", "update", f"--repo={server}/{api.repository}", f"--target=pr/{number}"]
        command += ["--publish=false", f"--watermark-title={TITLE}", str(file)]
        env = os.environ | {
            "HOME": home,
            "ITERATIVE_DO_NOT_TRACK": "1",
            "REPO_TOKEN": os.environ["GITHUB_TOKEN"],
        }
        try:
            done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, timeout=CML_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"CML did not post ({error}): using the REST calls")
            return False
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        print(f"CML did not post ({said[-1] if said else done.returncode}): using the REST calls")
    return done.returncode == 0

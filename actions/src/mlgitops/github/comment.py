"""The one comment that stays on a pull request and is edited with every run; CML posts it where it can."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from mlgitops.github.api import Api

MARKER = "<!-- mlgitops:report"
RUNNING = "⏳ Running"
ANNOUNCED = re.compile(rf"\A\n{RUNNING} [^\n]*\n")
TITLE = "mlgitops-report"  # CML's name for the comment, part of its watermark
WATERMARK = re.compile(rf"\n\n!\[\]\([^)\n]*{TITLE}[^)\n]*\)\s*\Z")
CML_SECONDS = 120


def post(api: Api, number: int, markdown: str) -> str:
    """Make the comment or edit it; returns who did it: `cml` or `rest`."""
    comments = api.pages(f"issues/{number}/comments")
    ours = [comment for comment in comments if is_ours(comment, number)]
    if _cml_would_find(ours[0] if ours else None, comments) and _cml(api, number, markdown):
        return "cml"
    if ours:
        watermark = WATERMARK.search(ours[0]["body"])  # by which CML finds it again
        _edit(api, ours[0], markdown + (watermark[0] if watermark else ""))
    else:
        api.call("POST", f"issues/{number}/comments", json={"body": markdown})
        ours = _ours(api, number)
    for twin in ours[1:]:  # made by a second try, because the answer to the first got lost
        api.call("DELETE", f"issues/comments/{twin['id']}")
    return "rest"


def announce(api: Api, number: int, head: str) -> None:
    """Say above the old result that a newer one is being made; nothing where there is no comment yet."""
    for comment in _ours(api, number)[:1]:
        marker, _, rest = comment["body"].partition("\n")
        shown = re.search(r"\bhead=([0-9a-f]{7})", marker)
        below = f"; below: the result of `{shown[1]}`" if shown else ""
        _edit(api, comment, f"{marker}\n\n{RUNNING} on `{head[:7]}`{below}\n{ANNOUNCED.sub('', rest)}")


def is_ours(comment: dict, number: int) -> bool:
    """Whether a bot wrote it and it begins with this pull request's marker; a person may quote either."""
    author = comment["user"] or {}  # None: the account was deleted
    return author.get("type") == "Bot" and comment["body"].startswith(f"{MARKER} pr={number} ")


def _ours(api: Api, number: int) -> list[dict]:
    return [comment for comment in api.pages(f"issues/{number}/comments") if is_ours(comment, number)]


def _edit(api: Api, comment: dict, markdown: str) -> None:
    api.call("PATCH", f"issues/comments/{comment['id']}", json={"body": markdown})


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

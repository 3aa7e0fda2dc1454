"""Fetch and check out as actions/checkout v7 does; options that it does not stand in for fail."""

import base64
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

HEADER = "http.https://github.com/.extraheader"


def main() -> None:
    inputs = json.loads(os.environ["INPUTS"])
    for name in ("ssh-key", "filter", "sparse-checkout", "lfs", "submodules"):
        if inputs[name] not in ("", "false"):
            sys.exit(f"checkout: {name}: {inputs[name]} is not stood in for here; extend loopback/actions/checkout")
    ref, commit = wanted(inputs["repository"], inputs["ref"])
    refuse_fork_code(inputs, ref, commit)
    folder = Path(os.environ["GITHUB_WORKSPACE"], inputs["path"]).resolve()
    prepare(folder, inputs["repository"])
    credentials = authenticate(folder, inputs["token"])
    fetch(folder, ref, commit, int(inputs["fetch-depth"]), inputs["fetch-tags"] == "true")
    git(folder, "checkout", "--quiet", "--force", *target(folder, ref, commit))
    if inputs["persist-credentials"] != "true":
        forget(folder, credentials)
    head = git(folder, "rev-parse", "HEAD")
    print(f"Checked out {ref or commit} at {head}")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
        file.write(f"ref={ref or commit}\ncommit={head}\n")


def wanted(repository: str, ref: str) -> tuple[str, str]:
    """The ref and the commit to check out; either may be empty."""
    mine = repository == os.environ["GITHUB_REPOSITORY"]
    if not ref and mine:
        ref, commit = os.environ["GITHUB_REF"], os.environ["GITHUB_SHA"]
        return (ref if ref.startswith("refs/") else f"refs/heads/{ref}"), commit
    if re.fullmatch(r"[0-9a-f]{40}", ref):
        return "", ref
    return ref or "HEAD", ""


def refuse_fork_code(inputs: dict, ref: str, commit: str) -> None:
    """v7 checks a fork's code out in a trusted workflow only when told that this is meant."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    run = event.get("workflow_run") or {}
    fork = run.get("head_repository") or {}
    outside = run.get("event") == "pull_request" and fork.get("id") != event.get("repository", {}).get("id")
    theirs = inputs["repository"] == fork.get("full_name") or commit == run.get("head_sha")
    if outside and (theirs or ref.startswith("refs/pull/")) and inputs["allow-unsafe-pr-checkout"] != "true":
        sys.exit("Refusing to check out fork pull request code from a 'workflow_run' workflow.")


def prepare(folder: Path, repository: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", f"https://github.com/{repository}")
    git(folder, "config", "--local", "gc.auto", "0")


def authenticate(folder: Path, token: str) -> Path:
    """Write the token to a file outside the repository, included for it and its worktrees."""
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    print(f"::add-mask::{secret}")
    file = Path(os.environ["RUNNER_TEMP"], f"git-credentials-{uuid.uuid4()}.config")
    git(folder, "config", "--file", str(file), HEADER, f"AUTHORIZATION: basic {secret}")
    for where in (f"{folder}/.git", f"{folder}/.git/worktrees/*"):
        git(folder, "config", "--local", f"includeIf.gitdir:{where}.path", str(file))
    return file


def forget(folder: Path, credentials: Path) -> None:
    credentials.unlink()
    for where in (f"{folder}/.git", f"{folder}/.git/worktrees/*"):
        git(folder, "config", "--local", "--unset-all", f"includeIf.gitdir:{where}.path")


def fetch(folder: Path, ref: str, commit: str, depth: int, tags: bool) -> None:
    every = "+refs/tags/*:refs/tags/*"
    if depth <= 0:
        specs = ["+refs/heads/*:refs/remotes/origin/*", every]
        if ref.startswith("refs/pull/") or not ref:
            specs.append(f"+{commit or ref}:{tracking(ref)}" if ref else commit)
    else:
        specs = ([every] if tags else []) + refspecs(ref, commit)
    shallow = [f"--depth={depth}"] if depth > 0 else []
    git(folder, "fetch", "--no-tags", "--prune", "--no-recurse-submodules", "--quiet", *shallow, "origin", *specs)


def refspecs(ref: str, commit: str) -> list[str]:
    if ref == "HEAD":
        return ["+HEAD:refs/remotes/origin/HEAD"]
    if not ref:
        return [commit]
    if ref.startswith("refs/tags/"):
        return [f"+{ref}:{ref}"]
    if ref.startswith("refs/"):
        return [f"+{commit or ref}:{tracking(ref)}"]
    return [f"+refs/heads/{ref}*:refs/remotes/origin/{ref}*", f"+refs/tags/{ref}*:refs/tags/{ref}*"]


def tracking(ref: str) -> str:
    """Where a ref of the server is kept locally."""
    for theirs, ours in (("refs/heads/", "refs/remotes/origin/"), ("refs/pull/", "refs/remotes/pull/")):
        if ref.startswith(theirs):
            return ours + ref.removeprefix(theirs)
    return ref


def target(folder: Path, ref: str, commit: str) -> list[str]:
    """Arguments of `git checkout`: a local branch for a branch, a detached commit for the rest."""
    if ref == "HEAD":
        return ["--detach", "refs/remotes/origin/HEAD"] if not commit else [commit]
    if not ref or ref.startswith("refs/tags/"):
        return [ref or commit]
    if ref.startswith("refs/heads/"):
        return ["-B", ref.removeprefix("refs/heads/"), tracking(ref)]
    if ref.startswith("refs/"):
        return [tracking(ref)]
    branch = f"refs/remotes/origin/{ref}"
    known = subprocess.run(["git", "-C", folder, "show-ref", "--verify", "--quiet", branch])
    return ["-B", ref, branch] if known.returncode == 0 else [f"refs/tags/{ref}"]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"checkout: git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()

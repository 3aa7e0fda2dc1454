"""Commits, comparisons of two of them, and the pull requests that a commit belongs to."""

from __future__ import annotations

from loopback.hub import account
from loopback.repository import Repository
from loopback.rest.call import Answer, Call, Refused, route

STATUS = {"A": "added", "M": "modified", "D": "removed", "T": "changed", "R": "renamed"}
FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


def described(repository: Repository, revision: str) -> dict:
    """A commit in the form of GET /commits/{ref}; `git_commit` has the form of /git/commits/{sha}."""
    commit = git_commit(repository, revision)
    short = {name: commit[name] for name in ("author", "committer", "message")}
    return {
        "sha": commit["sha"],
        "html_url": f"https://github.com/{repository.name}/commit/{commit['sha']}",
        "url": f"https://api.github.com/repos/{repository.name}/commits/{commit['sha']}",
        "commit": {**short, "tree": commit["tree"], "verification": commit["verification"]},
        "author": account(commit["author"]["name"]),
        "committer": account(commit["committer"]["name"]),
        "parents": commit["parents"],
    }


def git_commit(repository: Repository, revision: str) -> dict:
    said = repository.git("show", "-s", f"--format={FORMAT}", "--end-of-options", revision).split("\0")
    sha, tree, parents, *people, message = said
    author, committer = (dict(zip(("name", "email", "date"), three, strict=True)) for three in (people[:3], people[3:]))
    return {
        "sha": sha,
        "tree": {"sha": tree},
        "parents": [{"sha": parent} for parent in parents.split()],
        "author": author,
        "committer": committer,
        "message": message.strip("\n"),
        "verification": verification(repository, sha),
    }


def verification(repository: Repository, sha: str) -> dict:
    """GitHub signs what bots commit through the API and what it merges itself; nothing else is signed here."""
    signed = sha in repository.signed
    return {"verified": signed, "reason": "valid" if signed else "unsigned"}


def files_between(repository: Repository, base: str, head: str) -> list[dict]:
    """The files that differ between the merge base of two commits and the second; a renamed one has two names."""
    flags = ("--find-renames", "-z", f"{base}...{head}")
    kinds = iter(repository.git("diff", "--name-status", *flags).split("\0")[:-1])
    counts = iter(repository.git("diff", "--numstat", *flags).split("\0")[:-1])
    files = []
    for letter in kinds:
        before = {"previous_filename": next(kinds)} if letter.startswith("R") else {}
        path, (added, removed, named) = next(kinds), next(counts).split("\t")
        if not named:  # of a renamed file both names follow
            next(counts), next(counts)
        added, removed = (int(number) if number != "-" else 0 for number in (added, removed))
        sha = repository.blob(head if letter != "D" else base, path)
        numbers = {"additions": added, "deletions": removed, "changes": added + removed}
        files.append({"filename": path, "status": STATUS[letter[0]], "sha": sha, **numbers, **before})
    return files


@route("GET", "/commits/{sha}/pulls", "pull-requests: read")
def pulls(call: Call) -> Answer:
    """Pull requests whose head or merge commit it is, open ones first; those of forks, too."""
    sha = call.path["sha"]
    mine = [p for p in call.repository.pulls if sha in (p["head"]["sha"], p["merge_commit_sha"])]
    return call.page(sorted(mine, key=lambda pull: (pull["state"] != "open", -pull["number"])))


@route("GET", "/commits/{ref:path}", "contents: read")
def get(call: Call) -> dict:
    sha = call.repository.find(call.path["ref"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {call.path['ref']}")
    return described(call.repository, sha)


@route("GET", "/branches/{branch:path}", "contents: read")
def branch(call: Call) -> dict:
    name = call.path["branch"]
    sha = call.repository.find(f"refs/heads/{name}")
    if sha is None:
        raise Refused(404, "Branch not found")
    return {"name": name, "commit": described(call.repository, sha), "protected": False}


@route("GET", "/compare/{spec:path}", "contents: read")
def compare(call: Call) -> dict:
    base, dots, head = call.path["spec"].partition("...")
    base, head = call.repository.find(base), call.repository.find(head.rpartition(":")[2])
    if not (dots and base and head):
        raise Refused(404, "Not Found")
    git = call.repository.git
    behind, ahead = map(int, git("rev-list", "--left-right", "--count", f"{base}...{head}").split())
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    shas = git("rev-list", "--reverse", f"{base}..{head}").split()
    return {
        "url": call.url,
        "status": status,
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "base_commit": described(call.repository, base),
        "merge_base_commit": described(call.repository, git("merge-base", base, head)),
        "commits": [described(call.repository, sha) for sha in shas[:250]],
        "files": files_between(call.repository, base, head)[:300],
    }


@route("GET", "/tags", "contents: read")
def tags(call: Call) -> Answer:
    names = sorted(r.removeprefix("refs/tags/") for r in call.repository.refs() if r.startswith("refs/tags/"))
    return call.page([{"name": n, "commit": {"sha": call.repository.find(f"refs/tags/{n}")}} for n in names[::-1]])


@route("GET", "/git/commits/{sha}", "contents: read")
def get_git_commit(call: Call) -> dict:
    if call.repository.find(call.path["sha"]) != call.path["sha"]:
        raise Refused(404, "Not Found")
    return git_commit(call.repository, call.path["sha"])

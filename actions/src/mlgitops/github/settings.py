"""The settings of a repository on GitHub without which its files protect nothing: printed as commands, or made."""

import json
import os
import re
import shlex
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import msgspec

from mlgitops import strict
from mlgitops.errors import CannotCheck
from mlgitops.github.api import Api, Refused
from mlgitops.repository.git import Repository

PRODUCTION = "environments/production"
ADDRESS = re.compile(r"(?:https?://[^/]+/|(?:ssh://)?git@[^/:]+[/:])([\w.-]+/[\w.-]+?)(?:\.git)?/?")
LOGIN = re.compile(r"[A-Za-z\d](?:[A-Za-z\d-]{0,38})(?:/[\w.-]{1,100})?")


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call; path is below /repos/<owner>/<name>/."""

    title: str
    method: str
    path: str
    body: dict[str, Any] | None = None


class Reviewer(msgspec.Struct, frozen=True):
    """Who may let a deployment to production go on: a user's login, or organisation/team."""

    name: str

    def __post_init__(self) -> None:
        if not LOGIN.fullmatch(self.name):
            raise CannotCheck("--reviewer takes a login, or organisation/team", given=repr(self.name))

    @property
    def kind(self) -> str:
        return "Team" if "/" in self.name else "User"

    @property
    def address(self) -> str:
        owner, _, team = self.name.partition("/")
        return f"orgs/{owner}/teams/{team}" if team else f"users/{owner}"


def wanted() -> list[Setting]:
    """All of them, in the order in which they are made."""
    content = files("mlgitops.github").joinpath("settings.yaml").read_bytes()
    return strict.convert(strict.load(content, "settings.yaml"), list[Setting], "settings.yaml")


def commands(reviewers: list[Reviewer]) -> str:
    """The same as a script for a shell with GitHub's own tool, which fills in {owner} and {repo}, and looks ids up."""
    return "\n\n".join(_command(setting, reviewers) for setting in wanted())


def _command(setting: Setting, reviewers: list[Reviewer]) -> str:
    path = f"repos/{{owner}}/{{repo}}/{setting.path}".rstrip("/")
    call = shlex.join(["gh", "api", "--method", setting.method, path])
    if setting.body is None:
        return f"# {setting.title}\n{call}"
    ids = {f"{{{reviewer.name}}}": f"$(gh api {reviewer.address} --jq .id)" for reviewer in reviewers}
    text = json.dumps(_with_reviewers(setting, {reviewer: f"{{{reviewer.name}}}" for reviewer in reviewers}), indent=2)
    for placeholder, lookup in ids.items():
        text = text.replace(json.dumps(placeholder), lookup)
    return f"# {setting.title}\n{call} --input - <<JSON\n{text}\nJSON"


def apply(api: Api, reviewers: list[Reviewer]) -> tuple[list[str], list[str]]:
    """Make every setting, whatever became of the one before; a line for each that is so now, and for each refused."""
    ids = {reviewer: api.call("GET", f"{api.server}/{reviewer.address}")["id"] for reviewer in reviewers}
    made, refused = [], []
    for setting in wanted():
        try:
            _make(api, msgspec.structs.replace(setting, body=_with_reviewers(setting, ids)))
            made.append(setting.title)
        except Refused as problem:
            refused.append(f"{setting.title}: {problem.given}")
    return made, refused


def _with_reviewers(setting: Setting, ids: dict[Reviewer, Any]) -> dict[str, Any] | None:
    if setting.path != PRODUCTION:
        return setting.body
    return setting.body | {"reviewers": [{"type": reviewer.kind, "id": id} for reviewer, id in ids.items()]}


def _make(api: Api, setting: Setting) -> None:
    """Made twice it is as made once: what has a name is looked for by it first."""
    method, path = setting.method, f"{api.server}/repos/{api.repository}/{setting.path}".rstrip("/")
    if method == "POST":
        known = _known(api, path, setting.body["name"])
        if known and setting.path != "rulesets":
            return
        method, path = ("PUT", f"{path}/{known}") if known else (method, path)
    api.call(method, path, json=setting.body)


def _known(api: Api, path: str, name: str) -> int | None:
    """The id of what the listing has under that name."""
    found = api.call("GET", path, params={"per_page": 100, "includes_parents": False})
    listed = found if isinstance(found, list) else found["branch_policies"]
    return next((one["id"] for one in listed if one["name"] == name), None)


def api_of(repository: Repository) -> Api:
    """For the repository that `origin` is, with the token of the environment or the one that GitHub's tool keeps."""
    name = name_of(repository)
    if not name:
        raise CannotCheck("origin is not a repository on GitHub", given=_url(repository), next="Add it as origin")
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN") or _kept_token()
    if not token:
        raise CannotCheck("There is no token", next="Run gh auth login, or set GITHUB_TOKEN")
    return Api(name, token)


def name_of(repository: Repository) -> str | None:
    """OWNER/NAME on GitHub; None where `origin` is elsewhere."""
    return os.environ.get("GITHUB_REPOSITORY") or (ADDRESS.fullmatch(_url(repository)) or [None, None])[1]


def _url(repository: Repository) -> str:
    return repository.git("remote", "get-url", "origin") if repository.has_remote() else "no remote"


def _kept_token() -> str:
    if not shutil.which("gh"):
        return ""
    return subprocess.run(["gh", "auth", "token"], capture_output=True, text=True, timeout=20).stdout.strip()

"""One call of the REST API: what a handler gets, what it may answer, and the table of handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loopback.hub import Hub
from loopback.repository import Repository
from loopback.tokens import Token


class Refused(Exception):
    """An error answer in GitHub's form: a status, a message and, for 422, the fields at fault."""

    def __init__(
        self, status: int, message: str, errors: Iterable[dict] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, list(errors), dict(headers or {})

    def body(self) -> dict:
        errors = {"errors": self.errors} if self.errors else {}
        about = {"documentation_url": "https://docs.github.com/rest", "status": str(self.status)}
        return {"message": self.message, **errors, **about}


@dataclass
class Answer:
    """`body` is JSON, bytes, or None for an empty answer."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that was let in. `path` and `query` hold strings, `body` the parsed JSON object."""

    hub: Hub
    repository: Repository
    token: Token
    url: str
    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    def wanted(self, *names: str) -> list[Any]:
        """The named fields of the body; 422 for one that is missing."""
        missing = [name for name in names if self.body.get(name) is None]
        if missing:
            wrong = [{"resource": "Body", "field": name, "code": "missing_field"} for name in missing]
            raise Refused(422, f"Invalid request. {missing[0]} wasn't supplied.", wrong)
        return [self.body[name] for name in names]

    def page(self, items: list[dict], key: str | None = None) -> Answer:
        """One page of a list, with the Link header; under `key` with a total where the API wraps lists."""
        size = min(100, max(1, int(self.query.get("per_page", 30))))
        number = max(1, int(self.query.get("page", 1)))
        part = items[(number - 1) * size : number * size]
        last = max(1, -(-len(items) // size))
        links = {"next": number + 1, "last": last} if number < last else {}
        if number > 1:
            links |= {"prev": number - 1, "first": 1}
        others = "".join(f"{k}={v}&" for k, v in self.query.items() if k not in ("page", "per_page"))
        form = f'<{self.url}?{others}per_page={size}&page={{}}>; rel="{{}}"'
        link = ", ".join(form.format(page, rel) for rel, page in links.items())
        body = {"total_count": len(items), key: part} if key else part
        return Answer(body, headers={"Link": link} if link else {})


Handler = Callable[[Call], Any]
ROUTES: list[tuple[str, str, tuple[str, ...], Handler]] = []


def route(method: str, path: str, *needs: str) -> Callable[[Handler], Handler]:
    """Register a handler. `path` follows the repository, or starts at / with no repository for "~"."""

    def register(handler: Handler) -> Handler:
        where = path[1:] if path.startswith("~") else "/repos/{owner}/{name}" + path
        ROUTES.append((method, where, needs, handler))
        return handler

    return register


def one(items: Iterable[dict], **wanted: object) -> dict:
    """The item whose fields are as wanted; 404 where there is none."""
    for item in items:
        if all(item.get(key) == value for key, value in wanted.items()):
            return item
    raise Refused(404, "Not Found")

"""Who asks, and may they: the Authorization header and the permission that a call needs."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request

from loopback.hub import Hub
from loopback.repository import Repository
from loopback.rest.call import Refused
from loopback.tokens import Token


def token_of(hub: Hub, request: Request) -> Token | None:
    """The token of a request (`token X`, `Bearer X` or Basic with X as the password), if the hub knows it."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return hub.tokens.get(value.strip())


def authorize(repository: Repository | None, token: Token | None, given: bool, needs: tuple[str, ...]) -> None:
    """Raise Refused unless the token may. `needs`: alternatives such as "issues: write"; any one is enough."""
    if token is None:
        raise Refused(401, "Bad credentials" if given else "Requires authentication")
    if repository is None or token.repository != repository.name:
        raise Refused(404, "Not Found")
    wanted = [need.split(": ") for need in needs]
    if wanted and not any(token.allows(scope, level) for scope, level in wanted):
        accepted = "; ".join(f"{scope.replace('-', '_')}={level}" for scope, level in wanted)
        headers = {"X-Accepted-GitHub-Permissions": accepted}
        raise Refused(403, "Resource not accessible by integration", headers=headers)

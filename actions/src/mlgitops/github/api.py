"""GitHub's REST interface: one client, three tries, errors that name the call."""

import os
import time
from collections.abc import Callable
from typing import Any

import httpx

from mlgitops.errors import CannotCheck

TRIES = 3
PER_PAGE, PAGES = 100, 30  # of a listing; GitHub ends many of them at 3,000 items
TIMEOUT = 20.0  # seconds for one answer
TEMPORARY = (429, 500, 502, 503, 504)
LONGEST_PAUSE = 60  # seconds: what GitHub asks for after too many writes in a row; a longer wait is not this job's


class Refused(CannotCheck):
    """GitHub answered with an error; status is its HTTP code."""

    def __init__(self, what: str, *, given: object, status: int) -> None:
        super().__init__(what, given=given)
        self.status = status


class Api:
    """Calls under /repos/<owner>/<name>, or to a whole address, made with the job's token."""

    def __init__(self, repository: str | None = None, token: str | None = None) -> None:
        repository = repository or os.environ.get("GITHUB_REPOSITORY")
        token = token or os.environ.get("GITHUB_TOKEN")
        if not (repository and token):
            raise CannotCheck("GITHUB_REPOSITORY and GITHUB_TOKEN are not set", next="Run this in a job")
        self.repository = repository
        self.server = os.environ.get("GITHUB_API_URL", "https://api.github.com")
        self._client = httpx.Client(
            base_url=f"{self.server}/repos/{repository}/",
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=TIMEOUT,
            follow_redirects=True,
        )

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The decoded answer (None where it is empty); a temporary fault is tried again with growing pauses."""
        response = self._try(method, path, lambda: self._client.request(method, path, **options))
        return response.json() if response.content else None

    def download(self, path: str, limit: int) -> bytes:
        """The bytes behind a path, at most `limit` of them."""
        data = bytearray()

        def fetch() -> httpx.Response:
            data.clear()
            with self._client.stream("GET", path) as response:
                if response.is_error:
                    response.read()
                    return response
                for chunk in response.iter_bytes():
                    data.extend(chunk)
                    if len(data) > limit:
                        raise CannotCheck("The download is too large", given=f"{path} (over {limit:,} bytes)")
            return response

        self._try("GET", path, fetch)
        return bytes(data)

    def pages(self, path: str, **params: Any) -> list[Any]:
        """The items of a listing, 100 a page; the first 3,000 where there are more."""
        found: list[Any] = []
        for page in range(1, PAGES + 1):
            items = self.call("GET", path, params={**params, "per_page": PER_PAGE, "page": page})
            found += items
            if len(items) < PER_PAGE:
                break
        return found

    def _try(self, method: str, path: str, send: Callable[[], httpx.Response]) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            pause: float | None = 2**attempt / 2
            try:
                response = send()
            except httpx.TransportError as error:
                if attempt == TRIES:
                    raise CannotCheck("GitHub can't be reached", given=f"{method} {path} ({error})") from error
            else:
                if response.is_success:
                    return response
                pause = _pause(response, pause)
                if pause is None or attempt == TRIES:
                    raise Refused(
                        "GitHub refused a call",
                        given=f"{method} {path} ({response.status_code} {_message(response)})",
                        status=response.status_code,
                    )
            time.sleep(pause)
        raise AssertionError("unreachable")


def _pause(response: httpx.Response, usual: float) -> float | None:
    """Seconds to wait before the next try, as long as GitHub asks for; None where another try would be in vain."""
    asked = response.headers.get("Retry-After", "")
    if asked.isdecimal():
        return int(asked) if int(asked) <= LONGEST_PAUSE else None
    if response.status_code == 403:
        return LONGEST_PAUSE if "secondary rate limit" in _message(response) else None
    return usual if response.status_code in TEMPORARY else None


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json().get("message", ""))[:200]
    except (ValueError, AttributeError):
        return ""

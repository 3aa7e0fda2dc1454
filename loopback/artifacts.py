"""The artifact store: what GitHub's results receiver does for upload-artifact, in a form of its own.

A runtime token, which only actions of a run hold, uploads; downloads go by a signed address that the REST
API redirects to.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from loopback.hub import Hub, now
from loopback.repository import Repository
from loopback.rest.authorization import token_of


def application(hub: Hub) -> Starlette:
    async def upload(request: Request) -> Response:
        token, name = token_of(hub, request), request.path_params["artifact"]
        if token is None or not token.runtime:
            return PlainTextResponse("Not a runtime token.", 401)
        repository, data = hub.repositories[token.repository], await request.body()
        with hub.lock:
            old = [a for a in repository.artifacts if (a["workflow_run"]["id"], a["name"]) == (token.run, name)]
            if old and "overwrite" not in request.query_params:
                return PlainTextResponse(f"An artifact with the name {name} already exists on the workflow run.", 409)
            repository.artifacts = [a for a in repository.artifacts if a not in old]
            return JSONResponse(store(hub, repository, token.run, name, data), 201)

    async def download(request: Request) -> Response:
        path = hub.root / "artifacts" / f"{request.path_params['id']}.zip"
        known = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == request.query_params.get("sig")
        return FileResponse(path, media_type="application/zip") if known else PlainTextResponse("Forbidden", 403)

    uploading = Route("/artifacts/{artifact}", upload, methods=["PUT"])
    return Starlette(routes=[uploading, Route("/download/{id:int}", download)])


def store(hub: Hub, repository: Repository, run_id: int, name: str, data: bytes) -> dict:
    """Keep a zip as an artifact of a run and return it as the REST API describes it."""
    run = next(run for run in repository.runs if run["id"] == run_id)
    id = hub.next_id()
    (hub.root / "artifacts" / f"{id}.zip").write_bytes(data)
    url = f"https://api.github.com/repos/{repository.name}/actions/artifacts/{id}"
    artifact = {
        "id": id,
        "name": name,
        "size_in_bytes": len(data),
        "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": False,
        "created_at": now(),
        "expires_at": (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "workflow_run": {
            "id": run_id,
            "repository_id": repository.id,
            "head_repository_id": run["head_repository"]["id"],
            "head_branch": run["head_branch"],
            "head_sha": run["head_sha"],
        },
    }
    repository.artifacts.append(artifact)
    return artifact

"""The REST API as clients see it: shapes, paging, errors, permissions."""

import base64
import io
import json
import zipfile

import pytest

from loopback.hub import Fault
from loopback.tokens import Token


@pytest.fixture
def pull(github, flights, work):
    work.push("deeper-trees", {"params.yaml": "trees: 200\n"})
    return github.open_pull(flights, "deeper-trees", "Deeper trees", "More of them.")


def test_a_pull_request_is_created_listed_and_closed(client, work):
    head = work.push("deeper-trees", {"params.yaml": "trees: 200\n"})
    ada = client()
    made = ada.post("/pulls", json={"title": "Deeper", "head": "deeper-trees", "base": "main", "body": "b"})
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["head"]["sha"], made.json()["user"]["login"]) == (1, head, "ada")
    assert [p["number"] for p in ada.get("/pulls?state=open&head=acme:deeper-trees").json()] == [1]
    assert ada.get("/pulls?head=acme:other").json() == []
    assert [f["filename"] for f in ada.get("/pulls/1/files").json()] == ["params.yaml"]
    assert ada.patch("/pulls/1", json={"state": "closed"}).json()["state"] == "closed"
    assert ada.get("/pulls").json() == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"head": "nowhere"}, '"field":"head"'),
        ({"base": "nowhere"}, '"field":"base"'),
        ({"head": "main"}, "No commits between main and main"),
        ({"title": None}, "title"),
    ],
)
def test_a_pull_request_that_cannot_be_is_refused(client, work, change, text):
    work.push("deeper-trees", {"params.yaml": "trees: 200\n"})
    wanted = {"title": "Deeper", "head": "deeper-trees", "base": "main"} | change
    refused = client().post("/pulls", json=wanted)
    assert refused.status_code == 422
    assert text in refused.text


def test_a_second_pull_request_for_a_branch_is_refused(client, pull):
    again = client().post("/pulls", json={"title": "Again", "head": "deeper-trees", "base": "main"})
    assert "A pull request already exists for acme:deeper-trees." in again.text


def test_merging_needs_the_head_that_was_reviewed(client, github, flights, pull):
    bot = client(contents="write")
    assert bot.put("/pulls/1/merge", json={"sha": "0" * 40}).status_code == 409
    merged = bot.put("/pulls/1/merge", json={"sha": pull["head"]["sha"]}).json()
    assert merged["sha"] == flights.find("main")
    assert flights.git("show", "-s", "--format=%P", "main").split()[1] == pull["head"]["sha"]
    assert bot.put("/pulls/1/merge").status_code == 405


def test_comments_are_paged_edited_and_written_by_the_bot(client, pull):
    bot = client(pull_requests="write")
    ids = [bot.post("/issues/1/comments", json={"body": f"no. {n}"}).json()["id"] for n in range(31)]
    first = bot.get("/issues/1/comments")
    assert len(first.json()) == 30
    assert first.json()[0]["user"]["login"] == "github-actions[bot]"
    assert 'page=2>; rel="next"' in first.headers["link"]
    assert [c["id"] for c in bot.get("/issues/1/comments?page=2&per_page=30").json()] == ids[30:]
    assert bot.patch(f"/issues/comments/{ids[0]}", json={"body": "new"}).json()["body"] == "new"
    assert bot.post("/issues/1/comments", json={"body": "x" * 65537}).status_code == 422
    assert bot.post("/issues/9/comments", json={"body": "x"}).status_code == 404


def test_check_runs_are_made_by_jobs_only_and_the_latest_counts(client, work, pull):
    sha = pull["head"]["sha"]
    run = {"name": "mlgitops/verdict", "head_sha": sha, "conclusion": "failure"}
    assert client().post("/check-runs", json=run).status_code == 403
    bot = client(checks="write")
    bot.post("/check-runs", json=run)
    started = bot.post("/check-runs", json={"name": "mlgitops/verdict", "head_sha": sha, "status": "in_progress"})
    assert (started.json()["status"], started.json()["conclusion"]) == ("in_progress", None)
    output = {"title": "Ready", "summary": "better", "annotations": [{}]}
    done = bot.patch(f"/check-runs/{started.json()['id']}", json={"conclusion": "success", "output": output}).json()
    assert (done["status"], done["output"]["annotations_count"]) == ("completed", 1)
    listed = bot.get(f"/commits/{sha}/check-runs?check_name=mlgitops/verdict").json()
    assert (listed["total_count"], listed["check_runs"][0]["conclusion"]) == (1, "success")
    assert bot.get(f"/commits/{sha}/check-runs?filter=all").json()["total_count"] == 2
    assert bot.post("/check-runs", json=run | {"conclusion": "fine"}).status_code == 422
    assert bot.post("/check-runs", json=run | {"head_sha": "f" * 40}).status_code == 422


def test_a_commit_is_made_through_the_database_and_moves_a_branch_forward_only(client, flights, work):
    bot, old = client(contents="write"), flights.find("main")
    blob = bot.post("/git/blobs", json={"content": base64.b64encode(b"\x00\xff").decode(), "encoding": "base64"})
    entries = [
        {"path": "models/a.bin", "mode": "100644", "type": "blob", "sha": blob.json()["sha"]},
        {"path": "params.yaml", "mode": "100644", "type": "blob", "content": "trees: 300\n"},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = bot.post("/git/trees", json={"base_tree": f"{old}^{{tree}}", "tree": entries}).json()
    who = {"name": "bot", "email": "bot@example.com", "date": "2026-01-02T03:04:05Z"}
    commit = {"message": "Record the training", "tree": tree["sha"], "parents": [old], "author": who}
    made = bot.post("/git/commits", json=commit).json()
    assert (made["parents"], made["author"]["date"]) == ([{"sha": old}], "2026-01-02T03:04:05+00:00")
    moved = bot.patch("/git/refs/heads/main", json={"sha": made["sha"], "force": False})
    assert (moved.status_code, moved.json()["object"]["sha"]) == (200, made["sha"])
    names = {entry["path"] for entry in bot.get("/git/trees/main?recursive=1").json()["tree"]}
    assert names == {"models", "models/a.bin", "params.yaml"}
    assert base64.b64decode(bot.get("/contents/params.yaml").json()["content"]) == b"trees: 300\n"
    back = bot.patch("/git/refs/heads/main", json={"sha": old, "force": False})
    assert (back.status_code, back.json()["message"]) == (422, "Update is not a fast forward")


def test_refs_are_created_once_and_deleted(client, flights, work):
    bot, sha = client(contents="write"), flights.find("main")
    assert bot.post("/git/refs", json={"ref": "refs/tags/late-arrival@v0.1.0", "sha": sha}).status_code == 201
    again = bot.post("/git/refs", json={"ref": "refs/tags/late-arrival@v0.1.0", "sha": sha})
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    assert bot.get("/git/ref/tags/late-arrival@v0.1.0").json()["object"]["type"] == "commit"
    assert bot.delete("/git/refs/tags/late-arrival@v0.1.0").status_code == 204
    assert bot.get("/git/ref/tags/late-arrival@v0.1.0").status_code == 404


def test_commits_are_compared_and_lead_to_their_pull_request(client, flights, work, pull):
    base = flights.find("main")
    work.git("checkout", "--quiet", "main")
    work.push("main", {"README.md": "# New\n"})
    reader = client(contents="read", pull_requests="read")
    compared = reader.get("/compare/main...deeper-trees").json()
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("diverged", 1, 1)
    assert compared["merge_base_commit"]["sha"] == base
    assert [(f["filename"], f["status"], f["changes"]) for f in compared["files"]] == [("params.yaml", "modified", 2)]
    found = reader.get(f"/commits/{pull['head']['sha']}/pulls").json()
    assert [p["number"] for p in found] == [1]
    assert reader.get("/commits/deeper-trees").json()["commit"]["message"] == "Change"


def test_an_artifact_comes_from_where_the_redirect_leads(client, github, flights, work):
    from loopback import artifacts

    flights.runs.append({"id": 5, "head_repository": {"id": 1}, "head_branch": "main", "head_sha": "0" * 40})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("report.json", "{}")
    artifacts.store(github.hub, flights, 5, "report", buffer.getvalue())
    reader = client(actions="read")
    listed = reader.get("/actions/runs/5/artifacts?name=report").json()
    answer = reader.get(f"/actions/artifacts/{listed['artifacts'][0]['id']}/zip")
    assert answer.status_code == 302
    got = reader.get(answer.headers["location"], headers={"Authorization": ""})
    assert zipfile.ZipFile(io.BytesIO(got.content)).namelist() == ["report.json"]


def test_deployments_and_their_statuses(client, flights, work):
    bot = client(deployments="write")
    made = bot.post("/deployments", json={"ref": "main", "environment": "staging", "required_contexts": []}).json()
    assert (made["sha"], made["production_environment"]) == (flights.find("main"), False)
    bot.post(f"/deployments/{made['id']}/statuses", json={"state": "in_progress"})
    bot.post(f"/deployments/{made['id']}/statuses", json={"state": "success", "environment_url": "http://x"})
    states = [s["state"] for s in bot.get(f"/deployments/{made['id']}/statuses").json()]
    assert states == ["success", "in_progress"]
    assert [d["id"] for d in bot.get("/deployments?environment=staging").json()] == [made["id"]]
    assert bot.get("/deployments?environment=production").json() == []


def test_labels(client, pull):
    bot = client(issues="write")
    assert [x["name"] for x in bot.post("/issues/1/labels", json={"labels": ["retrain", "retrain"]}).json()] == [
        "retrain"
    ]
    assert bot.delete("/issues/1/labels/retrain").json() == []
    assert bot.delete("/issues/1/labels/retrain").status_code == 404


def test_the_timeline_says_who_changed_a_label(client, github, flights, pull):
    client().post("/issues/1/labels", json={"labels": ["retrain"]})
    client().delete("/issues/1/labels/retrain")
    client(issues="write").post("/issues/1/comments", json={"body": "why?"})
    events = client(pull_requests="read").get("/issues/1/timeline").json()
    assert [(e["event"], e["actor"]["login"]) for e in events] == [
        ("labeled", "ada"),
        ("unlabeled", "ada"),
        ("commented", "github-actions[bot]"),
    ]
    assert events[0]["label"]["name"] == "retrain"
    assert client(contents="read").get("/issues/1/timeline").status_code == 403


def test_a_job_s_label_starts_nothing(client, github, pull):
    github.hub.events.clear()
    client(issues="write").post("/issues/1/labels", json={"labels": ["retrain"]})
    assert github.hub.events == []


def test_only_what_a_job_commits_in_its_own_name_is_signed(client, flights, work):
    bot, old = client(contents="write"), flights.find("main")
    commit = {"message": "Record", "tree": flights.find("main", "tree"), "parents": [old]}
    who = {"author": {"name": "github-actions[bot]", "email": "bot@example.com"}}
    for given, made_by in ((commit, bot), (commit | who, bot), (commit, client())):
        sha = made_by.post("/git/commits", json=given).json()["sha"]
        told = bot.get(f"/commits/{sha}").json()
        assert told["commit"]["verification"]["verified"] is (given is commit and made_by is bot)
    assert bot.get("/commits/main").json()["commit"]["verification"]["verified"] is False


def test_runs_are_listed_by_their_workflow_s_file(client, flights):
    base = {"event": "pull_request", "workflow_id": 1, "path": ".github/workflows/pull-request.yml"}
    flights.runs += [{"id": 5, "head_sha": "a", **base}, {"id": 6, "head_sha": "b", **base}]
    reader = client(actions="read")
    listed = reader.get("/actions/workflows/pull-request.yml/runs?head_sha=b").json()
    assert [run["id"] for run in listed["workflow_runs"]] == [6]
    assert reader.get("/actions/workflows/other.yml/runs").status_code == 404


def test_calls_can_be_made_to_fail(client, github, pull):
    github.hub.faults = [Fault("GET .*/pulls/1$", 503, times=1, headers={"Retry-After": "7"}, message="Busy")]
    refused = client().get("/pulls/1")
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["message"]) == (503, "7", "Busy")
    assert client().get("/pulls/1").status_code == 200


def test_statuses_combine(client, flights, work):
    bot, sha = client(statuses="write"), flights.find("main")
    bot.post(f"/statuses/{sha}", json={"state": "success", "context": "a"})
    assert bot.get("/commits/main/status").json()["state"] == "success"
    bot.post(f"/statuses/{sha}", json={"state": "failure", "context": "b"})
    assert bot.get("/commits/main/status").json()["state"] == "failure"


@pytest.mark.parametrize(
    ("granted", "method", "path", "status"),
    [
        ({"contents": "read"}, "GET", "/commits/main", 200),
        ({"contents": "read"}, "POST", "/git/blobs", 403),
        ({"pull_requests": "read"}, "POST", "/issues/1/comments", 403),
        ({"issues": "write"}, "GET", "/issues/1/comments", 200),
        ({"contents": "write"}, "GET", "/actions/runs", 403),
        ({"contents": "read"}, "POST", "/check-runs", 403),
        ({"contents": "write"}, "POST", "/deployments", 403),
        ({"contents": "write"}, "GET", "/no/such/thing", 404),
    ],
)
def test_a_token_can_do_what_its_permissions_grant(client, pull, granted, method, path, status):
    answer = client(**granted).request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["message"] == "Resource not accessible by integration"
        assert "write" in answer.headers["x-accepted-github-permissions"] or method == "GET"


def test_a_bad_token_and_another_repository_s_token_are_turned_away(client, github, work):
    ada = client()
    assert ada.get("/pulls", headers={"Authorization": "Bearer x"}).json()["message"] == "Bad credentials"
    assert ada.get("/pulls", headers={"Authorization": ""}).status_code == 401
    github.create_repository("acme/other")
    assert ada.get("https://api.github.com/repos/acme/other/pulls").status_code == 404
    job = github.hub.admit(Token("actions-runtime", "acme/flight-delays", {}, workflow=True, runtime=True))
    assert ada.get("/pulls", headers={"Authorization": f"token {job.value}"}).status_code == 403


def test_every_call_is_logged_with_who_made_it(client, github, work):
    client(contents="read").post("/git/blobs", json={"content": "x"})
    entry = json.loads((github.root / "requests.jsonl").read_text().splitlines()[-1])
    assert (entry["status"], entry["token"], entry["body"]) == (403, "github-actions[bot]", {"content": "x"})
    assert "acme/flight-delays" in json.loads((github.root / "state.json").read_text())

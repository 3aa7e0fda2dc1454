"""Pull requests follow their branches."""

import pytest


def test_the_merge_commit_is_of_both_sides(github, flights, work):
    head = work.push("deeper", {"params.yaml": "trees: 200\n"})
    pull = github.open_pull(flights, "deeper", "Deeper")
    base = flights.find("main")
    assert flights.git("show", "-s", "--format=%P", "refs/pull/1/merge").split() == [base, head]
    assert flights.find("refs/pull/1/head") == head
    assert pull["merge_commit_sha"] == flights.find("refs/pull/1/merge")


def test_both_sides_may_move(github, flights, work):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    head = work.push("deeper", {"params.yaml": "trees: 300\n"})
    work.git("checkout", "--quiet", "main")
    base = work.push("main", {"README.md": "# New\n"})
    assert flights.git("show", "-s", "--format=%P", "refs/pull/1/merge").split() == [base, head]
    assert [(e["name"], e.get("action")) for e in github.hub.events] == [
        ("push", None),
        ("pull_request", "opened"),
        ("push", None),
        ("pull_request", "synchronize"),
        ("push", None),
    ]


def test_a_conflict_leaves_no_merge_commit_and_starts_nothing(github, flights, work):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    work.git("checkout", "--quiet", "main")
    work.push("main", {"params.yaml": "trees: 50\n"})
    pull = github.open_pull(flights, "deeper", "Deeper")
    assert (pull["mergeable"], pull["merge_commit_sha"]) == (False, None)
    assert flights.find("refs/pull/1/merge") is None
    assert github.dispatch() == []


def test_a_fork_s_pull_request_comes_from_elsewhere(github, flights, work, clone):
    theirs = github.fork(flights, "mallory")
    copy = clone(theirs)
    head = copy.push("deeper", {"params.yaml": "trees: 200\n"})
    pull = github.open_pull(theirs, "deeper", "Deeper")
    assert (pull["head"]["label"], pull["head"]["repo"]["fork"], pull["user"]["login"]) == (
        "mallory:deeper",
        True,
        "mallory",
    )
    assert flights.find("refs/pull/1/head") == head
    assert flights.find("refs/heads/deeper") is None
    assert copy.git("push", flights.url, "deeper", check=False).returncode != 0
    later = copy.push("deeper", {"params.yaml": "trees: 300\n"})
    assert flights.find("refs/pull/1/head") == later


def test_merging_closes_and_pushes(github, flights, work):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    sha = github.merge_pull(flights, 1)
    assert flights.find("main") == sha
    assert github.pull(flights, 1)["merged"]
    assert [e.get("action", e.get("ref")) for e in github.hub.events[-2:]] == ["closed", "refs/heads/main"]


def test_deleting_the_branch_closes(github, flights, work):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    work.git("push", "--quiet", "--delete", "origin", "deeper")
    assert github.pull(flights, 1)["state"] == "closed"


@pytest.mark.parametrize("message", ["Deeper", "Tiefere Bäume\n\nmit mehr Text"])
def test_a_push_event_says_what_changed(github, flights, work, message):
    from loopback import events

    (work.folder / "README.md").unlink()
    sha = work.push("main", {"params.yaml": "trees: 1\n", "ä.txt": "new"}, message)
    event = events.of(github.hub, github.hub.events.pop())
    head = event.payload["head_commit"]
    assert (head["id"], head["added"], head["removed"], head["modified"]) == (
        sha,
        ["ä.txt"],
        ["README.md"],
        ["params.yaml"],
    )
    assert (event.ref, event.sha, event.branch) == ("refs/heads/main", sha, "main")
    assert event.title == message.split("\n")[0]
    assert set(event.changed) == {"README.md", "params.yaml", "ä.txt"}

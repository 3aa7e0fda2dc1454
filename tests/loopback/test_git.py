"""git over smart HTTP, through the proxy, with tokens."""

import json
import subprocess

import pytest

from loopback.tokens import BOT, Token


def with_token(github, repository, work, **permissions):
    token = github.hub.admit(Token(BOT, repository.name, permissions, workflow=True))
    return {**work.env, **github.server.environment(token)}


def test_a_push_and_a_shallow_fetch_by_commit(github, flights, work, tmp_path):
    big = work.folder / "big.bin"
    big.write_bytes(bytes(range(256)) * 40_000)
    sha = work.push("main", {"a.txt": "a"})
    assert flights.find("main") == sha
    env = with_token(github, flights, work, contents="read")
    subprocess.run(["git", "init", "-q", tmp_path / "b"], env=env, check=True)
    subprocess.run(["git", "-C", tmp_path / "b", "fetch", "-q", "--depth=1", flights.url, sha], env=env, check=True)
    got = subprocess.check_output(["git", "-C", tmp_path / "b", "show", f"{sha}:big.bin"], env=env)
    assert got == big.read_bytes()


@pytest.mark.parametrize(
    ("permissions", "command", "text"),
    [
        ({"contents": "read"}, ("push", "origin", "main:other"), "403"),
        ({"contents": "write"}, ("push", "origin", "main:refs/pull/1/head"), "deny updating a hidden ref"),
        ({"checks": "write"}, ("fetch", "origin"), "not found"),
    ],
)
def test_what_a_token_does_not_allow_is_refused(github, flights, work, permissions, command, text):
    work.env.update(with_token(github, flights, work, **permissions))
    refused = work.git(*command, check=False)
    assert refused.returncode != 0
    assert text in refused.stderr


def test_without_a_token_only_a_public_repository_is_read(github, flights, work):
    nameless = {k: v for k, v in work.env.items() if not k.startswith("GIT_CONFIG")}
    ask = ["git", "ls-remote", flights.url]
    assert subprocess.run(ask, env=nameless, capture_output=True).returncode != 0
    flights.public = True
    assert "refs/heads/main" in subprocess.check_output(ask, env=nameless, text=True)
    work.env = nameless
    assert work.git("push", "origin", "main:other", check=False).returncode != 0


def test_a_member_s_push_is_an_event_and_a_job_s_is_not(github, flights, work):
    before, after = flights.find("main"), work.push("main", {"a.txt": "a"})
    pushed = {"name": "push", "actor": "ada", "repository": flights.name, "ref": "refs/heads/main"}
    assert github.hub.events == [pushed | {"before": before, "after": after}]
    github.hub.events.clear()
    work.env.update(with_token(github, flights, work, contents="write"))
    work.push("main", {"a.txt": "b"})
    assert github.hub.events == []


def test_everything_but_github_is_refused_and_logged(github, work):
    refused = subprocess.run(["git", "ls-remote", "https://example.com/x"], env=work.env, capture_output=True)
    plain = subprocess.run(["git", "ls-remote", "http://example.com/x"], env=work.env, capture_output=True)
    assert refused.returncode and plain.returncode
    lines = map(json.loads, (github.root / "proxy.jsonl").read_text().splitlines())
    assert [line["to"] for line in lines if "example.com" in line["address"]] == ["refused", "refused"]

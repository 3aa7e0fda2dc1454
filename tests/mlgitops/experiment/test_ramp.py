"""A ramp on GitHub: one pull request, what it says, and when there is none."""

import hashlib
import subprocess
import time
from collections.abc import Callable

import pytest
import yaml

from mlgitops.environments.environment import Route, parse
from mlgitops.errors import CannotCheck
from mlgitops.experiment.ramp import find, move
from mlgitops.github.api import Api
from mlgitops.versions.tagging import push
from mlgitops.versions.tags import Tag
from mlgitops.versions.tags import parse as parse_label
from tests.mlgitops.experiment.traffic import GATES, NAME, NEW, NOISY, OLD, Traffic
from tests.mlgitops.github.conftest import Job
from tests.repositories import commit
from tests.template import BIN

pytestmark = pytest.mark.slow
PATH, BRANCH = "environments/production.yaml", f"ramp/production/{NAME}"
FILE = """\
# What production serves.
service: flights.service
address: 127.0.0.1:8080
endpoints:
  late-arrival:
    routes:
      - {{model: late-arrival@v1.3.0, weight: {old}}} # the champion
      - {{model: late-arrival@v1.4.0, weight: {new}}}
    sticky: tailnum
    ramp: [10, 25, 50, 100]
"""
Say = Callable[[], list[str]]


@pytest.fixture
def registered(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both versions, on a branch of their own; whatever runs is a job."""
    monkeypatch.setenv("GITHUB_RUN_ID", "9")
    for version in (OLD, NEW):
        md5 = hashlib.md5(version.encode()).hexdigest()
        stages = {"package": {"outs": [{"path": f"models/{NAME}", "md5": f"{md5}.dir"}]}}
        head = commit(job.laptop, {"dvc.lock": yaml.safe_dump({"stages": stages})})
        assert push(job.laptop, Tag(*parse_label(version), head, {"digest": f"md5:{md5}"})) is None


@pytest.fixture
def ramping(job: Job, traffic: Traffic, registered: None) -> Callable[[int], None]:
    """Let a merge give the challenger a share, and let it be deployed."""

    def share(new: int) -> None:
        job.laptop.git("checkout", "--quiet", "-B", "ramping", "origin/main")
        commit(job.laptop, {PATH: FILE.format(old=100 - new, new=new), "gates.yaml": GATES})
        job.laptop.git("push", "--quiet", "origin", "HEAD:main")
        job.checkout.git("pull", "--quiet")
        traffic.deploy({OLD: 100 - new, NEW: new}, sticky="tailnum")

    return share


@pytest.fixture
def say(job: Job, traffic: Traffic) -> Say:
    """What a day's run of `ramp` prints."""

    def run() -> list[str]:
        root = traffic.place.folder.parent
        return list(move(find(job.checkout, "production", root, Api), [job.checkout.root / "gates.yaml"]))

    return run


def opened(job: Job) -> list[dict]:
    return Api().pages("pulls", state="open", head=f"acme:{BRANCH}")


def comments(job: Job, pull: dict) -> list[str]:
    return [comment["body"] for comment in job.github.comments(job.origin, pull["number"])]


def test_what_is_no_worse_is_proposed_once_with_its_experiment(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(50)
    traffic.meet(20_000)
    (line,) = say()
    assert line.startswith(f"{NAME}: no-worse, Advance late-arrival v1.4.0 to 100 % in production: https://")
    (pull,) = opened(job)
    assert pull["title"] == "Advance late-arrival v1.4.0 to 100 % in production"
    assert (
        "late-arrival@v1.3.0 50 %, late-arrival@v1.4.0 50 % → late-arrival@v1.4.0. A merge makes it so." in pull["body"]
    )
    assert "✅ **No worse**" in pull["body"] and "| `roc_auc` |" in pull["body"]
    assert job.origin.changed("main", BRANCH) == [PATH]
    assert parse(job.origin.read(BRANCH, PATH).encode(), PATH).endpoints[NAME].routes == [Route(NEW, 100)]
    head = job.origin.find(BRANCH)
    assert job.check(head) == "success"
    (comment,) = comments(job, pull)
    assert "Ready: No loss beyond the margins, on live traffic" in comment and "A merge deploys `production`" in comment
    assert f"| `{OLD}` 50 %, `{NEW}` 50 %, by `tailnum` | `{NEW}` 100 %, by `tailnum` |" in comment
    assert say() == [line.replace(pull["html_url"], f"{pull['html_url']} says so already")]
    assert job.origin.find(BRANCH) == head
    assert len(comments(job, pull)) == 1


def test_what_can_not_be_deployed_is_not_ready(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(50)
    job.origin.set_ref(f"refs/tags/{NEW}", None)
    traffic.meet(20_000)
    say()
    (pull,) = opened(job)
    assert job.check(job.origin.find(BRANCH)) == "failure"
    (comment,) = comments(job, pull)
    assert f"No such version is registered: {NEW}" in comment


def test_a_person_leaves_the_comment_to_the_workflow(job: Job, traffic: Traffic, ramping, say: Say, monkeypatch):
    ramping(50)
    traffic.meet(20_000)
    monkeypatch.delenv("GITHUB_RUN_ID")
    say()
    (pull,) = opened(job)
    assert job.check(job.origin.find(BRANCH)) is None and not comments(job, pull)


def test_a_worse_one_is_withdrawn_by_the_same_pull_request(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(50)
    traffic.meet(20_000)
    say()
    (first,) = opened(job)
    traffic.meet(20_000, noise=NOISY, seed=1)
    (line,) = say()
    assert "worse, Withdraw late-arrival v1.4.0 from production" in line
    (pull,) = opened(job)
    assert pull["number"] == first["number"] and pull["title"] == "Withdraw late-arrival v1.4.0 from production"
    assert "# What production serves." in job.origin.read(BRANCH, PATH)
    assert parse(job.origin.read(BRANCH, PATH).encode(), PATH).endpoints[NAME].routes == [Route(OLD, 100)]
    assert job.check(job.origin.find(BRANCH)) == "neutral"
    (comment,) = comments(job, pull)
    assert "Needs a decision" in comment


def test_what_can_not_be_told_proposes_nothing_and_says_what_is_missing(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(10)
    traffic.meet(2000, weight=10)
    (line,) = say()
    assert line.startswith(f"{NAME}: not-sure, nothing to propose.") and "more rows" in line
    assert not opened(job) and job.origin.find(BRANCH) is None


def test_what_is_no_longer_so_is_closed(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(50)
    traffic.meet(20_000)
    say()
    (pull,) = opened(job)
    traffic.meet(20_000, weight=20, seed=1)
    (line,) = say()
    assert f"not-comparable, closed #{pull['number']}." in line
    assert not opened(job)


def test_the_next_step_waits_for_rows_of_its_own(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(25)
    traffic.meet(40_000, weight=25)
    (line,) = say()
    assert "Advance late-arrival v1.4.0 to 50 %" in line
    job.github.merge_pull(job.origin, opened(job)[0]["number"])
    job.checkout.git("pull", "--quiet")
    assert say() == [f"{NAME}: {OLD} 50 %, {NEW} 50 % is in the file and does not serve yet, nothing to propose."]
    time.sleep(1)  # a deploy's record knows seconds
    traffic.deploy({OLD: 50, NEW: 50}, sticky="tailnum")
    with pytest.raises(CannotCheck, match="Not every ramp could be moved: No prediction is logged"):
        say()


def test_a_proposal_for_a_challenger_that_is_gone_is_closed(job: Job, traffic: Traffic, ramping, say: Say):
    ramping(50)
    traffic.meet(20_000)
    say()
    (pull,) = opened(job)
    ramping(100)
    assert say() == [f"{NAME}: nothing ramps, closed #{pull['number']}."]
    assert say() == [f"{NAME}: nothing ramps, nothing to propose."]


def test_nothing_is_done_where_no_endpoint_has_a_ramp(job: Job, ramping):
    ramping(10)
    content = yaml.safe_load(FILE.format(old=90, new=10))
    del content["endpoints"][NAME]["ramp"]
    commit(job.checkout, {PATH: yaml.safe_dump(content)})
    done = subprocess.run(
        [BIN / "mlgitops", "ramp", "production"], cwd=job.checkout.root, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "production: no endpoint has a ramp.\n")


def test_the_verb_ends_red_where_a_ramp_can_not_be_judged(job: Job, ramping, traffic: Traffic):
    ramping(10)
    command = [BIN / "mlgitops", "ramp", "production", "--root", traffic.place.folder.parent]
    done = subprocess.run(command, cwd=job.checkout.root, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mlgitops: Not every ramp could be moved: No prediction is logged: late-arrival in")

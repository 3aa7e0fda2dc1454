"""The real workflow files under act: pull requests of every kind, merges, deploys and the way back."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.team import Laptop
from loopback import events
from loopback.hub import Fault
from loopback.runner.results import Step
from tests.end_to_end.conftest import CHECK, MODEL, World
from tests.template import BIN

pytestmark = pytest.mark.slow
METRICS = "### Metrics"
RUNS = "https://github.com/acme/flight-delays/actions/runs"


def test_the_first_push_registers_and_deploys_one_digest(world: World) -> None:
    (run,) = world.github.dispatch()
    assert {name: job.conclusion for name, job in run.jobs.items()} == {
        "register": "success",
        "staging": "success",
        "promote": "success",
        "production": "success",
    }
    log = run.jobs["register"].log
    assert f"Attested provenance: models/{MODEL}/model.onnx sha256:" in log
    assert f"Attested CycloneDX 1.6: models/{MODEL}/model.onnx sha256:" in log
    assert "sbom" in [artifact["name"] for artifact in world.origin.artifacts]
    digest = world.locked_digest("main")
    assert world.tagged_digest(f"{MODEL}@v0.1.0") == digest
    assert world.serving("staging") == world.serving("production") == {f"{MODEL}@v0.1.0": digest}
    assert world.deployments() == [(name, [f"{MODEL}@v0.1.0"], "success") for name in ("staging", "production")]


def test_a_better_model_is_ready_and_recorded_without_a_loop(world: World) -> None:
    found = world.propose("better", world.edit(r"max_iter: \d+", "max_iter: 60"))
    assert [run.workflow for run in found.runs] == ["Pull request", "Report", "Report"]
    assert [job.conclusion for job in found.runs[1].jobs.values()] == ["success", "skipped"]  # announced
    assert [job.conclusion for job in found.runs[2].jobs.values()] == ["skipped", "success"]  # reported
    assert "Ready" in found.comment and METRICS in found.comment
    recorded = world.head("better")
    assert world.origin.git("rev-parse", f"{recorded}^") == found.head
    assert found.check == "success" == world.github.checks(world.origin, recorded)[CHECK]["conclusion"]
    assert world.locked_digest(recorded) in found.comment
    assert world.locked_digest(recorded) != world.locked_digest("main")
    assert world.pulls_back("better")


def test_a_worse_model_is_not_to_be_merged(world: World) -> None:
    found = world.propose("worse", world.edit(r"max_iter: \d+", "max_iter: 3"))
    assert "Do not merge" in found.comment
    assert found.check == "failure"
    assert found.runs[0].jobs["evaluate"].conclusion == "failure"


def test_a_label_accepts_a_fail_for_this_result_only(world: World) -> None:
    pull = next(pull for pull in world.origin.pulls if pull["head"]["ref"] == "worse")
    recorded, number = world.head("worse"), pull["number"]
    world.github.label(world.origin, number, "ml-override")
    (run,) = world.github.dispatch()
    assert (run.workflow, run.conclusion) == ("Override", "success"), run.log
    assert world.check(recorded) == world.check(f"{recorded}^") == "neutral"
    assert "`ada` accepts it" in world.comment(number) and "❌ **fail**" in world.comment(number)
    assert world.head("worse") == recorded

    world.github.unlabel(world.origin, number, "ml-override")
    world.github.dispatch()
    assert world.check(recorded) == world.check(f"{recorded}^") == "failure"
    assert "Do not merge" in world.comment(number) and "ada" not in world.comment(number)

    world.github.label(world.origin, number, "ml-override")
    world.github.dispatch()
    assert world.check(recorded) == "neutral"


def test_a_newer_run_is_announced_and_the_label_does_not_count_for_it(world: World) -> None:
    pull = next(pull for pull in world.origin.pulls if pull["head"]["ref"] == "worse")
    old, number, seen = world.head("worse"), pull["number"], []
    world.laptop.run("git", "fetch", "--quiet", "origin", "worse")
    world.laptop.run("git", "switch", "--quiet", "--detach", "FETCH_HEAD")
    world.laptop.edit("params.yaml", r"max_iter: \d+", "max_iter: 4")
    world.laptop.run("git", "commit", "--quiet", "--all", "-m", "One tree more")
    world.laptop.run("git", "push", "--quiet", "origin", "HEAD:worse")
    new = world.head("worse")

    def look(step: Step) -> None:
        if step.job == "Evaluate" and not seen:
            seen.append((world.comment(number), world.github.checks(world.origin, new)[CHECK]["status"]))

    world.github.dispatch(look)
    ((comment, status),) = seen
    line = f"⏳ Running on `{new[:7]}`; below: the result of `{world.origin.find(f'{old}^')[:7]}`"
    assert comment.splitlines()[2] == line and "`ada` accepts it" in comment
    assert status == "in_progress"
    assert world.check(new) == "failure"
    assert "⏳" not in world.comment(number) and f"head={new}" in world.comment(number)
    assert "`ml-override` by `ada` is older than this result" in world.comment(number)


def test_what_the_comment_could_not_say_is_in_check_and_summary(world: World) -> None:
    world.github.hub.faults = [Fault("POST .*/comments$", 503, message="No server is available")]
    try:
        found = world.propose("silent", lambda: (world.laptop.root / "README.md").write_text("# Silent\n"))
    finally:
        world.github.hub.faults = []
    report = found.runs[-1].jobs["report"]
    assert (found.comments, found.check) == ([], "success")
    assert report.conclusion == "failure" and "## ✅ Ready" in report.summary
    assert (
        f"503 No server is available). The whole report is in the summary of {RUNS}/{found.runs[-1].id}" in report.log
    )
    assert "## ✅ Ready" in found.runs[0].jobs["evaluate"].summary


def test_broken_data_stops_before_training_and_shows_no_old_number(world: World) -> None:
    def break_april() -> None:
        world.laptop.run("make", "data", "MONTHS=4")
        python = str(world.laptop.root / ".venv/bin/python")
        read, write = "f = pd.read_parquet(p)", "f.to_parquet(p)"
        code = f"import pandas as pd; p = 'data/raw/2013-04.parquet'; {read}; f['origin'] = 'XXX'; {write}"
        world.laptop.run(python, "-c", code)
        world.laptop.run(str(world.laptop.root / ".venv/bin/dvc"), "add", "--quiet", "data/raw")

    found = world.propose("april", break_april)
    assert found.steps()["Validate the data"] == "failure"
    assert found.steps().get("Train") in (None, "skipped")
    assert found.check == "failure"
    assert "origin" in found.comment and "XXX" not in found.comment
    assert METRICS not in found.comment


def test_documentation_trains_nothing_downloads_nothing_and_gets_its_check(world: World) -> None:
    found = world.propose("words", lambda: (world.laptop.root / "README.md").write_text("# Words\n"))
    skipped = {name for name, conclusion in found.steps().items() if conclusion == "skipped"}
    ran = {"Train", "Validate the data"} & set(found.steps())
    assert ran <= skipped
    assert "Install the project" not in found.log()
    assert "Running stage" not in found.log()
    assert found.check == "success"
    assert METRICS not in found.comment


def test_what_the_author_trained_is_accepted_as_it_is(world: World) -> None:
    def train() -> None:
        world.laptop.edit("params.yaml", r"l2_regularization: [\d.]+", "l2_regularization: 1.0")
        world.laptop.run("make", "train")

    found = world.propose("trained", train)
    assert "Running stage" not in found.log()
    assert world.head("trained") == found.head
    assert found.check in ("success", "neutral")
    assert world.locked_digest(found.head) in found.comment


def test_dvc_shows_the_same_difference_on_the_laptop(world: World) -> None:
    dvc = str(world.laptop.root / ".venv/bin/dvc")
    metrics = json.loads(world.laptop.run(dvc, "metrics", "diff", "origin/main", "--json"))["reports/metrics.json"]
    assert metrics["log_loss"]["diff"] == pytest.approx(metrics["log_loss"]["new"] - metrics["log_loss"]["old"])
    world.laptop.run(dvc, "plots", "diff", "origin/main", "--out", str(world.folder / "plots"))
    page = (world.folder / "plots" / "index.html").read_text()
    titles = ("Receiver operating characteristic", "Precision and recall", "Calibration")
    assert all(text in page for text in (*titles, "origin/main", "workspace"))


def test_what_the_author_trained_and_did_not_push_is_said(world: World) -> None:
    world.laptop.branch("unpushed")
    world.laptop.edit("params.yaml", r"l2_regularization: [\d.]+", "l2_regularization: 2.0")
    world.laptop.run("make", "train")
    world.laptop.run("git", "commit", "--quiet", "--all", "-m", "Train")
    world.laptop.run("git", "push", "--quiet", "--no-verify", "origin", "HEAD")  # past the hook that pushes the data
    found = world.review("unpushed")
    assert found.check == "failure"
    assert "No verdict" in found.comment and METRICS not in found.comment
    assert "Run dvc push on the machine that trained this commit" in found.log()


def test_a_stage_that_fails_is_named(world: World) -> None:
    stage = world.laptop.root / "src/flight_delays/evaluate.py"
    found = world.propose("crash", lambda: stage.write_text(stage.read_text() + '\nraise SystemExit("out of paper")\n'))
    assert found.check == "failure"
    assert "No verdict" in found.comment and "evaluate" in found.comment and "out of paper" in found.comment
    assert METRICS not in found.comment
    assert world.head("crash") == found.head


def test_a_package_with_another_hash_is_not_installed(world: World) -> None:
    lock, installed = world.laptop.root / "requirements.lock", world.laptop.root / ".venv/ready"

    def tamper() -> None:
        packages = re.split(r"\n(?=\w)", lock.read_text())
        changed = [
            re.sub("sha256:.{8}", "sha256:00000000", p) if p.startswith("onnxruntime==") else p for p in packages
        ]
        lock.write_text("\n".join(changed))

    found = world.propose("tampered", tamper)
    world.laptop.run("git", "switch", "--quiet", "--detach", "origin/main")
    installed.touch()  # what is installed fits the lock again
    assert found.steps()["./.github/actions/setup"] == "failure"
    assert "Hash mismatch for `onnxruntime" in found.log()
    assert found.check == "failure" and "No verdict" in found.comment


def test_a_workflow_that_forges_an_object_gets_nothing_stored(world: World) -> None:
    workflow, name = world.laptop.root / ".github/workflows/pull-request.yml", "files/md5/ab/" + "0" * 30
    step = f"- run: mkdir -p $(dirname report/recording/objects/{name}); echo x > report/recording/objects/{name}\n\n"

    def forge() -> None:
        world.laptop.edit("params.yaml", r"max_iter: \d+", "max_iter: 25")
        workflow.write_text(
            workflow.read_text().replace("      - name: Compare\n", f"      {step}      - name: Compare\n")
        )

    found = world.propose("forged", forge)
    report = found.runs[-1].jobs["report"]
    assert report.conclusion == "failure" and "an object whose name is not its hash" in report.log
    assert found.check == "failure" and "No verdict" in found.comment and METRICS not in found.comment
    assert world.head("forged") == found.head
    assert world.origin.read("dvc-storage", name) is None


def test_a_bad_parameter_is_one_clear_line(world: World) -> None:
    found = world.propose("bad", world.edit(r"max_iter: \d+", "max_iter: 1e400"))
    assert found.check == "failure"
    assert "train.max_iter" in found.log()
    assert "Traceback" not in found.log()


def test_two_runs_that_end_at_once_both_keep_their_objects(world: World) -> None:
    numbers = {}
    for name, leaves in (("one", 5), ("two", 9)):
        world.push(name, world.edit(r"max_leaf_nodes: \d+", f"max_leaf_nodes: {leaves}"))
        numbers[name] = world.github.open_pull(world.origin, name, name)["number"]
    while world.github.hub.events[0]["name"] != "workflow_run":
        world.github.step()
    queued, world.github.hub.events = world.github.hub.events, []
    trained = {run["id"] for run in world.origin.runs if run["name"] == "Pull request"}
    finished = [fact for fact in queued if fact["run"] in trained]
    assert len(finished) == 2
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda fact: world.github.react(events.of(world.github.hub, fact)), finished))
    for name, number in numbers.items():
        assert len(world.github.comments(world.origin, number)) == 1
        assert world.pulls_back(name)


def test_a_fork_is_judged_but_nothing_is_written_to_it(world: World) -> None:
    fork = world.github.fork(world.origin, "mallory")
    laptop = Laptop(world.folder / "mallory", world.github.environment(fork))
    laptop.root.mkdir()
    laptop.run("git", "clone", "--quiet", "--single-branch", fork.url, ".")
    laptop.branch("forked")
    laptop.edit("params.yaml", r"max_iter: \d+", "max_iter: 60")
    laptop.run("git", "commit", "--quiet", "--all", "-m", "From a fork")
    laptop.run("git", "push", "--quiet", "origin", "HEAD")
    world.github.hub.events.clear()
    number = world.github.open_pull(fork, "forked", "From a fork")["number"]
    found = world.outcome(number, world.github.dispatch())
    assert set(found.runs[0].jobs["evaluate"].permissions.values()) == {"read"}
    assert fork.find("refs/heads/forked") == found.head
    assert METRICS in found.comment and "commit `dvc.lock`" in found.comment
    assert found.check == "failure"


def test_a_merge_registers_and_deploys_what_was_reviewed(world: World) -> None:
    pull = next(pull for pull in world.origin.pulls if pull["head"]["ref"] == "better")
    reviewed = world.locked_digest(world.head("better"))
    before = world.serving("production")
    world.github.merge_pull(world.origin, pull["number"])
    (run,) = world.github.dispatch()
    assert run.conclusion == "success"
    assert world.tagged_digest(f"{MODEL}@v0.1.1") == reviewed == world.locked_digest("main")
    assert world.serving("staging") == {f"{MODEL}@v0.1.1": reviewed}
    assert world.serving("production") == before
    traced = trace(world, f"http://127.0.0.1:{world.ports['staging']}")
    assert (traced["digest"], traced["commit"]) == (reviewed, world.head("better"))
    assert (traced["merge"]["pull"], traced["merge"]["author"]) == (pull["number"], pull["merged_by"]["login"])
    assert (traced["judged"]["verdict"], traced["judged"]["source"]) == ("ready", "the tag")
    assert traced["judged"]["gates"]["Primary metric"] == "pass" and traced["judged"]["run"].startswith(RUNS)
    assert traced["metrics"]["roc_auc"]["low"] < traced["metrics"]["roc_auc"]["value"]
    assert [each["environment"] for each in traced["serving"]] == ["staging"]


def trace(world: World, given: str) -> dict:
    """What a person with a clone of main is told."""
    world.laptop.run("git", "fetch", "--quiet", "origin", "main")
    (found,) = json.loads(world.laptop.run(str(BIN / "mlgitops"), "trace", "--json", given))
    return found


def test_a_version_that_staging_never_served_is_refused_in_the_comment_and_by_the_deploy(world: World) -> None:
    """Two versions are registered at once: staging goes on to the newer one and never sees the other."""
    old, file = world.serving("production"), world.laptop.root / "environments/production.yaml"
    digest, commit = world.tagged_digest(f"{MODEL}@v0.1.1"), world.github.tags(world.origin)[f"{MODEL}@v0.1.1"]
    for label in (f"{MODEL}@v0.2.0", f"{MODEL}@v0.2.1"):
        world.laptop.run("git", "tag", "--annotate", label, commit, "--message", f"{label}\n\ndigest: {digest}")
        world.laptop.run("git", "push", "--quiet", "--no-verify", "origin", f"refs/tags/{label}")
    found = world.propose("leap", lambda: file.write_text(file.read_text().replace("@v0.1.0", "@v0.2.0")))
    said = f"staging has not served and smoke-tested it yet: {MODEL}@v0.2.0"
    assert found.check == "failure" and "⛔ **Refused**" in found.comment and said in found.comment
    world.github.merge_pull(world.origin, found.number)  # all the same
    (run,) = world.github.dispatch()
    assert [run.jobs[name].conclusion for name in ("staging", "production")] == ["success", "failure"]
    assert said in run.jobs["production"].log
    assert world.serving("production") == old
    assert world.deployments()[-2:] == [
        ("staging", [f"{MODEL}@v0.2.1"], "success"),
        ("production", [f"{MODEL}@v0.2.0"], "failure"),
    ]


def test_a_merge_whose_model_nobody_stored_gets_no_version(world: World) -> None:
    old, tags = world.serving("staging"), world.github.tags(world.origin)
    world.laptop.run("git", "reset", "--quiet", "--hard")
    world.laptop.branch("hasty")
    world.laptop.run(str(world.laptop.root / ".venv/bin/dvc"), "pull", "--quiet")
    world.laptop.edit("params.yaml", r"l2_regularization: [\d.]+", "l2_regularization: 3.0")
    world.laptop.run("make", "train")
    world.laptop.run("git", "commit", "--quiet", "--all", "-m", "Train in a hurry")
    world.laptop.run("git", "push", "--quiet", "--no-verify", "origin", "HEAD:main")
    (run,) = world.github.dispatch()
    assert {name: job.conclusion for name, job in run.jobs.items()} == {
        "register": "failure",
        "staging": "skipped",
        "promote": "skipped",
        "production": "skipped",
    }
    assert "No version is made of what the remote does not hold whole: models/" in run.jobs["register"].log
    assert "Run mlgitops audit --repair on the machine that made" in run.jobs["register"].log
    assert (world.serving("staging"), world.github.tags(world.origin)) == (old, tags)


def test_nothing_but_the_loopback_was_asked(world: World) -> None:
    lines = (world.github.root / "proxy.jsonl").read_text().splitlines()
    assert {json.loads(line)["to"] for line in lines} == {"hub"}

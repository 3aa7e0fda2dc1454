"""From bytes back to all that made them, in a repository that the real DVC and git made."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.trace.run import trace
from mlgitops.versions.register import register
from tests.repositories import commit

pytestmark = pytest.mark.slow
BUNDLE = Path("models/m")
METRICS = {"rmse": {"value": 2.5, "low": 2.25, "high": 2.75}}
MAKE = """
import json, pathlib, yaml
folder = pathlib.Path("models/m")
folder.mkdir(parents=True, exist_ok=True)
trees = yaml.safe_load(open("params.yaml"))["train"]["trees"]
(folder / "model.onnx").write_text(f"{trees} trees")
(folder / "card.json").write_text(json.dumps({"metrics": %r, "slices": []}))
"""
STAGE = {"cmd": "python make.py", "deps": ["data/raw", "make.py"], "params": ["train"], "outs": ["models/m"]}
RECORD = "Record the result of 1234567\n\nTrained by https://github.com/a/b/actions/runs/7\n\n"
RECORD += "Verdict: ready\nGates: Pipeline pass, Primary metric pass"


class Team:
    """Trains on branches, and merges them as GitHub does."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.dvc("config", "cache.type", "copy")
        files = {"make.py": MAKE % METRICS, "dvc.yaml": yaml.safe_dump({"stages": {"package": STAGE}})}
        files |= {"requirements.lock": "numpy==2.4.6\n", "models/.gitignore": "/m\n", "data/raw/a b.csv": "1\n"}
        commit(repository, {".dvc/config": (repository.root / ".dvc/config").read_text()})
        for name, text in files.items():
            (repository.root / name).parent.mkdir(parents=True, exist_ok=True)
            (repository.root / name).write_text(text)
        Storage(repository).attach()
        self.dvc("add", "-q", "data/raw")
        commit(repository, {})

    def dvc(self, *words: str) -> None:
        subprocess.run(["dvc", *words], cwd=self.repository.root, check=True, capture_output=True)

    def merge(self, trees: int, number: int, record: str = RECORD) -> tuple[str, str]:
        """Train on a branch and merge it; the commit that recorded the result, and the merge."""
        git = self.repository.git
        git("switch", "--quiet", "--create", f"trees-{trees}")
        commit(self.repository, {"params.yaml": f"train: {{trees: {trees}}}\n"}, "Plant trees")
        self.dvc("repro", "-q")
        self.dvc("push", "-q")
        Storage(self.repository).push()
        recorded = commit(self.repository, {}, record)
        git("switch", "--quiet", "main")
        title = f"Merge pull request #{number} from team/trees-{trees}\n\nPlant {trees} trees"
        git("-c", "user.name=Grace", "merge", "--quiet", "--no-ff", "-m", title, f"trees-{trees}")
        git("push", "--quiet", "origin", "main")
        return recorded, self.repository.rev_parse("HEAD")


@pytest.fixture
def team(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Team:
    monkeypatch.setenv("MLGITOPS_DEPLOY_ROOT", str(tmp_path / "deploy"))
    return Team(repository)


def test_a_tag_leads_to_all_that_made_it(team: Team) -> None:
    recorded, merged = team.merge(3, 12)
    tag, _ = register(team.repository, "m", "models/m")
    (found,) = trace(team.repository, tag.label)
    assert (found.digest, found.path, found.commit) == (tag.digest, "models/m", recorded)
    assert [(each.tag, each.commit) for each in found.versions] == [("m@v0.1.0", merged)]
    assert (found.merge.commit, found.merge.pull) == (merged, 12)
    assert (found.merge.author, found.merge.subject) == ("Grace", "Plant 3 trees")
    assert (found.judged.verdict, found.judged.run) == ("ready", "https://github.com/a/b/actions/runs/7")
    assert found.judged.gates == {"Pipeline": "pass", "Primary metric": "pass"}
    assert [(data.path, list(data.files)) for data in found.data] == [("data/raw", ["a b.csv"])]
    assert found.data[0].files["a b.csv"] == "b026324c6904b2a9cb4b88d6d61c81d1"
    assert found.params == {"params.yaml": {"train": {"trees": 3}}}
    assert found.lock == "sha256:" + hashlib.sha256(b"numpy==2.4.6\n").hexdigest()
    assert found.metrics == METRICS


def test_folder_file_and_digest_are_the_same_bundle(team: Team) -> None:
    team.merge(3, 12)
    tag, _ = register(team.repository, "m", "models/m")
    team.merge(4, 13)
    later, _ = register(team.repository, "m", "models/m")
    folder = team.repository.root / BUNDLE
    for given in (str(folder), str(folder / "model.onnx"), later.digest):
        (found,) = trace(team.repository, given)
        assert (found.digest, found.given, found.merge.pull) == (later.digest, given, 13)
    both = trace(team.repository, str(folder / "card.json"))
    assert [found.digest for found in both] == [later.digest, tag.digest], "a file that two bundles have"


def test_a_changed_byte_is_of_no_bundle_here(team: Team) -> None:
    team.merge(3, 12)
    register(team.repository, "m", "models/m")
    model = team.repository.root / BUNDLE / "model.onnx"
    model.write_text(model.read_text() + "!")
    with pytest.raises(CheckFailed, match=r"not a bundle of this repository: .*models/m \(md5:\w{32}\)"):
        trace(team.repository, str(model.parent))
    with pytest.raises(CheckFailed, match=r"not of a bundle of this repository: .*model\.onnx \(md5:\w{32}\)"):
        trace(team.repository, str(model))
    with pytest.raises(CheckFailed, match=r"not a bundle of this repository: md5:0{32}"):
        trace(team.repository, f"md5:{'0' * 32}")


def test_what_was_never_registered_is_traced_to_its_commit(team: Team) -> None:
    recorded, _ = team.merge(3, 12)
    (found,) = trace(team.repository, str(team.repository.root / BUNDLE))
    assert (found.versions, found.commit, found.merge.pull) == ([], recorded, 12)


def test_a_squash_merge_and_a_result_without_a_record(team: Team) -> None:
    team.merge(3, 12, record="Train here")
    team.repository.git("switch", "--quiet", "--create", "more")
    commit(team.repository, {"params.yaml": "train: {trees: 5}\n"})
    team.dvc("repro", "-q")
    team.repository.git("switch", "--quiet", "main")
    squashed = commit(team.repository, {}, f"Plant more (#14)\n\n* {RECORD}")
    (found,) = trace(team.repository, str(team.repository.root / BUNDLE))
    assert (found.commit, found.merge) == (squashed, None), "not pushed, so not merged"
    team.repository.git("push", "--quiet", "origin", "main")
    (found,) = trace(team.repository, str(team.repository.root / BUNDLE))
    assert (found.merge.commit, found.merge.pull, found.merge.subject) == (squashed, 14, "Plant more (#14)")
    assert found.judged.verdict == "ready" and found.judged.source == f"the message of {squashed[:12]}"


def test_a_person_with_a_new_clone_and_no_data_gets_the_same(team: Team, clone: Callable[..., Repository]) -> None:
    team.merge(3, 12)
    tag, _ = register(team.repository, "m", "models/m")
    (mine,), (other,) = (trace(each, tag.label) for each in (team.repository, clone("other")))
    assert other == mine
    with pytest.raises(CannotCheck, match=r"only a part of the history\. Run git fetch --unshallow --tags"):
        trace(clone("shallow", "--depth", "1"), tag.label)


def test_an_old_clone_gets_the_card_and_without_origin_all_but_the_card(
    team: Team, clone: Callable[..., Repository], tmp_path: Path
) -> None:
    team.merge(3, 12)
    old, cut = clone("old"), clone("cut")
    Storage(old).attach()
    team.merge(4, 13)
    tag, _ = register(team.repository, "m", "models/m")
    assert trace(old, tag.label)[0].metrics == METRICS
    for each in (cut, old):
        each.git("pull", "--quiet", "--tags", "origin", "main")
        each.git("remote", "set-url", "origin", str(tmp_path / "nowhere"))
    (found,) = trace(cut, tag.label)
    assert (found.merge.pull, found.metrics) == (13, {})
    assert trace(old, tag.label)[0].metrics == METRICS


def test_the_environments_that_are_to_serve_it(team: Team) -> None:
    team.merge(3, 12)
    tag, _ = register(team.repository, "m", "models/m")
    wanted = {"service": "a.b", "address": "127.0.0.1:80", "endpoints": {"m": {"routes": [{"model": "m@latest"}]}}}
    commit(team.repository, {"environments/staging.yaml": yaml.safe_dump(wanted)})
    (found,) = trace(team.repository, tag.label)
    assert [(each.environment, each.model, each.since) for each in found.serving] == [("staging", "m@v0.1.0", None)]


@pytest.mark.parametrize(
    ("given", "said", "code"),
    [
        ("nowhere", "No such file, folder, service or tag: nowhere", 2),
        ("http://127.0.0.1:9", "No service answers there: http://127.0.0.1:9", 2),
        ("m@v9.9.9", "No such version is registered: m@v9.9.9", 1),
        ("README.md", "not of a bundle of this repository: README.md", 1),
    ],
)
def test_what_cannot_be_traced_is_said(repository: Repository, given: str, said: str, code: int) -> None:
    done = subprocess.run(["mlgitops", "trace", given], cwd=repository.root, capture_output=True, text=True)
    assert done.returncode == code
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_verb_for_people_and_for_programs(team: Team) -> None:
    _, merged = team.merge(3, 12)
    tag, _ = register(team.repository, "m", "models/m")
    run = {"cwd": team.repository.root, "capture_output": True, "text": True, "check": True}
    (found,) = json.loads(subprocess.run(["mlgitops", "trace", "--json", "models/m"], **run).stdout)
    assert found["digest"] == tag.digest and found["metrics"] == METRICS and found["merge"]["author"] == "Grace"
    text = subprocess.run(["mlgitops", "trace", "m@v0.1.0"], **run).stdout
    for part in (tag.digest, f"{merged[:12]} #12, by Grace: Plant 3 trees", "rmse 2.5 (2.25 to 2.75)", "trees 3"):
        assert part in text
    assert "Pipeline pass, Primary metric pass" in text and "nowhere that is known here" in text

"""The hook's judgement of answers, and what a person sees of it."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from cookiecutter.exceptions import FailedHookException

from tests.template import ROOT, bake

GOOD = {
    "project_name": "Flight delays",
    "project_slug": "flight-delays",
    "package": "flight_delays",
    "description": "What it does",
    "author": "Ada",
    "owner": "my-organisation",
    "data_remote": "git",
    "data_remote_url": "",
    "deploy_target": "local",
}
LOCAL = {"data_remote": "local", "data_remote_url": "/srv/dvc"}


def hook(name: str):
    """A hook as a module: it is valid Python before it is rendered."""
    path = ROOT / "hooks" / f"{name}.py"
    text = re.sub(r"\{\{.*?\}\}", "{}", path.read_text(encoding="utf-8"))
    spec = importlib.util.spec_from_loader(name, loader=None)
    module = importlib.util.module_from_spec(spec)
    exec(compile(text, path, "exec"), module.__dict__)
    return module


@pytest.fixture(scope="module")
def problems():
    return hook("pre_gen_project").problems


@pytest.mark.parametrize("path", sorted((ROOT / "hooks").glob("*.py")), ids=lambda path: path.name)
def test_a_hook_is_python_before_it_is_rendered_and_short(path: Path):
    text = path.read_text(encoding="utf-8")
    compile(text, path, "exec")
    assert len(text.splitlines()) < 60


@pytest.mark.parametrize(
    "answers",
    [
        {},
        LOCAL,
        {**LOCAL, "data_remote_url": "C:/dvc store"},
        {"project_name": "Flüge \"nach\" {{ Köln }} & 'Bonn' <b>"},
        {"project_slug": "2013-flights", "package": "ml_2013_flights"},
        {"author": "O'Brien; Söhne #1 %s"},
        {"project_slug": "a" * 52, "deploy_target": "kubernetes"},
    ],
)
def test_good_answers(problems, answers: dict[str, str]):
    assert problems(GOOD | answers) == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"project_slug": "../flights"}, "project_slug is '../flights': use at most 60 lower-case"),
        ({"project_slug": ""}, "project_slug is ''"),
        ({"project_slug": "a" * 61}, "at most 60"),
        ({"project_slug": "a" * 53, "deploy_target": "kubernetes"}, "a namespace of Kubernetes takes 52 characters"),
        ({"package": "flight-delays"}, "package is 'flight-delays': use lower-case letters, digits"),
        ({"package": "2flights"}, "a letter first"),
        ({"package": "class"}, "Python or a dependency has that name"),
        ({"package": "json"}, "Python or a dependency has that name"),
        ({"package": "sklearn"}, "Python or a dependency has that name"),
        ({"owner": "my organisation"}, "owner is 'my organisation': use the name of the GitHub user"),
        ({"author": "Ada\nEve"}, "author is 'Ada\\nEve': leave out line breaks"),
        ({"description": "a \\ b"}, "description is 'a \\\\ b': leave out"),
        ({"project_name": "  "}, "project_name is empty"),
        ({"data_remote": "local"}, "data_remote_url is '': give the absolute path of a folder"),
        ({**LOCAL, "data_remote_url": "../dvc"}, "give the absolute path of a folder"),
        ({"data_remote_url": "/srv/dvc"}, "leave it empty for data_remote git"),
    ],
)
def test_a_bad_answer_is_named_with_what_mends_it(problems, answers: dict[str, str], said: str):
    (found,) = problems(GOOD | answers)
    assert said in found


def test_every_bad_answer_is_named_at_once(problems):
    assert len(problems(GOOD | {"package": "class", "owner": "", "data_remote": "local"})) == 3


def test_a_bad_answer_stops_before_a_folder_is_left(tmp_path: Path, capfd: pytest.CaptureFixture):
    with pytest.raises(FailedHookException):
        bake(tmp_path, package="2flights")
    assert not (tmp_path / "flight-delays").exists()
    assert "Bad answer: package is '2flights': use lower-case letters" in capfd.readouterr().err


def test_the_prompts_cover_every_question():
    answers = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))
    questions = {name for name in answers if not name.startswith("_")}
    assert answers["__prompts__"].keys() == questions
    for name, choices in answers.items():
        prompt = answers["__prompts__"].get(name)
        if isinstance(prompt, dict):
            assert prompt.keys() == {"__prompt__", *choices}

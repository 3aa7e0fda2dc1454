"""Where a repository may lie: a path with letters of any language, and with spaces."""

from pathlib import Path

import pytest

from tests.project.baked import Baked

pytestmark = pytest.mark.slow


@pytest.mark.fault("unicode paths and spaces", "the verbs of a pull request run as anywhere else")
def test_the_verbs_run_below_a_path_with_spaces(baked: Baked, undisturbed: Baked, tmp_path: Path):
    project = baked.copy(tmp_path / "Flüge nach Köln, 飛行機 (2)" / "my project")
    for verb in (["validate-data"], ["train"]):
        project.must("mlgitops", *verb)
    project.commit("Train")
    assert project.lock() == undisturbed.lock()
    project.must("git", "checkout", "--quiet", "-b", "change")
    project.edit("params.yaml", "learning_rate: 0.1", "learning_rate: 0.2")
    project.must("mlgitops", "train")
    done = project.run("mlgitops", "compare", "--base", "main")
    assert done.returncode in (0, 1), done.stderr  # a verdict, whichever
    assert "problem" not in done.stderr

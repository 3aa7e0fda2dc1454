"""The template's folders, a bake of it, and the bake's own tests."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "{{cookiecutter.project_slug}}"
ACTIONS = ROOT / "actions"
WORKFLOWS = PROJECT / ".github" / "workflows"
BIN = ROOT / ".venv" / "bin"


def bake(folder: Path, **answers: str) -> Path:
    """A repository generated into `folder`; its path."""
    from cookiecutter.main import cookiecutter

    settings = folder / "cookiecutter.yaml"
    settings.write_text(f"replay_dir: {folder}/replay\ncookiecutters_dir: {folder}/cookiecutters\n")
    made = cookiecutter(
        str(ROOT), no_input=True, extra_context=answers, output_dir=str(folder), config_file=str(settings)
    )
    return Path(made)


def own_tests(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tests that a generated repository has, with options and paths of pytest's."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--timeout=120", *arguments]
    env = {"PATH": f"{BIN}:/usr/sbin:/usr/bin:/bin", "PYTHONPATH": f"{project}/src", "HOME": str(project.parent)}
    log = project.parent / "tests.log"  # a pipe would be waited for as long as any process of theirs holds it
    with log.open("w") as out:
        done = subprocess.run(command, cwd=project, env=env | environment, stdout=out, stderr=subprocess.STDOUT)
    return subprocess.CompletedProcess(command, done.returncode, log.read_text())

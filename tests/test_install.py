"""Every command that installs refuses a package whose hash is not the locked one: the real commands, a changed lock."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template import ROOT, bake

pytestmark = pytest.mark.slow


def tamper(lock: Path, package: str) -> None:
    """Change every hash that a lock knows of a package."""
    blocks = re.split(r"\n(?=\w)", lock.read_text())
    assert sum(block.startswith(f"{package}==") for block in blocks) == 1
    changed = [re.sub("sha256:.{8}", "sha256:00000000", b) if b.startswith(f"{package}==") else b for b in blocks]
    lock.write_text("\n".join(changed))


def refused(project: Path, target: str) -> str:
    command = ["make", target, f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=project, env=os.environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2 and not (project / target).exists(), done.stdout + done.stderr
    return done.stderr


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """What the template's own set-up reads."""
    for name in ("Makefile", "requirements.lock", "actions/pyproject.toml"):
        target = tmp_path / "template" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return tmp_path / "template"


def test_the_template_refuses_another_uv(template: Path) -> None:
    tamper(template / "requirements.lock", "uv")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused(template, ".venv/ready")


def test_the_template_refuses_another_package(template: Path) -> None:
    tamper(template / "requirements.lock", "iniconfig")
    assert "Hash mismatch for `iniconfig" in refused(template, ".venv/ready")


def test_a_project_refuses_another_uv(tmp_path: Path) -> None:
    project = bake(tmp_path)
    tamper(project / "requirements.lock", "uv")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused(project, ".venv/ready")


def test_a_project_refuses_another_package(tmp_path: Path) -> None:
    project = bake(tmp_path)
    tamper(project / "requirements.lock", "iniconfig")
    assert "Hash mismatch for `iniconfig" in refused(project, ".venv/ready")


def test_a_project_refuses_another_package_of_the_actions(tmp_path: Path) -> None:
    project = bake(tmp_path)
    (project / ".venv").symlink_to(ROOT / ".venv")  # installed already, uv with it
    os.utime(ROOT / ".venv/ready")
    tamper(project / ".github/actions/requirements.lock", "msgspec")
    assert "Hash mismatch for `msgspec" in refused(project, ".venv-actions/ready")

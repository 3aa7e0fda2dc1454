"""podman as root, and a base image made of Debian's packages: those of a registry can't be had everywhere."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.template import ROOT

SETTINGS = ROOT / "build" / "containers.conf"
LIMITS = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]  # a machine may allow no more
[engine]
runtime = "runc"
"""
NEEDED = ("podman", "runc", "slirp4netns", "debootstrap")
BASE = "localhost/mlgitops-tests-python"
PACKAGES = "ca-certificates,python3-pip,python3-venv"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # of this machine: a company's proxy has one of its own
VARIABLES = {"PIP_CERT": CERTIFICATES, "UV_SYSTEM_CERTS": "true", "PIP_BREAK_SYSTEM_PACKAGES": 1}


def podman(*arguments: str | Path, check: bool = True, timeout: float = 400) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it printed is in an error, too."""
    env = os.environ | {"CONTAINERS_CONF": str(SETTINGS)}
    done = subprocess.run(["podman", *map(str, arguments)], env=env, capture_output=True, text=True, timeout=timeout)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def base() -> str:
    """The image in the place of python:…-slim; kept from one run to the next. Skips where it can't be made."""
    if os.getuid():
        pytest.skip("not root")
    if missing := [each for each in NEEDED if not shutil.which(each)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    SETTINGS.parent.mkdir(exist_ok=True)
    SETTINGS.write_text(LIMITS)
    if podman("image", "exists", BASE, check=False).returncode:
        with tempfile.TemporaryDirectory(dir="/var/tmp") as root:
            _make(Path(root))
    if refused := _refused():
        pytest.skip(f"podman starts no container: {refused}")
    return BASE


def _refused() -> str | None:
    """Why this machine's kernel lets podman start nothing; None where it does."""
    try:
        done = podman("run", "--rm", "--network=host", BASE, "true", check=False, timeout=60)
    except subprocess.TimeoutExpired as late:
        return str(late)
    return done.stderr.strip() if done.returncode else None


def _make(root: Path) -> None:
    targets = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]
    mirror, suite = subprocess.run(targets, capture_output=True, text=True).stdout.split()[:2]
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(root), mirror]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    if done.returncode:
        pytest.skip(f"debootstrap: {done.stdout.strip().splitlines()[-1]}")
    shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    packed = root.with_suffix(".tar")
    subprocess.run(["tar", "-C", root, "-cf", packed, "."], check=True)
    try:
        podman("import", *(f"--change=ENV {name}={value}" for name, value in VARIABLES.items()), packed, BASE)
    finally:
        packed.unlink()

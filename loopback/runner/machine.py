"""The machine that jobs run on: an environment built from nothing, and the few tools that are on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

KEPT_FOR_UV = ("PROXY", "SSL_", "UV_", "PIP_")
QUIET = {"TERM": "dumb", "GIT_PAGER": "cat", "PAGER": "cat", "NO_COLOR": "1"}  # act gives steps a terminal, GitHub none
UV = """#!/bin/sh
# The jobs' network ends at the loopback GitHub. uv alone goes its own way when it installs: it gets back the
# proxy, the certificates, the package index and the cache of whoever started the loopback. What the cache holds
# is installed from there, without asking the index again.
case "$1" in run|tool) exec {uv} "$@" ;; esac
unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy NO_PROXY no_proxy SSL_CERT_FILE
{exports}
{uv} --offline "$@" 2>/dev/null || exec {uv} "$@"
"""


@dataclass
class Machine:
    """`labels`: what `runs-on` may name. `environment`: more variables of the machine, such as where a service
    keeps its state. `variables`: the repository's `vars`. `cml`: whether setup-cml installs its stand-in."""

    labels: tuple[str, ...] = ("ubuntu-latest",)
    environment: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cml: bool = True
    timeout: float = 1800

    def job_environment(self, tools: Path) -> dict[str, str]:
        """The environment that a job starts with; `tools` as laid out by `lay_out`."""
        found = [str(Path(shutil.which(name) or name).parent) for name in ("git", "make", "bash")]
        path = dict.fromkeys([str(tools / "bin"), *found, "/usr/local/bin", "/usr/bin", "/bin"])
        cml = str(Path(__file__).resolve().parent.parent / "cml") if self.cml else ""
        locations = {"LOOPBACK_UV": str(tools / "uv"), "LOOPBACK_CML": cml}
        return {"PATH": ":".join(path), "LANG": "C.UTF-8", **QUIET, **locations, **self.environment}


def lay_out(tools: Path) -> None:
    """Put the interpreter of this process and a uv for the jobs into `tools`."""
    for folder in ("bin", "uv"):
        (tools / folder).mkdir(parents=True)
    (tools / "bin" / "python3").symlink_to(Path(sys.executable).resolve())
    (tools / "uv" / "uv").write_text(wrapper())
    (tools / "uv" / "uv").chmod(0o755)


def wrapper() -> str:
    """The uv that jobs see."""
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise RuntimeError(f"No uv beside {sys.executable} nor on PATH: run `make setup`.")
    asked = {"UV_CACHE_DIR": ("cache", "dir"), "UV_PYTHON_INSTALL_DIR": ("python", "dir")}
    variables = {name: value for name, value in os.environ.items() if any(part in name.upper() for part in KEPT_FOR_UV)}
    for name, command in asked.items():
        variables[name] = subprocess.check_output([uv, *command], text=True).strip()
    variables["XDG_CONFIG_HOME"] = os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items()))
    return UV.format(uv=shlex.quote(uv), exports=exports)

"""The configuration of supervisord for one environment."""

import re
import shlex
from pathlib import Path

from mlgitops.deploy.release import Release
from mlgitops.environments.environment import Environment
from mlgitops.errors import CheckFailed

PROGRAM = "service"
VARIABLE = "SERVICE_API_KEY"
KEY = re.compile(r"[A-Za-z0-9._~+/=-]{16,200}")

CONFIG = """\
[unix_http_server]
file={socket}
chmod=0700

[supervisord]
logfile={folder}/logs/supervisord.log
pidfile={folder}/supervisord.pid

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}

[program:{program}]
command={command}
directory={folder}
environment={environment}
autorestart=true
stopwaitsecs=20
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={folder}/logs/service.log
stdout_logfile_maxbytes=10MB
"""


def configuration(folder: Path, socket: Path, release: Release, wanted: Environment, key: str) -> str:
    """supervisord.conf: run a release as an environment wants it, in its folder, again whenever it ends.

    key: of the service; empty where it asks for none. CheckFailed for one that a header or this file can't hold.
    """
    values = {
        "socket": socket,
        "folder": folder,
        "command": shlex.join(_command(folder, release, wanted)),
        "environment": _environment(release.code, key),
    }
    escaped = {name: str(value).replace("%", "%%") for name, value in values.items()}
    return CONFIG.format(program=PROGRAM, **escaped)


def _command(folder: Path, release: Release, wanted: Environment) -> list[str]:
    host, port = wanted.address.rsplit(":", 1)
    workers = ["--workers", str(wanted.workers)] if wanted.workers > 1 else []
    return [str(release.python), "-m", release.module, str(folder), *workers, "--host", host, "--port", port]


def _environment(code: Path, key: str) -> str:
    found = f'PYTHONPATH="{code}",PYTHONUNBUFFERED="1"'
    if not key:
        return found
    if not KEY.fullmatch(key):
        raise CheckFailed(f"{VARIABLE} can't be used", next="Make it 16 to 200 of A-Z a-z 0-9 . _ ~ + / = -")
    return f'{found},{VARIABLE}="{key}"'


def key(config: str) -> str:
    """The key in a configuration; empty where there is none."""
    found = re.search(f'{VARIABLE}="([^"]+)"$', config, re.MULTILINE)
    return found[1] if found else ""


def url(config: str) -> str:
    """The address in a configuration."""
    host, port = re.search(r"--host (\S+) --port (\d+)$", config, re.MULTILINE).groups()
    return f"http://{host}:{port}"

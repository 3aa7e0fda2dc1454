"""The configuration of supervisord for one environment."""

import re
import shlex
from pathlib import Path

from mlgitops.deploy.release import Release

PROGRAM = "service"

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
environment=PYTHONPATH="{path}",PYTHONUNBUFFERED="1"
autorestart=true
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={folder}/logs/service.log
stdout_logfile_maxbytes=10MB
"""


def configuration(folder: Path, socket: Path, release: Release, address: str) -> str:
    """supervisord.conf: run a release at an address, in the environment's folder, again whenever it ends."""
    host, port = address.rsplit(":", 1)
    command = [str(release.python), "-m", release.module, str(folder), "--host", host, "--port", port]
    values = {"socket": socket, "folder": folder, "path": release.code, "command": shlex.join(command)}
    escaped = {name: str(value).replace("%", "%%") for name, value in values.items()}
    return CONFIG.format(program=PROGRAM, **escaped)


def url(config: str) -> str:
    """The address in a configuration."""
    host, port = re.search(r"--host (\S+) --port (\d+)$", config, re.MULTILINE).groups()
    return f"http://{host}:{port}"

"""`mlgitops`, ended by kill -9 at the moment when it calls a function, or when that has returned.

    python tests/killed.py mlgitops.versions.register:_push after "" register

The word in third place is one that the call's arguments must hold: it tells one git command from the others.
"""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path


def killed(root: Path, call: str, when: str, *verb: str, word: str = "") -> None:
    """Run a verb in a folder until it is killed; an AssertionError where it came to an end of its own."""
    command = [sys.executable, __file__, call, when, word, *verb]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def main() -> None:
    call, when, word, *verb = sys.argv[1:]
    module, _, path = call.partition(":")
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    real = getattr(owner, name)

    def fatal(*args, **options):
        if word and word not in args:
            return real(*args, **options)
        if when == "after":
            real(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, fatal)
    sys.argv = ["mlgitops", *verb]
    importlib.import_module("mlgitops.cli").main()


if __name__ == "__main__":
    main()

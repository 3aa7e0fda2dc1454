"""onnxruntime writes an id of the machine to the home folder, and tells its makers of it: neither is done."""

import os
import subprocess
import sys


def test_nothing_is_written_home(bundle_maker, tmp_path):
    bundle = bundle_maker(tmp_path / "bundle")
    load = "import sys; from pathlib import Path; from {{ cookiecutter.package }}.service.models.bundle import Bundle"
    load += "; Bundle(Path(sys.argv[1])).check()"
    home = tmp_path / "home"
    home.mkdir()
    hidden = ("ORT_", "XDG_", "CI", "GITHUB_")  # of CI it says nothing in any case
    env = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    subprocess.run([sys.executable, "-c", load, bundle], env=env | {"HOME": str(home)}, check=True)
    assert not [path for path in home.rglob("*") if path.is_file()]

"""{{ cookiecutter.description }}."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime would tell its makers of every process

if "STAGE_PARENT" in os.environ:  # before anything that takes long to import
    from . import parent

    parent.watch(os.environ.pop("STAGE_PARENT"))

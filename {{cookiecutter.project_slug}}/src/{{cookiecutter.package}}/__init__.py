"""{{ cookiecutter.description }}."""

import os

if "STAGE_PARENT" in os.environ:  # before anything that takes long to import
    from . import parent

    parent.watch(os.environ.pop("STAGE_PARENT"))

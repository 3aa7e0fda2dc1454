"""{{ cookiecutter.description }}."""

import os

if "DVC_STAGE" in os.environ:  # before anything that takes long to import
    from . import parent

    parent.watch()

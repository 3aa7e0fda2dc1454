"""A GitHub on this machine, good enough to run unmodified workflow files against it; see README.md."""

from loopback.github import GitHub
from loopback.runner.machine import Machine

__all__ = ["GitHub", "Machine"]

"""Whether DVC's remotes hold all that a commit names, whole: what they lack, nobody will ever fetch again."""

from mlgitops.audit.check import audit

__all__ = ["audit"]

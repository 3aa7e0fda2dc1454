"""What a process that serves keeps in memory."""

import gc
import sys
from typing import Any

import pyarrow as pa


class NoPandas:
    """An importer for a process that only serves: pyarrow would load pandas where it is installed, 65 MB."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def save() -> None:
    """Load no more than serving needs, and give back what is not used."""
    sys.meta_path.insert(0, NoPandas)
    pa.set_memory_pool(pa.system_memory_pool())  # its own one keeps 20 MB for the next file


def settle() -> None:
    """Free what is not used any more; what is left is not looked through again, which would take 70 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()

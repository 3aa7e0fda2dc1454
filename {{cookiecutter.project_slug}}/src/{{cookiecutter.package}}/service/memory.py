"""What a process that serves keeps in memory."""

import ctypes
import gc
import os
import sys
from typing import Any

ARENAS, MAPPED = -8, -3  # M_ARENA_MAX, M_MMAP_THRESHOLD of <malloc.h>
CLOUDS = {"pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs", "pyarrow._hdfs"}


class Without:
    """An importer for a process that only serves.

    pyarrow would load pandas where it is installed, 65 MB, and the file systems of clouds, 3 MB.
    """

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas" or name in CLOUDS:
            raise ModuleNotFoundError(name)


def save() -> None:
    """Load no more than serving needs, and give back what is not used; called before pyarrow is imported.

    pyarrow's own pool keeps up to 16 MB for the next file. `pa.set_memory_pool` does not reach its writer.
    """
    sys.meta_path.insert(0, Without)
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(libc, "mallopt"):  # glibc: no heap for each thread; what is large goes back once it is freed
        libc.mallopt(ARENAS, 1)
        libc.mallopt(MAPPED, 1 << 18)


def settle() -> None:
    """Free what is not used any more; what is left is not looked through again, which would take 70 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()

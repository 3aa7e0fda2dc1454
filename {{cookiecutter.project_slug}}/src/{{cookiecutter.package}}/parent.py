"""A stage ends with the process that runs it: what a killed `dvc repro` leaves behind would go on writing."""

import os
import threading
import time

INTERVAL = 0.5  # seconds between two looks


def watch(named: str) -> None:
    """From now on, in a thread of its own: end this process, whatever it does, when its parent is gone.

    named: the parent's process id as the shell of the stage's command knew it, since the parent may have been
    killed before this process came so far as to ask. Of a shell that did not know it, it is the one of now.
    """
    parent = int(named) if named.isdecimal() else os.getppid()
    threading.Thread(target=_end_without, args=(parent,), daemon=True).start()


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(INTERVAL)
    os._exit(1)

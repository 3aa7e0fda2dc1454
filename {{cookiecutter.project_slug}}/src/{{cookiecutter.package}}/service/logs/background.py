"""Threads beside the requests: an answer goes before its record, and before a shadow's score."""

import os
import sys
import threading

NICE = 5


class Room:
    """For so many rows that wait for a thread; what comes on top is not taken."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.rows, self._lock = capacity, 0, threading.Lock()

    def take(self, rows: int) -> bool:
        """Whether they fit, all of them."""
        with self._lock:
            fit = self.rows + rows <= self.capacity
            self.rows += rows if fit else 0
        return fit

    def free(self, rows: int) -> None:
        with self._lock:
            self.rows -= rows


def step_back() -> None:
    """Let the calling thread have less of the processor than those that answer."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)

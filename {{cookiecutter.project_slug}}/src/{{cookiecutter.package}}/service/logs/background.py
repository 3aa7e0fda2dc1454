"""Threads beside the requests: an answer goes before its record, and before a shadow's score."""

import os
import sys
import threading

NICE = 5


def step_back() -> None:
    """Let the calling thread have less of the processor than those that answer."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)

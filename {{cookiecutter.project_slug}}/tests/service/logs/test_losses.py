"""What a killed process and a full disk cost: at most a second of the log, and no answer."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pyarrow.dataset as ds
import pytest

ROW = {"carrier": "AA", "month": 6, "temp": 0.1}
SECOND = 1.5  # what may be lost, and how late a busy machine may be


def answered(service, stop: threading.Event) -> list[tuple[str, float]]:
    """The ids that came back, and when, until the service is gone."""
    found = []
    with httpx.Client(base_url=service.url, trust_env=False) as http:
        while not stop.is_set():
            try:
                answer = http.post("/v1/late-arrival/predict", json=[ROW] * 20).json()
            except httpx.TransportError:
                break
            found += [(each["id"], time.monotonic()) for each in answer["predictions"]]
    return found


def logged(service) -> set[str]:
    found = ds.dataset(service.folder / "predictions" / "late-arrival").to_table()
    return set(found.column("id").to_pylist())


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_kill_9_costs_the_log_at_most_a_second(stopped, options):
    stopped.start(*options)
    found, stop = [], threading.Event()
    callers = [threading.Thread(target=lambda: found.extend(answered(stopped, stop))) for _ in range(4)]
    for caller in callers:
        caller.start()
    time.sleep(4)
    parent = stopped.process.pid
    workers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for pid in map(int, workers or [parent]):
        os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    stop.set()
    for caller in callers:
        caller.join()
    old = {each for each, when in found if when < killed - SECOND}
    assert len(workers) == (2 if options else 0) and len(old) > 500
    assert not old - logged(stopped)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte where predictions are logged."""
    folder = tmp_path / "predictions"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_costs_rows_that_are_counted_and_no_answer(small_disk, stopped):
    stopped.start()
    filler = small_disk / ".filler"
    filler.write_bytes(bytes(1 << 20))  # all of it: a file of 5,000 rows needs 36 kB
    for _ in range(6):
        answer = stopped.predict([ROW] * 5000)
        assert answer.status_code == 200 and len(answer.json()["predictions"]) == 5000
    dropped = count(stopped)
    assert dropped >= 10_000
    filler.unlink()
    time.sleep(1.5)
    (new,) = stopped.predict(ROW).json()["predictions"]
    time.sleep(1.5)
    assert new["id"] in logged(stopped) and count(stopped) == dropped
    assert len(logged(stopped)) == 30_001 - dropped


def count(service) -> int:
    lines = service.http.get("/metrics").text.splitlines()
    return int(next(float(line.split()[-1]) for line in lines if line.startswith("log_dropped_rows_total")))

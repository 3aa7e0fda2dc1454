"""A service of two processes: one address, one answer to operators, all or none changed."""

import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from {{ cookiecutter.package }}.service.workers.tally import lasting, total

ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


@pytest.fixture
def two(stopped):
    stopped.start("--workers", "2")
    until(lambda: len(workers(stopped)) == 2)
    return stopped


def workers(service) -> list[int]:
    parent = service.process.pid
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def until(what, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def models(service, calls: int = 20) -> set[str]:
    """The models that answer on connections of their own."""
    answers = [httpx.post(f"{service.url}/v1/late-arrival/predict", json=ROW) for _ in range(calls)]
    return {each.json()["predictions"][0]["model"] for each in answers}


def counted(service) -> float:
    lines = service.http.get("/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("predicted_rows_total{"))


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


def test_both_answer_and_their_numbers_are_one(two):
    before = {pid: cpu(pid) for pid in workers(two)}
    for _ in range(20):
        with httpx.Client() as http:
            for _ in range(20):
                http.post(f"{two.url}/v1/late-arrival/predict", json=ROW)
    assert counted(two) == 400
    assert all(cpu(pid) > before[pid] for pid in workers(two))
    two.stop()
    files = list((two.folder / "predictions" / "late-arrival").iterdir())
    assert len(files) == 2 and len({file.name.split("-")[1] for file in files}) == 2


def cpu(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def test_a_worker_that_is_killed_is_replaced_and_its_numbers_stay(two):
    assert models(two) == {"late-arrival@v0.1.0"} and counted(two) == 20
    killed, other = workers(two)
    os.kill(killed, signal.SIGKILL)
    started = time.monotonic()
    until(lambda: len(workers(two)) == 2 and killed not in workers(two))
    assert other in workers(two) and counted(two) == 20
    assert models(two) == {"late-arrival@v0.1.0"} and counted(two) == 40
    assert time.monotonic() - started < 10


def test_all_change_or_none(two, state):
    bad = two.reload(state("bad.json", version="v0.2.0", recorded=0.9))
    assert bad.status_code == 409 and "golden row 1" in bad.json()["problem"]
    assert models(two) == {"late-arrival@v0.1.0"}
    good = two.reload(state("good.json", version="v0.3.0", slope=2.0))
    assert list(good.json()["models"]) == ["late-arrival@v0.3.0"]
    assert models(two) == {"late-arrival@v0.3.0"}
    os.kill(workers(two)[0], signal.SIGKILL)
    time.sleep(0.2)
    assert models(two) == {"late-arrival@v0.3.0"}


def test_a_worker_that_dies_in_a_change_keeps_the_old_state(two, state):
    path = state("next.json", version="v0.2.0", slope=2.0)
    stopped, results = workers(two)[0], []
    os.kill(stopped, signal.SIGSTOP)  # so that the change waits for it
    http = of_another(two)
    asking = threading.Thread(
        target=lambda: results.append(http.post("/-/reload", json={"state": str(path)}))
    )
    asking.start()
    time.sleep(0.5)
    os.kill(stopped, signal.SIGKILL)
    asking.join()
    assert results[0].status_code == 409 and results[0].json() == {"problem": "the worker ended"}
    assert models(two) == {"late-arrival@v0.1.0"}


def of_another(service) -> httpx.Client:
    """A connection to a worker that answers."""
    while True:
        http = httpx.Client(base_url=service.url, trust_env=False, timeout=2)
        try:
            http.get("/health/live")
        except httpx.TransportError:
            continue
        http.timeout = 20
        return http


def test_workers_end_with_their_parent_and_leave_the_address(two):
    old = workers(two)
    two.process.kill()
    two.process.wait()
    two.start("--workers", "2")
    until(lambda: not any(map(is_alive, old)))
    assert models(two) == {"late-arrival@v0.1.0"}


def test_told_to_end_they_answer_what_is_under_way(two):
    answers, connected = [], threading.Barrier(5, timeout=60)

    def call() -> None:
        with httpx.Client(base_url=two.url, timeout=20) as http:
            http.get("/health/live")
            connected.wait()
            answers.append(http.post("/v1/late-arrival/predict", json=[ROW] * 10_000).status_code)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    connected.wait()
    time.sleep(0.2)
    old = workers(two)
    two.process.terminate()
    for caller in callers:
        caller.join()
    assert answers == [200] * 4 and two.process.wait(timeout=20) == 0
    assert not any(map(is_alive, old))


def test_workers_that_can_not_start_are_an_error_not_a_loop(stopped, state):
    state("serving.json", version="v0.2.0", recorded=0.9)
    with pytest.raises(AssertionError, match="did not start"):
        stopped.start("--workers", "2")
    assert stopped.process.wait(timeout=20) == 1


def test_numbers_add_up_and_what_is_ended_only_counts():
    a, b, up = ("rows", {"model": "a"}, 2.0), ("rows", {"model": "b"}, 1.0), ("up", {}, 1.0)
    one = [("rows", "", "counter", [a]), ("up", "", "gauge", [up])]
    two = [("rows", "", "counter", [a, b]), ("up", "", "gauge", [up])]
    both = total([one, two])
    assert both[0][3] == [("rows", {"model": "a"}, 4.0), b]
    assert both[1][3] == [up] and lasting(both) == both[:1]

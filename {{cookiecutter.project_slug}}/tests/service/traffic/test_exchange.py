"""The short way of a prediction: where it is made."""

import asyncio
import threading

import pytest

from {{ cookiecutter.package }}.service.exchange import LARGE, NOBODY, predicted


@pytest.mark.parametrize(("size", "beside"), [(100, False), (LARGE, True)])
def test_single_rows_do_not_wait_for_a_large_batch(size, beside):
    threads = []

    def predict(body: bytes, _: object) -> bytes:
        threads.append(threading.current_thread())
        return body

    assert asyncio.run(predicted(predict, b"x" * size, NOBODY)) == b"x" * size
    assert (threads[0] is not threading.current_thread()) == beside

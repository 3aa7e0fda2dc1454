"""The short way of a prediction: where it is made."""

import asyncio
import threading

import pytest

from {{ cookiecutter.package }}.service.app import Application
from {{ cookiecutter.package }}.service.http.exchange import LARGE, NOBODY, predicted


@pytest.mark.parametrize(("size", "beside"), [(100, False), (LARGE, True)])
def test_single_rows_do_not_wait_for_a_large_batch(size, beside):
    threads = []

    def predict(body: bytes, _: object) -> bytes:
        threads.append(threading.current_thread())
        return body

    assert asyncio.run(predicted(predict, b"x" * size, NOBODY)) == b"x" * size
    assert (threads[0] is not threading.current_thread()) == beside


def test_predictions_pass_no_framework():
    sent = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"row", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    application = Application({"late": lambda body, _: body + b" scored"}, litestar=None)
    scope = {"type": "http", "method": "POST", "path": "/v1/late/predict", "headers": []}
    asyncio.run(application(scope, receive, send))
    assert [sent[0]["status"], sent[1]["body"]] == [200, b"row scored"]

"""The service's own HTTP server around an application that answers at once: python constant.py MODULE PORT."""

import importlib
import sys

import uvicorn

ANSWER = b'{"predictions":[{"id":"0123456789abcdef","model":"late-arrival@v1.0.0","probability":0.5,"label":1}]}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
module, port = sys.argv[1:]


class Constant:
    metrics = importlib.import_module(f"{module}.metrics").Metrics()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})


configured = importlib.import_module(f"{module}.http.front").configured
uvicorn.Server(configured(Constant(), host="127.0.0.1", port=int(port))).run()

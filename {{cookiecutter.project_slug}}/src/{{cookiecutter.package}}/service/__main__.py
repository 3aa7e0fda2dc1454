"""Serve models over HTTP: python -m <package>.service STATE_DIR, or --bundle models/<name> for one model."""

import argparse
import sys
from pathlib import Path

import uvicorn

from .server import STATE, Service
from .state import BadState, Serving

EXAMPLES = """examples:
  python -m {package} --bundle models/late-arrival        one bundle, as `make serve` does
  python -m {package} STATE_DIR --port 8081               what STATE_DIR/serving.json names
  python -m {package} STATE_DIR --check next.json         would that file serve? exit 0 or 1

then open http://127.0.0.1:8080/docs
"""


def main() -> int:
    options = parse(sys.argv[1:])
    try:
        serving = load(options)
    except BadState as error:
        print(f"service: {error}", file=sys.stderr)
        return 1
    if options.check:
        return 0
    names = ", ".join(serving.models)
    print(f"{serving.environment}: {names} on http://{options.host}:{options.port}/docs", flush=True)
    service = Service(serving, options.state_dir or Path("build/service"))
    where = {"host": options.host, "port": options.port}
    uvicorn.run(service, **where, log_level="warning", access_log=False, lifespan="on")
    return 0


def load(options: argparse.Namespace) -> Serving:
    if options.bundle:
        return Serving.single(options.bundle)
    return Serving.load(options.state_dir / (options.check or STATE))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description="Serve models over HTTP.",
        epilog=EXAMPLES.format(package=__package__),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("state_dir", nargs="?", type=Path, metavar="STATE_DIR", help="folder with serving.json")
    what.add_argument("--bundle", type=Path, metavar="DIR", help="serve this bundle under its model's name")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--check", metavar="FILE", help="prove the models of this file in STATE_DIR, and end")
    options = parser.parse_args(arguments)
    if options.check and options.bundle:
        parser.error("--check goes with STATE_DIR")
    return options


if __name__ == "__main__":
    sys.exit(main())

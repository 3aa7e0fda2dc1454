"""Serve models over HTTP: python -m <package>.service STATE_DIR, or --bundle models/<name> for one model."""

import argparse
import sys
from pathlib import Path

from . import memory
from .workers.parent import STATE, run

EXAMPLES = """examples:
  python -m {package} --bundle models/late-arrival        one bundle, as `make serve` does
  python -m {package} STATE_DIR --port 8081               what STATE_DIR/serving.json names
  python -m {package} STATE_DIR --workers 2               the same, in two processes
  python -m {package} STATE_DIR --check next.json         would that file serve? exit 0 or 1

then open http://127.0.0.1:8080/docs
"""


def main() -> int:
    options = parse(sys.argv[1:])
    if options.workers > 1 and not options.check:
        return run(options.state_dir, options.host, options.port, options.workers)
    return serve(options)


def serve(options: argparse.Namespace) -> int:
    """Serve in this process, or prove only."""
    memory.save()
    import uvicorn

    from .http.front import configured
    from .server import Service  # the parent of workers needs none of what these import
    from .state import BadState, Serving

    try:
        file = options.state_dir and options.state_dir / (options.check or STATE)
        serving = Serving.single(options.bundle) if options.bundle else Serving.load(file)
    except BadState as error:
        print(f"service: {error}", file=sys.stderr)
        return 1
    if options.check:
        return 0
    names = ", ".join(serving.models)
    print(f"{serving.environment}: {names} on http://{options.host}:{options.port}/docs", flush=True)
    service = Service(serving, options.state_dir or Path("build/service"), options.logs)
    uvicorn.Server(configured(service, host=options.host, port=options.port)).run()
    return 0


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
    parser.add_argument("--logs", type=Path, metavar="DIR", help="folder of the logs; else STATE_DIR")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that answer")
    options = parser.parse_args(arguments)
    if options.bundle and (options.check or options.workers > 1):
        parser.error("--check and --workers go with STATE_DIR")
    if options.logs and options.workers > 1:
        parser.error("--logs goes with one worker")
    return options


if __name__ == "__main__":
    sys.exit(main())

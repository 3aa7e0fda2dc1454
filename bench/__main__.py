"""`make bench`: ratios side by side in one run, written to build/bench.json and docs/benchmarks.md.

Usage: python -m bench [pipeline] [bootstrap] [serving]; without a name, all. What is not run keeps its section.
"""

import json
import os
import platform
import sys

from bench import pipeline, resampling, serving
from demo.place import ROOT

PARTS = {"pipeline": pipeline, "bootstrap": resampling, "serving": serving}
PAGE, FACTS = ROOT / "docs" / "benchmarks.md", ROOT / "build" / "bench.json"


def main(*names: str) -> None:
    """Measure one part after the other; each is written as soon as it is known."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
    FACTS.parent.mkdir(exist_ok=True)
    for name in names or PARTS:
        found = PARTS[name].measure()
        known = json.loads(FACTS.read_bytes()) if FACTS.exists() else {}
        FACTS.write_text(json.dumps(known | {name: found}, indent=1, default=vars) + "\n")
        PAGE.write_text(with_section(PAGE.read_text(), PARTS[name].section(found, machine)))


def with_section(page: str, section: str) -> str:
    """The page with this section instead of the one of the same heading, or at its end."""
    parts = page.rstrip("\n").split("\n\n## ")
    heading, new = section.split("\n")[0], section.rstrip("\n")
    places = [place for place, part in enumerate(parts) if f"## {part}".split("\n")[0] == heading]
    if places:
        parts[places[0]] = new.removeprefix("## ")
        return "\n\n## ".join(parts) + "\n"
    return f"{page.rstrip()}\n\n{new}\n"


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A real browser without a window or a network: headless Chromium, where there is one."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND"  # no name has an address
BROWSER = "not an origin"


@dataclass(frozen=True)
class Browser:
    """The program, and the folder of its profile."""

    program: str
    profile: Path

    def open(self, page: str, *flags: str) -> str:
        """What it prints about a page: an address, file:// and all."""
        command = [self.program, *FLAGS, NOWHERE, f"--user-data-dir={self.profile}", *flags, page]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        return done.stdout

    def requests(self, page: str) -> set[str]:
        """What a page asks of the network; what the browser asks for itself has no origin."""
        log = self.profile.with_name("net.json")
        self.open(page, "--dump-dom", f"--log-net-log={log}")
        asked = [event["params"] for event in json.loads(log.read_text())["events"] if "params" in event]
        return {found["url"] for found in asked if found.get("initiator", BROWSER) != BROWSER}

    def picture(self, page: str, path: Path, width: int, height: int, *, dark: bool = False) -> bytes:
        """A screenshot, which is kept at path; its bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        colours = ["--blink-settings=preferredColorScheme=0"] if dark else []
        self.open(page, f"--screenshot={path}", f"--window-size={width},{height}", *colours)
        return path.read_bytes()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    return Browser(program, tmp_path / "profile")

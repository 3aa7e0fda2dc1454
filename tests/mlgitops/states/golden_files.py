"""Texts as people see them, kept in golden/ as they are but for ids and times."""

import os
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
IDS = [
    (r"\b[0-9a-f]{40}\b", "<commit>"),
    (r"(sha256|md5):[0-9a-f]{12,64}", r"\1:<hash>"),
    (r"(`(?:main|PR|release|[\w-]+)` |base )[0-9a-f]{7}\b", r"\1<commit>"),
    (r'"[0-9a-f]{7}"', '"<commit>"'),  # on an axis
    (r"`[0-9a-f]{8}`", "`<hash>`"),
    (r"`[0-9a-f]{7}`", "`<commit>`"),
    (r"[^\s']+/(disk|python\S*|stages\.py|gone\.py)\b", r"<path>/\1"),
    (r"[\d.]+ (minutes of training|CPU seconds)", r"<time> \1"),
    (r"(?m)^(\| Training, .* \|) [\d.]+ (\| \S+ \|.*)$", r"\1 <time> \2"),
]


def held(name: str, text: str) -> None:
    """Hold a text against its file; UPDATE_GOLDEN=1 writes it anew."""
    for pattern, instead in IDS:
        text = re.sub(pattern, instead, text)
    file = FOLDER / f"{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text(), f"{file} differs; UPDATE_GOLDEN=1 writes it anew"

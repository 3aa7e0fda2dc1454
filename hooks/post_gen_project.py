"""Leave out what running the actions in the template left beside them."""

import shutil
from pathlib import Path

CACHES = ("__pycache__", "*.egg-info", ".pytest_cache", ".ruff_cache")


def main() -> None:
    for pattern in CACHES:
        for folder in list(Path.cwd().rglob(pattern)):
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

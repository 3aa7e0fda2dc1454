"""Leave out what the answers do not need, and what running the actions in the template left beside them."""

import shutil
from pathlib import Path

TARGET = "{{ cookiecutter.deploy_target }}"
CACHES = ("__pycache__", "*.egg-info", ".pytest_cache", ".ruff_cache")


def main() -> None:
    if TARGET == "local":
        shutil.rmtree("deploy")
        Path(".github", "workflows", "image.yml").unlink()
    for pattern in CACHES:
        for folder in list(Path.cwd().rglob(pattern)):
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

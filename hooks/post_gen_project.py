"""Leave out what the answers do not need, and what running the actions in the template left beside them."""

import shutil
from pathlib import Path

TARGET = "{{ cookiecutter.deploy_target }}"
CACHES = ("__pycache__", "*.egg-info", ".pytest_cache", ".ruff_cache")


WORKFLOWS = Path(".github", "workflows")
IMAGES = WORKFLOWS / "deploy-images.yml.part"  # jobs that deploy.yml has for a cluster


def main() -> None:
    if TARGET == "kubernetes":
        with (WORKFLOWS / "deploy.yml").open("ab") as jobs:
            jobs.write(IMAGES.read_bytes())
    else:
        shutil.rmtree("deploy")
        (WORKFLOWS / "image.yml").unlink()
    IMAGES.unlink()
    for pattern in CACHES:
        for folder in list(Path.cwd().rglob(pattern)):
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""The template's folders, and a bake of it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "{{cookiecutter.project_slug}}"
ACTIONS = ROOT / "actions"
WORKFLOWS = PROJECT / ".github" / "workflows"
BIN = ROOT / ".venv" / "bin"


def bake(folder: Path, **answers: str) -> Path:
    """A repository generated into `folder`; its path."""
    from cookiecutter.main import cookiecutter

    settings = folder / "cookiecutter.yaml"
    settings.write_text(f"replay_dir: {folder}/replay\ncookiecutters_dir: {folder}/cookiecutters\n")
    made = cookiecutter(
        str(ROOT), no_input=True, extra_context=answers, output_dir=str(folder), config_file=str(settings)
    )
    return Path(made)

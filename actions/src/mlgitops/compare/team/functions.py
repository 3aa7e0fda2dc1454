"""A team's functions on the rows and on every draw, by the project's own python: mlgitops has other packages.

Labels and scores go by file, the draws' counts through a pipe, so that neither side holds more than one chunk.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from mlgitops.compare.draws import Draws
from mlgitops.compare.metrics import Function
from mlgitops.compare.team import runner
from mlgitops.errors import CannotCheck
from mlgitops.repository.tools import environment, last_words, tool

Array = np.ndarray


def measure(functions: list[Function], labels: Array, sides: list[Array], draws: Draws) -> tuple[Array, Array]:
    """(models, functions) on the rows themselves and (draws, models, functions) on the rows drawn.

    sides: the scores of each model. CannotCheck with the function and the last line of its error.
    """
    shape = (1 + draws.draws, len(sides), len(functions))
    with tempfile.TemporaryDirectory() as name:
        folder, classes = Path(name), functions[0].classes
        np.save(folder / runner.TRUTH, labels if classes is None else classes[labels])
        for number, scores in enumerate(sides):
            np.save(folder / runner.SCORES.format(number), scores)
        _run(functions, folder, _rows(len(labels), draws))
        found = _values(functions, folder / runner.VALUES, shape)
    return found[0], found[1:]


def _rows(rows: int, draws: Draws) -> Iterator[bytes]:
    """The counts as the runner reads them: first each row once, then those of the draws."""
    yield np.ones(rows, dtype=runner.COUNT).tobytes()
    for chunk in draws.chunks():
        yield draws.counts(*chunk).astype(runner.COUNT).tobytes()


def _run(functions: list[Function], folder: Path, counts: Iterator[bytes]) -> None:
    paths, root = [function.path for function in functions], functions[0].root
    command = [tool(root, "python"), "-c", Path(runner.__file__).read_text(), str(folder), *paths]
    with (folder / "errors").open("w+", errors="replace") as errors:
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": errors}
        with subprocess.Popen(command, cwd=root, env=environment(root), **options) as process:
            _feed(process, counts)
        errors.seek(0)
        if process.returncode:
            raise _problem(_why(paths, process.returncode, errors))


def _why(paths: list[str], code: int, errors: Iterable[str]) -> str:
    """The runner's last line, which begins with the function; else what ended it."""
    said = last_words(errors)
    if said.startswith(tuple(paths)):
        return said
    return f"{', '.join(paths)}: {f'it was ended by signal {-code}' if code < 0 else said}"


def _feed(process: subprocess.Popen, counts: Iterator[bytes]) -> None:
    """A process that has ended takes no more; its exit code says why."""
    with suppress(BrokenPipeError):
        for block in counts:
            process.stdin.write(block)
    with suppress(BrokenPipeError):
        process.stdin.close()


def _values(functions: list[Function], file: Path, shape: tuple[int, ...]) -> Array:
    """What the runner wrote; a function that ends the process leaves nothing."""
    try:
        found = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        found = np.empty(0)
    if found.shape != shape or found.dtype != np.float64:
        raise _problem(f"{', '.join(function.path for function in functions)}: it ended early")
    return found


def _problem(given: str) -> CannotCheck:
    return CannotCheck("A metric's function could not be run", given=given, next="See metrics in gates.yaml")

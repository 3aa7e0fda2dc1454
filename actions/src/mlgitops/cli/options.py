"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

Gates = Annotated[Path, typer.Option(help="The file that names the model, its predictions and its gates.")]
Root = Annotated[Path | None, typer.Option(help="Where environments are kept on this machine.")]
AllGates = Annotated[
    list[Path], typer.Option(envvar="MLGITOPS_GATES", help="What a model must show; once for each model.")
]

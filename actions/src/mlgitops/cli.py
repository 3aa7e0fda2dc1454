"""The command line: one verb for each action, and the same verbs on a laptop."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mlgitops.errors import Problem

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def verbs() -> None:
    """Compare, report, register and deploy models by git review."""


Gates = Annotated[Path, typer.Option(help="The file that names the model, its predictions and its gates.")]


@app.command(epilog="Example: mlgitops scope --install auto")
def scope(
    install: Annotated[str, typer.Option(help="auto, project, dvc or nothing: what this job needs.")] = "auto",
) -> None:
    """Decide what a job has to install: the project only if its pull request touches the pipeline."""
    from mlgitops.errors import CannotCheck
    from mlgitops.github import event
    from mlgitops.repository.git import Repository
    from mlgitops.repository.scope import fetch_base, touched

    if install not in ("auto", "project", "dvc", "nothing"):
        raise CannotCheck("--install takes auto, project, dvc or nothing", given=install)
    pull, paths = event.pull_request(), []
    if pull:
        repository = Repository.here()
        paths = touched(repository, fetch_base(repository, pull))
        print("\n".join(["Touched:", *paths]) if paths else "Nothing that the model is made of was touched.")
    event.set_output("install", install if install != "auto" else "project" if paths else "nothing")


storage = typer.Typer(no_args_is_help=True, help="The branch dvc-storage, a DVC remote inside the repository.")
app.add_typer(storage, name="storage")


@storage.command(epilog="Example: mlgitops storage attach && dvc pull")
def attach() -> None:
    """Check the branch out at .dvc/storage, where DVC reads and writes it."""
    from mlgitops.repository.git import Repository
    from mlgitops.repository.storage import Storage

    found = Storage(Repository.here())
    if not found.is_used():
        print("The default remote in .dvc/config is not the storage branch: nothing to attach.")
        return
    found.attach()
    print(f"The storage branch is at {found.path.relative_to(found.repository.root)}.")


@storage.command(epilog="Example: dvc push && mlgitops storage push")
def push() -> None:
    """Add DVC's new objects to the branch on origin; safe to repeat, and beside other pushes."""
    from mlgitops.repository.git import Repository
    from mlgitops.repository.storage import ADVISED_TOTAL, Storage

    found = Storage(Repository.here())
    if not found.is_used():
        return
    found.attach()
    print(f"Stored {found.push()} new objects on the storage branch.")
    if (size := found.size()) > ADVISED_TOTAL:
        print(f"The branch holds {size / 1e6:,.0f} MB: time for another DVC remote (see CONTRIBUTING.md).")


@app.command(name="validate-data", epilog="Example: mlgitops validate-data")
def validate_data(
    validation: Annotated[Path, typer.Option(help="The result that the stage writes.")] = Path(
        "reports/validation.json"
    ),
) -> None:
    """Run the validate stage and show its failures: on the terminal, as annotations, on the job's summary."""
    from mlgitops.pipeline import result
    from mlgitops.pipeline import validation as shown
    from mlgitops.pipeline.train import run
    from mlgitops.repository.git import Repository

    result.PATH.unlink(missing_ok=True)
    repository = Repository.here()
    try:
        run(repository, "validate")
    finally:
        shown.show(repository.root / validation)


@app.command(epilog="Example: mlgitops train --gates gates.yaml")
def train(gates: Gates = Path("gates.yaml")) -> None:
    """Bring the pipeline up to date, push what it made, and pack what belongs on the branch."""
    from mlgitops.compare.gates import read
    from mlgitops.github import event, recording
    from mlgitops.pipeline.train import run, store
    from mlgitops.repository.git import Repository
    from mlgitops.repository.lock import Lock

    repository, named = Repository.here(), read(gates)
    pipeline = run(repository)
    store(repository, [named.predictions, named.model])
    recording.pack(repository, repository.root / "report" / recording.FOLDER)
    event.set_output("retrained", str(pipeline.retrained).lower())
    event.set_output("model-digest", Lock.read(repository).outs[named.model].digest)


@app.command(
    epilog="Example: mlgitops compare --base origin/main   or, without a repository: "
    "mlgitops compare --base-predictions A.parquet --head-predictions B.parquet --out report.json"
)
def compare(
    gates: Gates = Path("gates.yaml"),
    base: Annotated[str | None, typer.Option(help="A revision; compared is where its history and HEAD's part.")] = None,
    base_predictions: Annotated[Path | None, typer.Option(help="Instead of --base: the base's parquet file …")] = None,
    head_predictions: Annotated[Path | None, typer.Option(help="… and the other one.")] = None,
    pipeline: Annotated[Path | None, typer.Option(help="What happened to the stages.")] = None,
    validation: Annotated[Path | None, typer.Option(help="The result of the data validation.")] = None,
    out: Annotated[Path, typer.Option(help="The report to write.")] = Path("report/report.json"),
) -> None:
    """Measure two models on the same rows, and hold the difference against the gates.

    Exit code 0: ready, a first result, or a decision is needed. 1: a gate failed. 2: it could not be checked.
    """
    from mlgitops.compare import run, terminal
    from mlgitops.compare.verdict import exit_code
    from mlgitops.errors import CannotCheck
    from mlgitops.report import schema

    files = (base_predictions, head_predictions)
    if (any(files) and (base or not all(files))) or not (base or any(files)):
        given = " ".join(filter(None, [base and "--base", *(f and "--…-predictions" for f in files)]))
        raise CannotCheck("Give --base, or --base-predictions with --head-predictions", given=given or "none of them")
    inputs = run.Inputs(gates=gates, pipeline=pipeline, validation=validation)
    report = run.files(inputs, *files) if all(files) else run.commits(inputs, base)
    schema.write(schema.dump(report), out)
    terminal.show(report, out)
    raise typer.Exit(exit_code(report))


@app.command(epilog="Example: mlgitops render report/report.json --out report/report.md")
def render(
    report: Annotated[Path, typer.Argument(help="What mlgitops compare wrote.")] = Path("report/report.json"),
    out: Annotated[Path | None, typer.Option(help="The Markdown to write; without it, it is printed.")] = None,
    run_url: Annotated[str | None, typer.Option(help="The page of the run, to link to.")] = None,
) -> None:
    """Make the comment of a report: Markdown for GitHub."""
    from mlgitops.errors import CannotCheck
    from mlgitops.report import markdown, schema

    if not report.is_file():
        raise CannotCheck("There is no report", given=report, next="Make it: mlgitops compare")
    text = markdown.render(schema.load(report.read_bytes(), report.name), run_url)
    if out is None:
        print(text, end="")
    else:
        schema.write(text.encode(), out)


@app.command(epilog="Example: mlgitops register --gates gates.yaml")
def register(gates: Gates = Path("gates.yaml")) -> None:
    """Tag the next version of the model that this commit's dvc.lock records; nothing to do is no error."""
    from mlgitops.compare.gates import read
    from mlgitops.deploy.register import register as make_tag
    from mlgitops.github import event
    from mlgitops.repository.git import Repository
    from mlgitops.repository.lock import Lock

    repository, named = Repository.here(), read(gates)
    if named.model not in Lock.read(repository, "HEAD").outs:
        print(f"dvc.lock records no {named.model} yet: nothing to register.")
        event.set_output("version", "")
        return
    version, new = make_tag(repository, named.name, named.model)
    print(f"Registered {version}." if new else f"{version} has this digest already.")
    event.set_output("version", version)


Root = Annotated[Path | None, typer.Option(help="Where environments are kept on this machine.")]


@app.command(name="deploy", epilog="Example: mlgitops deploy staging")
def deploy_environment(environment: str, root: Root = None) -> None:
    """Make an environment serve what its file says at HEAD; if that fails, what served before serves on."""
    from mlgitops.deploy import place
    from mlgitops.deploy.change import deploy
    from mlgitops.errors import CheckFailed
    from mlgitops.github import event
    from mlgitops.repository.git import Repository

    repository = Repository.here()
    done = deploy(repository, environment, place.root(repository, root))
    event.add_summary(done.markdown())
    if done.result == "failed":
        raise CheckFailed(f"{environment} was not changed", given=done.why, next=done.serves)
    print("\n".join(done.lines()))


@app.command(epilog="Example: mlgitops status --json")
def status(
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Show every environment that was deployed on this machine: address, versions, digests, health."""
    import msgspec

    from mlgitops.deploy import place
    from mlgitops.deploy.status import every

    found = every(place.root(None, root))
    if as_json:
        print(msgspec.json.encode([msgspec.to_builtins(each) | {"healthy": each.healthy} for each in found]).decode())
    else:
        print("\n".join(line for each in found for line in each.lines()) or "Nothing was deployed here yet.")


@app.command(epilog="Example: mlgitops stop staging")
def stop(environment: str, root: Root = None) -> None:
    """End the service of an environment on this machine, and what supervises it."""
    from mlgitops.deploy import place
    from mlgitops.deploy.status import stop as end

    ended = end(place.root(None, root), environment)
    print(f"{environment}: stopped." if ended else f"{environment}: nothing was running.")


@app.command(epilog="Runs in report.yml: mlgitops post")
def post() -> None:
    """Report a finished run: verify its artifact, record what it trained, comment, and set the check."""
    from mlgitops.github import event
    from mlgitops.github.api import Api
    from mlgitops.github.reporting import report
    from mlgitops.repository.git import Repository

    report(Api(), Repository.here(), event.workflow_run())


def main() -> None:
    """Run a verb; a Problem is one line on stderr and its exit code. MLGITOPS_DEBUG=1 shows the traceback."""
    try:
        app()
    except Problem as problem:
        if os.environ.get("MLGITOPS_DEBUG"):
            raise
        print(f"mlgitops: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)

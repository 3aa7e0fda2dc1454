"""Two models measured on the same rows, and the verdict told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlgitops.cli.options import AllGates, Gates

if TYPE_CHECKING:
    from mlgitops.report.page import Guarded
    from mlgitops.report.schema import Report

app = typer.Typer()


@app.command(
    epilog="Example: mlgitops compare --base origin/main   or, without a repository: "
    "mlgitops compare --base-predictions A.parquet --head-predictions B.parquet --out report.json"
)
def compare(
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
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
    from mlgitops.github import event
    from mlgitops.report import document, markdown
    from mlgitops.report.page import Page

    files = (base_predictions, head_predictions)
    if (any(files) and (base or not all(files))) or not (base or any(files)):
        given = " ".join(filter(None, [base and "--base", *(f and "--…-predictions" for f in files)]))
        raise CannotCheck("Give --base, or --base-predictions with --head-predictions", given=given or "none of them")
    if all(files) and len(gates) > 1:
        given = ", ".join(map(str, gates))
        raise CannotCheck("Two prediction files are of one model", given=given, next="Give one --gates")
    inputs = run.Inputs(gates=gates, pipeline=pipeline, validation=validation)
    report = run.files(inputs, *files) if all(files) else run.commits(inputs, base)
    document.write(document.dump(report), out)
    page = Page(run_url=event.run_url(), run_number=event.run_number(), guarded=_guarded(report, gates))
    text = markdown.render(report, page, markdown.MAX_SUMMARY_BYTES)
    document.write(text.encode(), out.with_suffix(".md"))
    event.add_summary(text)
    terminal.show(report, out)
    raise typer.Exit(exit_code(report))


@app.command(epilog="Example: mlgitops render report/report.json --html --out report/report.html")
def render(
    report: Annotated[Path, typer.Argument(help="What mlgitops compare wrote.")] = Path("report/report.json"),
    html: Annotated[bool, typer.Option("--html", help="A page that looks like the comment, its charts drawn.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, the text is printed.")] = None,
    run_url: Annotated[str | None, typer.Option(help="The page of the run, to link to.")] = None,
    gates: AllGates = [Path("gates.yaml")],  # noqa: B006 typer copies it
) -> None:
    """Make the comment of a report: Markdown for GitHub, or a page to look at without GitHub."""
    from mlgitops.errors import CannotCheck
    from mlgitops.report import document, markdown
    from mlgitops.report.page import Page

    if not report.is_file():
        raise CannotCheck("There is no report", given=report, next="Make it: mlgitops compare")
    said = document.load(report.read_bytes(), report.name)
    text = markdown.render(said, Page(run_url=run_url, guarded=_guarded(said, gates)))
    if html:
        from mlgitops.report.html import page

        text = page(text)
    if out is None:
        print(text, end="")
    else:
        document.write(text.encode(), out)


@app.command(epilog="Example: mlgitops noise --base origin/main --seeds 5")
def noise(
    gates: Gates = Path("gates.yaml"),
    base: Annotated[str, typer.Option(help="A revision: trained is where HEAD left it.")] = "origin/main",
    seeds: Annotated[int, typer.Option(min=2, max=100, help="Pairs to train.")] = 5,
    param: Annotated[str, typer.Option(help="The seed's name in params.yaml.")] = "train.seed",
) -> None:
    """Train base and HEAD again with paired seeds, to see what chance in training does to their difference.

    Writes reports/noise.json: commit it, and the report shows the range beside the intervals.
    """
    from rich.progress import track

    from mlgitops.compare import terminal
    from mlgitops.compare.gates import read
    from mlgitops.noise import record
    from mlgitops.noise.run import run as train_again
    from mlgitops.repository.git import Repository

    repository, named = Repository.here(), read(gates)
    pairs = track(range(1, seeds + 1), description="Training pairs")
    trainings = train_again(repository, named, base, param, pairs)
    file = record.write(trainings, repository.root)
    terminal.show_noise(record.noise(trainings, named), file)


@app.command(epilog="Runs in report.yml and override.yml: mlgitops post")
def post(gates: AllGates = [Path("gates.yaml")]) -> None:  # noqa: B006 typer copies it
    """Say on the pull request what happened: its run starts, has ended, or somebody set or removed `ml-override`."""
    from mlgitops.github import event
    from mlgitops.github.api import Api
    from mlgitops.github.reporting import report, report_again
    from mlgitops.github.running import announce
    from mlgitops.repository.git import Repository

    api = Api()
    match event.action():
        case "requested":
            announce(api, event.workflow_run())
        case "labeled" | "unlabeled":
            report_again(api, Repository.here(), event.pull_request().number, gates)
        case _:
            report(api, Repository.here(), event.workflow_run(), gates)


def _guarded(report: "Report", gates: list[Path]) -> "Guarded":
    """What the history here says of protected paths; nothing where it does not hold the report's base."""
    from mlgitops.errors import CannotCheck
    from mlgitops.guard.paths import between
    from mlgitops.report.page import Guarded
    from mlgitops.repository.git import Repository

    try:
        return between(Repository.here(), report.base.commit, gates) if report.base else Guarded()
    except CannotCheck:
        return Guarded()

"""What a merge would deploy."""

from typing import Annotated

import typer

from mlgitops.cli.options import Root

app = typer.Typer()


@app.command(epilog="Example: mlgitops plan production --base origin/main")
def plan(
    environments: Annotated[list[str] | None, typer.Argument(help="By default all of them.")] = None,
    base: Annotated[str, typer.Option(help="The revision into which HEAD would be merged.")] = "origin/main",
    root: Root = None,
) -> None:
    """Show what a merge of HEAD would make environments serve: from what to what, new, removed, or refused and why.

    Exit code 1: a deploy would be refused, and what serves would serve on.
    """
    from mlgitops.deploy import place
    from mlgitops.deploy.planner import Planner
    from mlgitops.environments import environment
    from mlgitops.github import event
    from mlgitops.github.deployments import Ledger
    from mlgitops.report.sections.plans import plan as shown
    from mlgitops.repository.git import Repository

    repository, planned = Repository.here(), []
    base = repository.rev_parse(base)
    for name in environments or environment.names(repository, base, "HEAD"):
        planner, path = Planner(repository, place.root(repository, root), Ledger.here(name)), environment.path(name)
        planned.append(planner.plan(name, repository.show(base, path), repository.show("HEAD", path)))
        print("\n".join(planned[-1].lines()))
        event.add_summary(shown(planned[-1]))
    raise typer.Exit(any(each.refused for each in planned))

"""What the data's remotes hold."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Example: mlgitops audit --deep")
def audit(
    rev: Annotated[str, typer.Option(help="The commit whose data is looked for.")] = "HEAD",
    deep: Annotated[
        bool,
        typer.Option("--deep", envvar="MLGITOPS_DEEP", help="Read every object back from its remote, and hash it."),
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put back what is lost and whole on this machine; deep, too.")
    ] = False,
) -> None:
    """Look in the remotes for every object that a commit names, and for its size.

    Exit code 0: all is whole. 1: something is missing or harmed. 2: a remote could not be asked.
    """
    from mlgitops.audit import check, terminal, whereabouts
    from mlgitops.audit.repair import put_back
    from mlgitops.errors import CheckFailed
    from mlgitops.github import event
    from mlgitops.repository.git import Repository

    repository = Repository.here()
    commit = repository.rev_parse(rev)
    if repair:
        print(f"Objects put back from this machine: {put_back(repository, commit, terminal.watch)}.")
    found = check.audit(repository, commit, deep=deep or repair, watch=terminal.watch)
    if found is None:
        print(f"{rev} names no data that a remote holds: nothing to audit.")
        return
    said = terminal.summary(found, deep or repair)
    steps = whereabouts.next_steps(repository, rev, found.lost)
    event.add_summary(said + terminal.markdown(found, steps))
    if found.lost:
        terminal.show(found, steps)
        raise CheckFailed(said)
    print(said)

"""The verbs of the storage branch."""

import typer

app = typer.Typer(no_args_is_help=True, help="The branch dvc-storage, a DVC remote inside the repository.")


@app.command(epilog="Example: mlgitops storage attach && dvc pull")
def attach() -> None:
    """Check the branch out at .dvc/storage, where DVC reads and writes it; again: bring in what others have stored."""
    from mlgitops.repository.git import Repository
    from mlgitops.repository.storage import Storage

    found = Storage(Repository.here())
    if not found.is_used():
        print("The default remote in .dvc/config is not the storage branch: nothing to attach.")
        return
    found.refresh()
    print(f"The storage branch is at {found.path.relative_to(found.repository.root)}.")


@app.command(epilog="Example: dvc push && mlgitops storage push")
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

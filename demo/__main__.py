"""`make demo` tells the story, `make demo-stop` ends what it left running."""

import sys

from demo.place import DEMO, DEPLOY_ROOT, ENVIRONMENTS, ROOT, clear, free_ports, stop
from demo.screen import Screen
from demo.story import Story
from demo.team import LOG, Failed
from loopback import GitHub, Machine

LOOK = {
    "comments/": "the comments as GitHub has them, and a page of each to open in a browser",
    "reports/": "the reports they were made of",
    "deployments.json": "what serves, and every deploy",
    "flight-delays/": "the repository",
    "github/": "the GitHub of this machine: its repository, the logs of the jobs, every request",
}


def main() -> None:
    if sys.argv[1:] == ["stop"]:
        print(f"Ended: {', '.join(stop()) or 'nothing was running'}.")
        return
    screen = Screen()
    try:
        clear()
        tell(screen)
    except Failed as failed:
        sys.exit(f"demo: {failed}\nAll that was printed is in {(DEMO / LOG).relative_to(ROOT)}.")
    screen.note(
        f"\nDone in {screen.elapsed():.0f} s. Both environments go on serving; make demo-stop ends them. Look at"
    )
    for name, what in LOOK.items():
        screen.note(f"{(DEMO / name).relative_to(ROOT)!s:<32} {what}")


def tell(screen: Screen) -> None:
    """The whole story, on a clean build/demo."""
    ports = dict(zip(ENVIRONMENTS, free_ports(len(ENVIRONMENTS)), strict=True))
    home = {"MLGITOPS_DEPLOY_ROOT": str(DEPLOY_ROOT)}
    # The workflow Test runs the project's own tests, for which there is `make test` in build/demo/flight-delays.
    with GitHub(DEMO / "github", Machine(environment=home, cml=False), disabled=["Test"]) as github:
        screen.note("act runs the repository's own workflow files against a GitHub on this machine.")
        screen.note("CML is not installed here: that step may fail, and the comments go by the same REST calls.")
        story = Story(screen, github, ports)
        edit = story.laptop.edit
        with screen.step("Generate the repository"):
            story.generate()
        with screen.step("make setup: its environments, its data remote, its hooks"):
            story.laptop.run("make", "setup")
        with screen.step("make data train: the flights of January to June 2013, the first model"):
            story.train()
        with screen.step("Push: v0.1.0 is registered, staging and production are deployed"):
            story.publish()
            story.note_serving()
        with screen.step("A pull request for the better: larger trees"):
            better = story.propose("larger-trees", "Grow larger trees", lambda: edit("params.yaml", *BETTER))
        with screen.step("A pull request for the worse: fewer trees"):
            story.propose("fewer-trees", "Train faster", lambda: edit("params.yaml", *WORSE))
        with screen.step("A pull request with July's data, one column broken"):
            story.propose("july", "Add July", story.add_july_broken)
        with screen.step("Merge the good one: v0.1.1 is registered, staging serves it"):
            story.merge(better)
        with screen.step("The pull request that a job has opened: promote v0.1.1 to production"):
            promotion = story.promotion()
        with screen.step("Merge the promotion: production serves v0.1.1"):
            story.merge(promotion)
        with screen.step("Ask production about one real flight"):
            story.ask()
        with screen.step("git revert the promotion: the old version serves again"):
            story.revert()


BETTER = (r"max_leaf_nodes: \d+", "max_leaf_nodes: 31")
WORSE = (r"max_iter: \d+", "max_iter: 20")

if __name__ == "__main__":
    main()

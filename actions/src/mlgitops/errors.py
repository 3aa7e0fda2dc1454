"""The two ways in which a verb can end badly, and the one form in which it says so."""


class Problem(Exception):
    """Something a person has to mend.

    what: what failed. given: the input as it was typed or read. next: the one step that mends it.
    """

    exit_code = 2

    def __init__(self, what: str, *, given: object = None, next: str = "") -> None:
        self.what, self.given, self.next = what, given, next
        super().__init__(str(self))

    def __str__(self) -> str:
        given = "" if self.given is None else f": {self.given}"
        step = f". {self.next}" if self.next else ""
        return f"{self.what}{given}{step}"


class CheckFailed(Problem):
    """The check ran and says no."""

    exit_code = 1


class CannotCheck(Problem):
    """The check could not be run."""

"""Every fault, by what it befalls. A fault that no test makes, or a test of a fault that is not here, is an error."""

FAULTS: dict[str, list[str]] = {
    "Processes": [
        "kill -9 in train",
        "kill -9 in push",
        "kill -9 between push and tag",
        "kill -9 in the middle of a switch",
        "two concurrent repro",
    ],
    "Disks": ["disk full in the cache", "disk full in the remote", "disk full in the temporary folder"],
    "Remotes": ["remote refuses the connection", "remote answers 403", "remote is slow", "no credentials"],
    "Objects": [
        "missing object",
        "missing directory member",
        "truncated object",
        "bit-flip in the remote",
        "bit-flip in the cache",
    ],
    "Git and its events": [
        "stale lock",
        "ten concurrent merges",
        "the same event twice",
        "stale clone",
        "clone without tags",
        "moved tag",
        "bot pull request that triggers itself",
    ],
    "Clocks": ["clock a year behind", "clock a year ahead"],
    "Parameters": ["malformed params", "duplicate key", "wrong type", "shell characters"],
    "Metrics": ["metrics missing", "NaN", "infinity", "1e400", "boolean", "text for a number", "nested metrics"],
    "Names and texts": [
        "pipe in a name",
        "newline in a name",
        "HTML in a name",
        "backtick in a name",
        "mention in a name",
        "bidirectional control in a name",
        "name of 10,000 characters",
        "report of 100,000 characters",
        "hostile link in a report",
        "unicode paths and spaces",
    ],
    "Data": [
        "no rows",
        "column without a value",
        "infinite value",
        "wrong type of a column",
        "extra column",
        "missing column",
        "duplicate rows",
        "test rows among the training rows",
    ],
    "Models": ["truncated model", "hostile model"],
    "Trust": [
        "hostile .dvc/config",
        "artifact with a path that leaves it",
        "artifact with a symbolic link",
        "zip bomb",
        "forged pull request number",
    ],
}


def names() -> list[str]:
    return [fault for faults in FAULTS.values() for fault in faults]

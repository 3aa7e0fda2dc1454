"""card.md: the model card for people, from the content of card.json."""


def markdown(card: dict) -> str:
    """The card's text: data, metrics with intervals, slices, parameters, and what the model was made of."""
    values = [
        [name, f"{found['value']:.4f}", f"{found['low']:.4f} to {found['high']:.4f}"]
        for name, found in card["metrics"].items()
    ]
    parts = [
        [f"{part['column']} {part['value']}", f"{part['rows']:,}", *measures(part, card["metrics"])]
        for part in card["slices"]
    ]
    sets = [[name, f"{part['rows']:,}", part["from"], part["to"]] for name, part in card["data"].items()]
    sections = {
        "Data": table(["set", "rows", "from", "to"], sets),
        "Metrics on the test rows": table(["metric", "value", "95 % interval"], values),
        "Slices": table(["slice", "rows", *card["metrics"]], parts),
        "Parameters of training": table(["parameter", "value"], card["params"]["train"].items()),
        "Made of": table(["file", "hash"], card["made_of"].items()),
    }
    text = "".join(f"\n## {title}\n\n{body}\n" for title, body in sections.items())
    return f"# {card['name']}\n\n{card['predicts']} ({card['task']}).\n{text}"


def measures(part: dict, names) -> list[str]:
    return [f"{part[name]:.4f}" for name in names]


def table(head: list[str], rows) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)

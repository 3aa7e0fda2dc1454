"""Reports as a hostile pull request could forge them: everything that fits the schema, with the worst strings."""

from hypothesis import strategies as st
from msgspec import inspect

from mlgitops.report import schema

NASTY = [
    "a|b",
    "\\|",
    "x\\",
    "`",
    "``` \n## Approved",
    "</summary></details>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://example.com/x.png)",
    "[merge](http://example.com)",
    "https://example.com www.example.com",
    "@octocat",
    "acme/churn#12 #1 GH-3",
    "a\nb\r\nc\u2028d",
    "| x | y |\n|--|--|\n| 1 | 2 |",
    "--> <!-- mlgitops:report verdict=ready",
    "\u202eevil\u2066",
    "\u200b\u0000\u001b[31m",
    "**bold** _it_ ~~no~~ $x$ &lt; &#64;octocat",
    "",
    " ",
    "`| a |`",
    "é" * 150,
    "\U0001f600" * 100,
]
TEXT = st.sampled_from(NASTY) | st.text(max_size=100)


NUMBERS = st.floats(0, 1) | st.floats(-1000, 1000)  # beside those of the schema's whole range


def of(kind: inspect.Type) -> st.SearchStrategy:
    """JSON values of a type of the schema."""
    match kind:
        case inspect.StructType():
            fields = {field.encode_name: of(field.type) for field in kind.fields}
            return st.fixed_dictionaries(fields).map(CONSISTENT.get(kind.cls, lambda found: found))
        case inspect.UnionType():
            return st.one_of([of(one) for one in kind.types])
        case inspect.ListType(item_type=inspect.StructType(cls=schema.Report)):
            return st.just([])  # `reports` fills it, so that it does not go on for ever
        case inspect.ListType():
            few = kind.max_length if isinstance(kind.item_type, inspect.FloatType) else 3
            return st.lists(of(kind.item_type), min_size=kind.min_length or 0, max_size=min(kind.max_length, few))
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.StrType():
            if kind.pattern:
                return st.from_regex(kind.pattern, fullmatch=True)
            return TEXT.map(lambda text: text[: kind.max_length])
        case inspect.FloatType(ge=0, le=1):
            return st.floats(0, 1)
        case inspect.FloatType(gt=0):
            return st.floats(0.01, 0.99)
        case inspect.FloatType():
            return NUMBERS | st.floats(kind.ge, kind.le)
        case inspect.IntType():
            return st.integers(kind.ge, min(kind.le, 10**6))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise NotImplementedError(kind)


def _measured(found: dict) -> dict:
    """Intervals have two ends in order; a result that rests on a difference has one."""
    for low, high in (("low", "high"), ("head_low", "head_high")):
        if high in found:
            ends = (found[low], found[high])
            found[low], found[high] = (None, None) if None in ends else sorted(ends)
    if None in (found[name] for name in ("base", "head", "delta", "low", "high", "margin")):
        found["result"] = "not-finite"
    return found


def _confusion(found: dict) -> dict:
    """Square, of as many classes on both sides."""
    sides = (found["base"], found["head"])
    size = min(len(part) for part in (found["classes"], *sides, *(row for side in sides for row in side)))
    square = {name: [row[:size] for row in found[name][:size]] for name in ("base", "head")}
    return found | square | {"classes": found["classes"][:size]}


def _curve(found: dict) -> dict:
    size = len(found["x"])
    return found | {side: (found[side] * size)[:size] for side in ("base", "head")}


def _range(found: dict) -> dict:
    return found | dict(
        zip(("low", "middle", "high"), sorted(found[n] for n in ("low", "middle", "high")), strict=True)
    )


def _budget(found: dict) -> dict:
    return found if None not in (found["head"], found["limit"]) else found | {"result": "not-run"}


def _report(found: dict) -> dict:
    return found | {"method": found["method"] or {"draws": 1, "confidence": 0.95, "seed": 0}}


# What the schema's own checks ask of a part beyond its types.
CONSISTENT = {
    schema.Metric: _measured,
    schema.Slice: _measured,
    schema.Confusion: _confusion,
    schema.Curve: _curve,
    schema.NoiseRange: _range,
    schema.Budget: _budget,
    schema.Report: _report,
}
ONE = of(inspect.type_info(schema.Report))


def reports() -> st.SearchStrategy[dict]:
    """Reports that `load` accepts, of one model or of two."""
    others = st.just([]) | st.just([]) | st.lists(ONE, min_size=1, max_size=1)
    return st.builds(lambda report, others: report | {"others": others}, ONE, others)

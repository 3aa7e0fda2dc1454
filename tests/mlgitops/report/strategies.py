"""Reports as a hostile pull request could forge them: everything that fits the schema, with the worst strings."""

from hypothesis import strategies as st
from msgspec import inspect

from mlgitops.report.schema import Report

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


def of(kind: inspect.Type) -> st.SearchStrategy:
    """JSON values of a type of the schema."""
    match kind:
        case inspect.StructType():
            return st.fixed_dictionaries({field.encode_name: of(field.type) for field in kind.fields})
        case inspect.UnionType():
            return st.one_of([of(one) for one in kind.types])
        case inspect.ListType():
            least, most = kind.min_length or 0, min(kind.max_length, max(3, kind.min_length or 0))
            return st.lists(of(kind.item_type), min_size=least, max_size=most)
        case inspect.LiteralType():
            return st.sampled_from([value for value in kind.values if value != "Recorded"])
        case inspect.StrType():
            if kind.pattern:
                return st.from_regex(kind.pattern, fullmatch=True)
            return TEXT.map(lambda text: text[: kind.max_length])
        case inspect.FloatType():
            low, high = (0.01, 0.99) if kind.gt is not None else (kind.ge, kind.le)
            return st.floats(low, high, allow_nan=False)
        case inspect.IntType():
            return st.integers(kind.ge, min(kind.le, 10**6))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise NotImplementedError(kind)


@st.composite
def reports(draw) -> dict:
    """Reports that `load` accepts: results of a comparison have their numbers, intervals their method."""
    report = draw(of(inspect.type_info(Report)))
    for found in [*report["metrics"], *report["slices"]]:
        for low, high in (("low", "high"), ("head_low", "head_high")):
            ends = (found.get(low), found.get(high))
            if high in found:
                found[low], found[high] = (None, None) if None in ends else sorted(ends)
        if None in (found[name] for name in ("base", "head", "delta", "low", "high", "margin")):
            found["result"] = "not-finite"
    report["method"] = report["method"] or {"draws": 1, "confidence": 0.95, "seed": 0}
    return report

"""The docs page: what serves, made from the OpenAPI document. One file, no script, nothing from elsewhere."""

import json
from pathlib import Path
from typing import Any

from .markup import Markup, tag
from .schemas import Schema

STYLE = Markup(Path(__file__).with_name("page.css").read_text())
META = Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width">')
ARTICLES = {"string": "a", "number": "a", "integer": "an"}


def page(document: Schema) -> str:
    """The page for people who call the models."""
    info, address = document["info"], document["servers"][0]["url"]
    names = [path.split("/")[2] for path in document["paths"] if path.endswith("/predict")]
    openapi = tag("a", "openapi.json", href="/openapi.json")
    header = tag(
        "header",
        tag("h1", info["title"]),
        tag("p", tag("code", address), f" · commit {info['version']} · ", openapi, class_="quiet"),
        tag("nav", *(tag("a", name, href=f"#{name}") for name in names)),
    )
    body = tag("main", header, *(_endpoint(document, name) for name in names), _refusals(document))
    head = tag("head", META, tag("title", info["title"]), tag("style", STYLE))
    return "<!doctype html>" + tag("html", head, tag("body", body), lang="en")


def _endpoint(document: Schema, name: str) -> Markup:
    operation = document["paths"][f"/v1/{name}/predict"]["post"]
    curl, python = operation["x-codeSamples"]
    row, prediction = (document["components"]["schemas"][f"{name}.{kind}"] for kind in ("Row", "Prediction"))
    client = tag("a", "client.py", href=f"/v1/{name}/client.py", download="client.py")
    return tag(
        "section",
        tag("h2", name),
        _traffic(operation["x-traffic"]),
        tag("h3", "Takes"),
        _columns(row["properties"]),
        tag("h3", "Gives"),
        _columns(_flat(document, prediction)),
        tag("h3", "Try it"),
        tag("pre", curl["source"], class_="ask"),
        tag("pre", json.dumps(_example(operation["responses"]["200"]), indent=2)),
        tag("p", "Typed client, one file: ", client),
        tag("pre", python["source"]),
        id=name,
    )


def _traffic(traffic: dict[str, Any]) -> Markup:
    return _steps(traffic["pipeline"]) if "pipeline" in traffic else _routes(traffic)


def _routes(routes: dict[str, Any]) -> Markup:
    """Which models answer, with which share; what they are assigned by; what is scored beside them."""
    shares = [
        tag(
            "li",
            tag("code", each["model"]),
            tag("span", tag("i", style=f"width:{each['weight']}%"), class_="bar"),
            tag("b", f"{each['weight']} %"),
        )
        for each in routes["routes"]
    ]
    notes = []
    if len(shares) > 1:
        unit = tag("code", routes.get("sticky") or "X-Unit")
        notes.append(["The same ", unit, " always meets the same model."])
    if shadow := routes.get("shadow"):
        notes.append(["Scored beside, never answering: ", tag("code", ", ".join(shadow))])
    said = [tag("p", *note, class_="quiet") for note in notes]
    return tag("div", tag("ul", *shares, class_="shares"), *said)


def _steps(steps: list[dict[str, Any]]) -> Markup:
    """The endpoints of a pipeline, and what each takes from those before it."""
    said = []
    for step in steps:
        name = tag("a", step["endpoint"], href=f"#{step['endpoint']}")
        taken = ", ".join(f"{column} ← {source}" for column, source in step["inputs"].items())
        said.append(tag("li", name, *([" ", tag("code", taken)] if taken else [])))
    return tag("ol", *said, class_="steps")


def _flat(document: Schema, prediction: Schema) -> Schema:
    """The fields of a prediction; those of a pipeline's steps as <endpoint>.<field>."""
    found: Schema = {}
    for name, column in prediction["properties"].items():
        if "$ref" in column:
            step = document["components"]["schemas"][column["$ref"].rpartition("/")[2]]
            found |= {f"{name}.{field}": each for field, each in step["properties"].items()}
        else:
            found[name] = column
    return found


def _columns(columns: Schema) -> Markup:
    rows = [tag("tr", *(tag("th", head) for head in ("Field", "What it is", "Unit", "Value")))]
    for name, column in columns.items():
        value = column.get("x-accepted") or f"{ARTICLES[column['type']]} {column['type']}"
        cells = (column.get("description", ""), column.get("x-unit", ""), value)
        rows.append(tag("tr", tag("td", tag("code", name)), *(tag("td", each) for each in cells)))
    return tag("table", *rows, class_="fields")


def _refusals(document: Schema) -> Markup:
    rows = []
    for status, answer in document["components"]["responses"].items():
        example = answer["content"]["application/json"].get("example")
        shown = tag("code", json.dumps(example, ensure_ascii=False)) if example else ""
        cells = (tag("b", status), answer["description"], shown)
        rows.append(tag("tr", *(tag("td", cell) for cell in cells)))
    return tag("section", tag("h2", "When it is refused"), tag("table", *rows), id="refused")


def _example(answer: Schema) -> Any:
    return answer["content"]["application/json"]["example"]

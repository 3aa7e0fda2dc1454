"""Check the answers before anything is written; each bad one is said with what mends it."""

import json
import keyword
import re
import sys

# Answers arrive as data, whatever characters are in them.
ANSWERS = json.loads(r"""
{{ cookiecutter | tojson }}
""")

TAKEN = {"test", "tests", "dvc", "litestar", "numpy", "onnx", "onnxruntime", "pandas", "pyarrow", "skops", "sklearn"}

NAMESPACE = 63 - len("-production")  # Kubernetes allows 63 characters


def problems(answers: dict[str, str]) -> list[str]:
    """One sentence for each answer that can't be used, with the answer as it was typed."""
    slug, package = answers["project_slug"], answers["package"]
    owner, remote, url = answers["owner"], answers["data_remote"], answers["data_remote_url"]
    texts = ["project_name", "description", "author", "data_remote_url"]
    found = [
        f"{name} is {answers[name]!r}: leave out line breaks, control characters and backslashes"
        for name in texts
        if re.search(r"[\x00-\x1f\x7f\u2028\u2029\\]", answers[name])
    ]
    found += [f"{name} is empty: give it some words" for name in texts[:3] if not answers[name].strip()]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        found.append(f"project_slug is {slug!r}: use at most 60 lower-case letters, digits and single hyphens")
    if answers["deploy_target"] == "kubernetes" and len(slug) > NAMESPACE:
        found.append(f"project_slug is {slug!r}: a namespace of Kubernetes takes {NAMESPACE} characters of it")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", package) or len(package) > 60:
        found.append(f"package is {package!r}: use lower-case letters, digits and underscores, a letter first")
    elif keyword.iskeyword(package) or package in sys.stdlib_module_names | TAKEN:
        found.append(f"package is {package!r}: Python or a dependency has that name, choose another one")
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", owner) or len(owner) > 39:
        found.append(f"owner is {owner!r}: use the name of the GitHub user or organisation")
    if remote == "local" and not re.match(r"/|[A-Za-z]:/", url):
        found.append(f"data_remote_url is {url!r}: give the absolute path of a folder, for example /srv/dvc")
    if remote == "git" and url:
        found.append(f"data_remote_url is {url!r}: leave it empty for data_remote git, or answer data_remote=local")
    return found


def main() -> int:
    found = problems(ANSWERS)
    for problem in found:
        print(f"Bad answer: {problem}.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

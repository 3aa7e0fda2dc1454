"""Every manifest against the schema of its kind, strictly: a key that nobody reads is an error.

Core kinds against Kubernetes' own schemas. Custom resources against the Go types of their operators, which npm has as
TypeScript types: the compiler refuses a key that a type does not have. They are fetched once, into build/crd-types.
"""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest

from tests.kubernetes.conftest import Rendered
from tests.template import ROOT

CACHE = ROOT / "build" / "crd-types"
PACKAGES = Path(__file__).parent  # package.json, and the hashes of all that it brings
VERSIONS = ["1.30", "1.37"]  # of Kubernetes: the oldest that has preStop.sleep by default, and the newest known here
CUSTOM = {
    "Application": "argo-cd/argoproj.io/v1alpha1",
    "Rollout": "argo-rollouts/argoproj.io/v1alpha1",
    "AnalysisTemplate": "argo-rollouts/argoproj.io/v1alpha1",
    "ServiceMonitor": "prometheus-operator/monitoring.coreos.com/v1",
}
TYPOS = {  # kind → a place in it that gets a key that is none
    "Application": ["spec", "syncPolicy", "automated"],
    "Rollout": ["spec", "strategy", "canary", "steps", 0],
    "AnalysisTemplate": ["spec", "metrics", 0, "provider", "prometheus"],
    "ServiceMonitor": ["spec", "endpoints", 0],
    "Namespace": ["metadata"],
    "Deployment": ["spec", "template", "spec", "containers", 0, "securityContext"],
    "Service": ["spec", "ports", 0],
    "HorizontalPodAutoscaler": ["spec", "metrics", 0, "resource"],
    "PodDisruptionBudget": ["spec"],
    "NetworkPolicy": ["spec"],
}


@pytest.fixture(scope="module")
def objects(rendered: dict[str, Rendered], applications: Rendered) -> list[dict]:
    return [each for found in (*rendered.values(), applications) for each in found.values()]


@pytest.fixture(scope="module")
def core(objects: list[dict]) -> list[dict]:
    return [each for each in objects if each["kind"] not in CUSTOM]


@pytest.fixture(scope="module")
def custom(objects: list[dict]) -> list[dict]:
    return [each for each in objects if each["kind"] in CUSTOM]


def mistyped(object: dict) -> dict:
    """The same with a key too many, deep inside."""
    wrong = copy.deepcopy(object)
    place = wrong
    for step in TYPOS[object["kind"]]:
        place = place[step]
    place["noSuchKey"] = True
    return wrong


def test_a_typo_is_made_in_each_kind(objects: list[dict]):
    assert {each["kind"] for each in objects} == set(TYPOS)


@pytest.mark.parametrize("version", VERSIONS)
def test_core_kinds(core: list[dict], version: str):
    for each in core:
        assert kubernetes_validate.validate(each, version, strict=True) == version
        with pytest.raises(kubernetes_validate.ValidationError, match="noSuchKey"):
            kubernetes_validate.validate(mistyped(each), version, strict=True)


@pytest.fixture(scope="module")
def types() -> Path:
    """The folder with the types and the compiler, at the locked versions and hashes."""
    if not shutil.which("npm"):
        pytest.skip("no npm to fetch the types of custom resources with")
    CACHE.mkdir(parents=True, exist_ok=True)
    done = CACHE / "installed.json"  # the lock of what is there, whole
    wanted = (PACKAGES / "package-lock.json").read_bytes()
    if not done.is_file() or done.read_bytes() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGES / name, CACHE)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        fetched = subprocess.run(command, cwd=CACHE, capture_output=True, text=True)
        if fetched.returncode:
            pytest.skip(f"npm could not fetch the types: {(fetched.stderr or fetched.stdout).strip()[-200:]}")
        done.write_bytes(wanted)
    return CACHE


def problems(types: Path, objects: list[dict], folder: Path) -> list[str]:
    """What the compiler says of objects, a line each, as literals of their types."""
    lines = [f'import type {{ I{kind} }} from "@kubernetes-models/{path}/{kind}";' for kind, path in CUSTOM.items()]
    lines += [f"export const _{n}: I{each['kind']} = {json.dumps(each)};" for n, each in enumerate(objects)]
    source = types / f"{folder.name}.ts"  # beside node_modules, where the compiler looks for the types
    source.write_text("\n".join(lines))
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"]
    compiler = ["node", types / "node_modules" / "typescript" / "bin" / "tsc", *options, source]
    done = subprocess.run(compiler, cwd=types, capture_output=True, text=True)
    source.unlink()
    found = re.findall(r"error TS\d+: (.*)", done.stdout)
    assert bool(found) == bool(done.returncode), done.stdout + done.stderr
    return found


@pytest.mark.slow
def test_custom_resources(types: Path, custom: list[dict], tmp_path: Path):
    assert {each["kind"] for each in custom} == set(CUSTOM)
    assert problems(types, custom, tmp_path) == []


@pytest.mark.slow
def test_a_typo_in_a_custom_resource_is_found(types: Path, custom: list[dict], tmp_path: Path):
    found = problems(types, [mistyped(each) for each in custom], tmp_path)
    assert len(found) == len(custom) and all("noSuchKey" in each for each in found)


@pytest.mark.slow
def test_a_value_of_another_type_is_found(types: Path, custom: list[dict], tmp_path: Path):
    application = copy.deepcopy(next(each for each in custom if each["kind"] == "Application"))
    application["spec"]["syncPolicy"]["automated"]["selfHeal"] = "yes"
    (found,) = problems(types, [application], tmp_path)
    assert "'string' is not assignable to type 'boolean" in found

"""The analysis of a roll-out, its questions asked of Prometheus itself: of promtool, with series that it is given."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.kubernetes.conftest import Rendered, queries
from tests.template import ROOT

CACHE = ROOT / "build" / "prometheus"


@pytest.fixture(scope="module")
def promtool() -> Path | str:
    """Installed, or out of Debian's package, which is fetched once."""
    if found := shutil.which("promtool"):
        return found
    if not (CACHE / "usr" / "bin" / "promtool").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        if not (shutil.which("apt-get") and shutil.which("dpkg")):
            pytest.skip("no promtool, and no apt-get to fetch it with")
        fetched = subprocess.run(["apt-get", "download", "prometheus"], cwd=CACHE, capture_output=True, text=True)
        if fetched.returncode:
            pytest.skip(f"apt-get could not fetch prometheus: {fetched.stderr.strip()[-200:]}")
        subprocess.run(["dpkg", "-x", next(CACHE.glob("*.deb")), CACHE], check=True)
    return CACHE / "usr" / "bin" / "promtool"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("series", "refused", "p99"),
    [
        ({}, "nobody asked", "nobody asked"),
        ({"predict_seconds_count": 60, "slow": 0}, "under", "under"),
        ({"predict_seconds_count": 60, "refused_requests_total": 6}, "over", "under"),
        ({"predict_seconds_count": 60, "overload_requests_total": 6}, "over", "under"),
        ({"refused_requests_total": 6}, "over", "nobody asked"),
        ({"predict_seconds_count": 60, "slow": 6}, "under", "over"),
    ],
    ids=lambda value: str(value),
)
def test_an_analysis(promtool, rendered: dict[str, Rendered], tmp_path: Path, series, refused, p99):
    """What the new pods did, beside old ones that did everything wrong, is over the limit of 0.05 or is not."""
    pods = {"models-new-a": series, "models-old-a": {"refused_requests_total": 600, "slow": 600}}
    given = [
        {"series": f'{name}{{namespace="n", pod="{pod}"{extra}}}', "values": f"0+{each}x5"}
        for pod, numbers in pods.items()
        for name, extra, each in samples(numbers)
    ]
    checks = []
    for query, expected in zip(queries(rendered["rollouts"]), (refused, p99), strict=True):
        query = query.replace("{{args.namespace}}", "n").replace("{{args.new}}", "new")
        asked = {"under": f"({query}) < bool 0.05", "over": f"({query}) >= bool 0.05"}
        expression = asked.get(expected, f"({query}) != bool ({query})")
        checks.append({"expr": f"sum({expression})", "eval_time": "5m", "exp_samples": [{"labels": "{}", "value": 1}]})
    test = {"tests": [{"interval": "1m", "input_series": given, "promql_expr_test": checks}]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    done = subprocess.run([promtool, "test", "rules", tmp_path / "test.yaml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def samples(numbers: dict[str, int]):
    """(metric, further labels, growth a minute); slow: of so many, the answer took longer than 0.05 s."""
    count, slow = numbers.get("predict_seconds_count", 0), numbers.get("slow", 0)
    if count or slow:
        yield "predict_seconds_count", "", count or slow
        yield "predict_seconds_bucket", ', le="0.005"', (count or slow) - slow
        yield "predict_seconds_bucket", ', le="0.05"', (count or slow) - slow
        yield "predict_seconds_bucket", ', le="0.5"', count or slow
        yield "predict_seconds_bucket", ', le="+Inf"', count or slow
    for name in ("refused_requests_total", "overload_requests_total"):
        if name in numbers:
            yield name, "", numbers[name]

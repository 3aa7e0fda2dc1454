"""What belongs together in the manifests, and what a cluster is asked to enforce."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.kubernetes.conftest import Rendered, queries, render
from tests.template import PROJECT

OVERLAYS = ["staging", "production", "rollouts"]
KINDS = {
    *("Namespace/flight-delays-production", "Deployment/models", "Service/models", "ServiceMonitor/models"),
    *("HorizontalPodAutoscaler/models", "PodDisruptionBudget/models"),
    *("NetworkPolicy/nothing", "NetworkPolicy/requests"),
}
METRICS = re.compile(r"\b([a-z_]+)(?:_total|_count|_bucket)\{")


def pod(found: Rendered) -> dict:
    return found["Deployment/models"]["spec"]["template"]


def container(found: Rendered) -> dict:
    (only,) = pod(found)["spec"]["containers"]
    return only


def test_an_environment_is_made_of_these(rendered: dict[str, Rendered]):
    assert set(rendered["production"]) == KINDS
    assert set(rendered["rollouts"]) == KINDS | {"Rollout/models", "AnalysisTemplate/models"}


def test_environments_differ_in_their_namespace_and_their_size_only(rendered: dict[str, Rendered]):
    def text(name: str) -> str:
        found = yaml.safe_dump(list(rendered[name].values())).replace(f"flight-delays-{name}", "flight-delays")
        return re.sub(r"(minReplicas|maxReplicas): \d+", r"\1: N", found)

    assert text("staging") == text("production")
    assert rendered["staging"] != rendered["production"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_everything_of_an_environment_is_in_its_namespace(rendered: dict[str, Rendered], name: str):
    environment = "production" if name == "rollouts" else name
    for key, each in rendered[name].items():
        where = each["metadata"]["name"] if key.startswith("Namespace/") else each["metadata"]["namespace"]
        assert where == f"flight-delays-{environment}", key


@pytest.mark.parametrize("name", OVERLAYS)
def test_selectors_find_the_pods_and_ports_exist(rendered: dict[str, Rendered], name: str):
    found = rendered[name]
    labels, ports = pod(found)["metadata"]["labels"], {port["name"] for port in container(found)["ports"]}
    selectors = [
        found["Deployment/models"]["spec"]["selector"]["matchLabels"],
        found["Service/models"]["spec"]["selector"],
        found["PodDisruptionBudget/models"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy/requests"]["spec"]["podSelector"]["matchLabels"],
        *(each["labelSelector"]["matchLabels"] for each in pod(found)["spec"]["topologySpreadConstraints"]),
    ]
    if name == "rollouts":
        selectors.append(found["Rollout/models"]["spec"]["selector"]["matchLabels"])
    for selector in selectors:
        assert selector and selector.items() <= labels.items()
    monitored = found["ServiceMonitor/models"]["spec"]
    assert monitored["selector"]["matchLabels"].items() <= found["Service/models"]["metadata"]["labels"].items()
    services = {port["name"]: port["targetPort"] for port in found["Service/models"]["spec"]["ports"]}
    assert services[monitored["endpoints"][0]["port"]] in ports
    probes = [container(found)[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "readiness", "liveness")]
    (admitted,) = found["NetworkPolicy/requests"]["spec"]["ingress"][0]["ports"]
    assert {*probes, admitted["port"]} <= ports


def test_probes_ask_what_the_service_answers(rendered: dict[str, Rendered], project: Path):
    routes = (project / "src" / "flight_delays" / "service").rglob("*.py")
    text = "".join(file.read_text() for file in routes)
    for kind in ("startup", "readiness", "liveness"):
        assert f'"{container(rendered["production"])[f"{kind}Probe"]["httpGet"]["path"]}"' in text
    assert f'"{rendered["production"]["ServiceMonitor/models"]["spec"]["endpoints"][0]["path"]}"' in text


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_autoscaler_and_nobody_else_has_the_number_of_pods(rendered: dict[str, Rendered], name: str):
    found = rendered[name]
    target = found["HorizontalPodAutoscaler/models"]["spec"]["scaleTargetRef"]
    assert f"{target['kind']}/{target['name']}" in found
    assert found[f"{target['kind']}/{target['name']}"]["apiVersion"] == target["apiVersion"]
    assert "replicas" not in found[f"{target['kind']}/{target['name']}"]["spec"]
    if name == "rollouts":
        assert target["kind"] == "Rollout" and found["Deployment/models"]["spec"]["replicas"] == 0


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_pod_may_do_nothing_but_serve(rendered: dict[str, Rendered], name: str):
    """The restricted standard, which the namespace enforces, and a root that cannot be written on top of it."""
    found = rendered[name]
    (namespace,) = (each for key, each in found.items() if key.startswith("Namespace/"))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    spec, allowed = pod(found)["spec"], container(found)["securityContext"]
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert allowed["readOnlyRootFilesystem"] and allowed["allowPrivilegeEscalation"] is False
    assert allowed["capabilities"] == {"drop": ["ALL"]}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()


def test_no_pod_calls_anybody_and_few_call_it(rendered: dict[str, Rendered]):
    nothing, requests = (rendered["production"][f"NetworkPolicy/{name}"]["spec"] for name in ("nothing", "requests"))
    assert nothing == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert "egress" not in requests and all(rule["from"] for rule in requests["ingress"])


def test_the_image_writes_to_mounted_volumes_and_reads_its_state_from_the_config_map(
    rendered: dict[str, Rendered], project: Path
):
    mounts = {each["mountPath"]: each["name"] for each in container(rendered["production"])["volumeMounts"]}
    volumes = {each["name"]: each for each in pod(rendered["production"])["spec"]["volumes"]}
    dockerfile = (project / "deploy" / "Dockerfile").read_text()
    assert set(mounts.values()) == set(volumes)
    assert "emptyDir" in volumes[mounts["/logs"]] and '"--logs", "/logs"' in dockerfile
    assert volumes[mounts["/app/state"]]["configMap"] == {"name": "serving"}
    assert '"flight_delays.service", "/app/state"]' in dockerfile


def test_a_new_digest_or_state_starts_new_pods(manifests: Path, tmp_path: Path):
    """As the environment's branch has it: the image by its digest, the ConfigMap by a name made of its content."""
    shutil.copytree(manifests, tmp_path / "deploy")

    def rendered(digest: str, state: str) -> tuple[str, str]:
        (tmp_path / "serving.json").write_text(state)
        image = {"name": "models", "newName": "ghcr.io/me/flights", "digest": digest}
        generator = [{"name": "serving", "files": ["serving.json"]}]
        text = {"resources": ["deploy/overlays/production"], "namespace": "flight-delays-production", "images": [image]}
        (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(text | {"configMapGenerator": generator}))
        found = render(tmp_path)
        (mounted,) = (each["configMap"]["name"] for each in pod(found)["spec"]["volumes"] if "configMap" in each)
        assert found[f"ConfigMap/{mounted}"]["data"] == {"serving.json": state}
        return container(found)["image"], mounted

    first, other = "sha256:" + "1" * 64, "sha256:" + "2" * 64
    image, state = rendered(first, "{}")
    assert image == f"ghcr.io/me/flights@{first}"
    assert rendered(other, "{}") == (f"ghcr.io/me/flights@{other}", state)
    assert rendered(first, '{"schema": 2}')[1] != state


def test_argo_cd_follows_the_branch_of_each_environment(applications: Rendered, rendered: dict[str, Rendered]):
    for environment in ("staging", "production"):
        spec = applications[f"Application/flight-delays-{environment}"]["spec"]
        assert spec["source"]["targetRevision"] == f"environment/{environment}"
        assert spec["source"]["repoURL"] == "https://github.com/my-organisation/flight-delays.git"
        assert f"Namespace/{spec['destination']['namespace']}" in rendered[environment]
        assert spec["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}


def test_the_rollout_takes_the_pods_of_the_deployment_and_asks_for_metrics_that_there_are(
    rendered: dict[str, Rendered],
):
    found = rendered["rollouts"]
    reference = found["Rollout/models"]["spec"]["workloadRef"]
    assert f"{reference['kind']}/{reference['name']}" in found
    analyses = [
        step["analysis"]
        for step in found["Rollout/models"]["spec"]["strategy"]["canary"]["steps"]
        if "analysis" in step
    ]
    wanted = {arg["name"] for arg in found["AnalysisTemplate/models"]["spec"]["args"] if "value" not in arg}
    for analysis in analyses:
        assert [each["templateName"] for each in analysis["templates"]] == ["models"]
        assert {arg["name"] for arg in analysis["args"]} == wanted
    known = (PROJECT / "src" / "{{cookiecutter.package}}" / "service" / "metrics.py").read_text()
    asked = {name for query in queries(found) for name in METRICS.findall(query)}
    assert asked and all(f'"{name}"' in known for name in asked), asked

"""The service asked with all that its own OpenAPI document allows, and with what it forbids."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

EXAMPLES = 100  # for each operation and mode, always the same
PATIENCE = 60  # seconds for an answer, on a machine that does much else
POSTS = ("/v1/late-arrival/predict", "/v1/late-arrival/feedback", "/v1/second-leg/predict", "/v1/briefing/predict")
GETS = ("/v1/late-arrival/schema", "/v1/briefing/client.py", "/status", "/metrics", "/health/live", "/health/ready")
FUZZ = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def described(service):
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    schema.config.checks.negative_data_rejection.expected_statuses = ["400", "405", "413", "422"]
    return schema


def written(body):
    """A whole number as its type is written: JSON Schema takes 8.0 for an integer, the service takes 8."""
    if isinstance(body, list):
        return [written(each) for each in body]
    if isinstance(body, dict):
        return {name: written(value) for name, value in body.items()}
    return int(body) if isinstance(body, float) and body.is_integer() else body


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", POSTS)
def test_every_answer_is_one_that_the_document_has(described, service, path, mode):
    statuses = set()

    @FUZZ
    @given(case=described[path]["POST"].as_strategy(generation_mode=mode))
    def ask(case):
        case.body = written(case.body)
        statuses.add(case.call_and_validate(timeout=PATIENCE).status_code)

    ask()
    assert service.process.poll() is None
    assert (200 in statuses) == (mode is GenerationMode.POSITIVE), statuses


@pytest.mark.slow
@pytest.mark.parametrize("path", GETS)
def test_what_is_only_read_is_there(described, path):
    assert described[path]["GET"].Case().call_and_validate().status_code == 200

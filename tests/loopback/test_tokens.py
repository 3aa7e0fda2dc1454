"""What a job's token may do."""

import pytest

from loopback.tokens import granted

READ_ALL = {"permissions": "read-all"}


@pytest.mark.parametrize(
    ("workflow", "job", "read_only", "expected"),
    [
        ({}, {}, False, {"contents": "read", "packages": "read"}),
        ({"permissions": {}}, {}, False, {}),
        ({"permissions": {"checks": "write"}}, {}, False, {"checks": "write"}),
        ({"permissions": {"checks": "write"}}, {"permissions": {"contents": "read"}}, False, {"contents": "read"}),
        ({"permissions": {}}, {"permissions": {"checks": "write"}}, True, {"checks": "read"}),
    ],
)
def test_a_job_s_block_replaces_the_workflow_s(workflow, job, read_only, expected):
    assert granted(workflow, job, read_only=read_only) == expected


def test_read_all():
    assert set(granted(READ_ALL, {}, read_only=False).values()) == {"read"}


def test_an_unknown_scope_is_an_error():
    with pytest.raises(ValueError, match="check is no scope"):
        granted({"permissions": {"check": "write"}}, {}, read_only=False)

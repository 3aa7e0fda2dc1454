"""YAML that would end the process, or say two things at once, is refused in one line."""

import pytest

from mlgitops import strict
from mlgitops.errors import CannotCheck


@pytest.mark.parametrize("nested", [b"[" * 100_000, b"- " * 100_000, b"{a: " * 100_000])
def test_what_is_nested_too_deeply_is_refused_and_not_a_crash(nested: bytes) -> None:
    with pytest.raises(CannotCheck, match="^gates.yaml:1: nested too deeply; accepted: 50 levels$"):
        strict.load(nested, "gates.yaml")


def test_what_is_nested_as_people_do_is_read() -> None:
    assert strict.load(b"[" * 50 + b"]" * 50, "gates.yaml")

"""The page of faults: made by a run of all tests, and by nothing less."""

import pytest

from tests.faults.catalogue import FAULTS, names
from tests.faults.plugin import page

pytest_plugins = ["pytester"]


def test_a_fault_is_named_once() -> None:
    assert len(names()) == len(set(names()))


def test_each_group_has_a_table_with_its_tests() -> None:
    shown = {("NaN", "no verdict", "tests/a.py::test_it"), ("moved tag", "refused", "tests/b.py::test_tag")}
    made = page(shown)
    assert made.count("| Fault | What happens | Test |") == len(FAULTS)
    assert "| NaN | no verdict | [`test_it`](../tests/a.py) |" in made
    assert made.index("moved tag") < made.index("NaN")  # in the catalogue's order


@pytest.mark.parametrize(("name", "said"), [("NaN", "1 passed"), ("nan", "'nan' is not in tests/faults/catalogue.py")])
def test_a_mark_names_a_fault_of_the_catalogue(pytester: pytest.Pytester, name: str, said: str) -> None:
    pytester.makeini("[pytest]\naddopts = --strict-markers")
    pytester.makepyfile(f"import pytest\n@pytest.mark.fault({name!r}, 'x')\ndef test_it(): pass")
    done = pytester.runpytest("-p", "tests.faults.plugin", "test_a_mark_names_a_fault_of_the_catalogue.py")
    assert said in "\n".join(done.outlines + done.errlines)

"""A bundle is served only when it is whole and gives the outputs that were recorded."""

import json

import pytest

from {{ cookiecutter.package }}.service.bundle import BadBundle, Bundle


def test_it_scores_rows_and_nulls(bundle_maker, tmp_path):
    bundle = Bundle(bundle_maker(tmp_path / "m", slope=2.0))
    bundle.check()
    assert bundle.score([["AA", "UA"], [1, 2], [None, 0.25]]) == pytest.approx([0.62245933, 0.5])


def test_golden_rows_that_differ(bundle_maker, tmp_path):
    with pytest.raises(BadBundle, match=r"golden row 1 gives 0\.64\d+, recorded was 0\.9"):
        Bundle(bundle_maker(tmp_path / "m", recorded=0.9)).check()


@pytest.mark.parametrize("missing", ["model.onnx", "signature.json"])
def test_a_missing_file(bundle_maker, tmp_path, missing):
    folder = bundle_maker(tmp_path / "m")
    (folder / missing).unlink()
    with pytest.raises(BadBundle, match=missing):
        Bundle(folder)


def test_a_truncated_graph(bundle_maker, tmp_path):
    folder = bundle_maker(tmp_path / "m")
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:100])
    with pytest.raises(BadBundle, match=r"model\.onnx"):
        Bundle(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "month", "type": "string"}, "month is string"),
        ({"name": "month", "type": "int", "nullable": True}, "month is int or null"),
        ({"name": "wind", "type": "float"}, "no input of that name"),
    ],
)
def test_a_signature_that_does_not_fit_the_graph(bundle_maker, tmp_path, change, said):
    folder = bundle_maker(tmp_path / "m")
    signature = json.loads((folder / "signature.json").read_text())
    signature["inputs"][1] = change
    (folder / "signature.json").write_text(json.dumps(signature))
    with pytest.raises(BadBundle, match=said):
        Bundle(folder)

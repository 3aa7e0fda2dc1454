"""A bundle is served only when it is whole and gives the outputs that were recorded."""

import json

import numpy as np
import onnx
import pytest

from {{ cookiecutter.package }}.service.models.bundle import BadBundle, Bundle


def test_it_scores_rows_and_nulls(bundle_maker, tmp_path):
    bundle = Bundle(bundle_maker(tmp_path / "m", slope=2.0))
    bundle.check()
    score = bundle.scorer(["temp", "carrier", "tail", "month"])
    assert score([(None, "AA", "N1", 1), (0.25, "UA", None, 2)]) == pytest.approx([0.62245933, 0.5])
    assert score([(0.25, "UA", None, 2)]) == pytest.approx([0.5])


def test_a_text_that_is_not_known_is_an_empty_one(bundle_maker, tmp_path):
    folder = bundle_maker(tmp_path / "m")
    signature = json.loads((folder / "signature.json").read_text())
    signature["inputs"][0] = {"name": "carrier", "type": "string", "nullable": True}
    (folder / "signature.json").write_text(json.dumps(signature))
    score = Bundle(folder).scorer(["carrier", "month", "temp"])
    assert score([(None, 1, None), ("", 1, None)]) == pytest.approx([0.5, 0.5])


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


def test_weights_in_a_file_of_their_own(bundle_maker, tmp_path):
    folder = bundle_maker(tmp_path / "m")
    model = onnx.load(folder / "model.onnx")
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.float32(1), "slope"))
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="weights", size_threshold=0)
    with pytest.raises(BadBundle, match=r"model\.onnx: [^\n]+$"):
        Bundle(folder)


def test_golden_rows_that_cannot_be_scored(bundle_maker, tmp_path):
    folder = bundle_maker(tmp_path / "m")
    signature = json.loads((folder / "signature.json").read_text())
    signature["onnx_column"] = 7
    (folder / "signature.json").write_text(json.dumps(signature))
    with pytest.raises(BadBundle, match="the golden rows: index 7 is out of bounds"):
        Bundle(folder).check()


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

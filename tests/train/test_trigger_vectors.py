"""The table that linking compares triggers by is the one that the shipped reader's word embeddings give."""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="building the table needs the train extra: pip install 'groundswell[train]'")

from groundswell.models import loader
from groundswell.train import trigger_vectors


@pytest.mark.parametrize("name", sorted(loader.manifest()["reader"]))
def test_the_shipped_table_fits_the_shipped_reader(name, tmp_path):
    trigger_vectors.main(loader.files("reader", name)["model.onnx"], tmp_path / "t.npz")
    with np.load(loader.located("trigger_vectors")) as shipped, np.load(tmp_path / "t.npz") as built:
        assert np.array_equal(shipped["pieces"], built["pieces"])
        # Eigenvectors differ in their last bits from machine to machine: a number may fall to the next step of 254.
        assert np.abs(shipped["rows"].astype(int) - built["rows"]).max() <= 1
    assert loader.manifest(tmp_path)["trigger_vectors"]["file"] == "t.npz"

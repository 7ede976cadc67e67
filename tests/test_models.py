"""What ships is opened by name and checksum, and says what to do when it is not what it should be."""

import pytest

from groundswell.cli import doctor
from groundswell.errors import ModelError
from groundswell.models import loader
from groundswell.train.gazetteer import enter_file


def test_everything_in_the_manifest_is_there_and_whole():
    for name in loader.manifest().keys() - {"reader"}:
        assert loader.located(name).stat().st_size > 1_000_000
    readers = loader.manifest()["reader"]
    assert readers
    for name in readers:
        assert loader.files("reader", name)


def test_shipped_weights_stay_under_60_megabytes():
    size = sum(
        path.stat().st_size for name in loader.manifest()["reader"] for path in loader.files("reader", name).values()
    )
    assert size <= 60_000_000


def test_an_altered_file_is_refused(tmp_path):
    (tmp_path / "manifest.toml").write_text('[gazetteer]\nfile = "g.sqlite"\nsha256 = "0"\nbuild = "make it"\n')
    (tmp_path / "g.sqlite").write_bytes(b"altered")
    with pytest.raises(ModelError, match=r"has SHA-256 .*: install the package again, or run make it"):
        loader.located("gazetteer", tmp_path)


def test_a_missing_model_says_what_there_is():
    with pytest.raises(ModelError, match="There is: english-4"):
        loader.files("reader", "klingon-1")


def test_all_data_beside_the_manifest_is_listed_in_it():
    listed = {facts["file"] for name, facts in loader.manifest().items() if name != "reader"}
    assert {path.name for path in loader.FOLDER.iterdir() if path.suffix in (".sqlite", ".npz", ".onnx")} == listed


def test_the_doctor_looks_at_all_of_it():
    rows = {name: state for name, state, _ in doctor.diagnosis()}
    assert rows["gazetteer"] == rows["trigger vectors"] == "ok"
    assert all(rows[f"reader {name}"] == "ok" for name in loader.manifest()["reader"])


def test_a_section_is_written_in_place_of_its_older_self(tmp_path):
    (tmp_path / "manifest.toml").write_text('[reader.a]\nversion = "1"\n\n[b]\nfile = "old"\n\n[c]\nfile = "kept"\n')
    (tmp_path / "b.npz").write_bytes(b"new")
    enter_file("b", tmp_path / "b.npz", {"version": "2", "build": "make b"})
    assert loader.located("b", tmp_path) == tmp_path / "b.npz"
    found = loader.manifest(tmp_path)
    assert (found["reader"]["a"]["version"], found["b"]["version"], found["c"]["file"]) == ("1", "2", "kept")

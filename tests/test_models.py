"""What ships is opened by name and checksum, and says what to do when it is not what it should be."""

import pytest

from groundswell.errors import ModelError
from groundswell.models import loader


def test_everything_in_the_manifest_is_there_and_whole():
    assert loader.located("gazetteer").stat().st_size > 1_000_000
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
    with pytest.raises(ModelError, match="There is: english-2"):
        loader.files("reader", "klingon-1")

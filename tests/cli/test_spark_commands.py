"""What `add --engine spark` refuses, and its exit codes; Spark itself is run in tests/engines."""

from collections import Counter

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.engines import spark
from groundswell.errors import UsageError


def add(*arguments):
    return CliRunner().invoke(app, ["add", "--engine", "spark", *(str(each) for each in arguments)])


@pytest.mark.parametrize("option", [("--jobs", "2"), ("--shard", "1/3"), ("--threads", "4")])
def test_options_of_the_local_engine_are_refused(tmp_path, option):
    found = add(tmp_path, "--to", tmp_path / "read", *option)
    assert isinstance(found.exception, UsageError)
    assert option[0] in str(found.exception)


@pytest.mark.parametrize(
    ("names", "counts", "code"),
    [
        (["gone.txt"], {"rejected": 1}, 3),
        (["empty.txt", "gone.txt"], {"rejected": 2}, 8),
        (["a.txt", "gone.txt"], {"read": 1, "rejected": 1}, 0),
    ],
)
def test_exit_codes_are_those_of_the_local_engine(tmp_path, monkeypatch, names, counts, code):
    class Session:
        def stop(self):
            pass

    (tmp_path / "a.txt").write_text("Nurses marched in Leeds.", encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    monkeypatch.setattr(spark, "session", lambda master: Session())
    monkeypatch.setattr(spark, "read_spark", lambda *_, **__: Counter(counts))
    assert add(*(tmp_path / name for name in names), "--to", tmp_path / "read").exit_code == code

"""The notebook and the R script run on the tables that the workbench hands out."""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def tables(bench, tmp_path):
    folder = tmp_path / "tables"
    with zipfile.ZipFile(io.BytesIO(bench.client().get("/download/csv").content)) as archive:
        archive.extractall(folder)
    return folder


def test_the_notebook_runs(tables, monkeypatch, capsys):
    pytest.importorskip("pandas")
    monkeypatch.setenv("GROUNDSWELL_TABLES", str(tables))
    notebook = json.loads((EXAMPLES / "analysis.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), "analysis.ipynb", "exec"), names)
    assert len(names["events"]) == 120
    assert names["known"]["country"] == 1.0
    assert names["known"]["deaths_low"] == 0.0  # unknown, not zero
    assert "120 events" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_r_script_runs(tables):
    done = subprocess.run(
        ["Rscript", str(EXAMPLES / "analysis.R"), str(tables)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("120 events")

"""The example that times linking runs, at a count that takes a second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCALE = Path(__file__).parents[2] / "examples" / "linking" / "scale.py"


def run(count: int, path: Path) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, str(SCALE), str(count), str(path)],
        capture_output=True, text=True, encoding="utf-8", check=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def test_the_timing_example_links_and_its_one_more_meets_a_block(tmp_path):
    figures = run(300, tmp_path / "l.db")
    assert figures["reports"] == 300
    assert figures["compared"] > 100
    assert figures["f1"] > 0.9
    assert figures["crossed"] == 0
    assert figures["one_more_compared"] >= 3
    assert figures["one_more_joined"] == 1
    again = run(300, tmp_path / "l.db")
    assert "compared" not in again
    assert again["f1"] == figures["f1"]
    assert again["one_more_compared"] >= 3

"""Fits the pair model (``fit``) or prints how well linking does (``written``, ``ecbplus FOLDER``)."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from groundswell.evaluate import link_sets

HERE = Path(__file__).parent
SET = HERE / "reports.jsonl"


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["fit"]:
        target = HERE.parents[1] / "src" / "groundswell" / "link" / "weights.json"
        target.write_text(json.dumps(link_sets.fit_written(SET).as_json(), indent=1) + "\n", encoding="utf-8")
    elif arguments[:1] == ["ecbplus"]:
        from groundswell.evaluate import link_ecb

        for name, scores in link_ecb.measure(Path(arguments[1])).items():
            print(name, json.dumps(asdict(scores)))
    else:
        for split in ("fit", "test"):
            print(
                split,
                json.dumps(
                    {
                        name: round(value, 4)
                        for name, value in asdict(link_sets.measure(link_sets.written(SET, split))).items()
                    }
                ),
            )


if __name__ == "__main__":
    main(sys.argv[1:])

"""Fits the pair model (``fit``) or prints how well linking does (``written``, ``ecbplus FOLDER``; ``written-read`` and
``ecbplus-read FOLDER``: on the happenings that the shipped reader finds, as it read them and as they are annotated)."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from groundswell.evaluate import link_sets

HERE = Path(__file__).parent
SET = HERE / "reports.jsonl"


def records(labelled: list[link_sets.Labelled]) -> dict[str, Any]:
    """What the shipped reader reads in the documents."""
    from groundswell.presets import preset
    from groundswell.public_json import record_json
    from groundswell.records import Document, Record

    pipeline = preset()
    found: dict[str, Any] = {}
    for each in labelled:
        told = each.record["document"]
        published = date.fromisoformat(told["published"]) if told["published"] else None
        document = Document(id=told["id"], source_id=told["source_id"], text=told["text"], published=published)
        found[told["id"]] = record_json(next(iter(pipeline.run([Record(document)]))))
    return found


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["fit"]:
        target = HERE.parents[1] / "src" / "groundswell" / "link" / "weights.json"
        target.write_text(json.dumps(link_sets.fit_written(SET).as_json(), indent=1) + "\n", encoding="utf-8")
    elif arguments[:1] == ["ecbplus"]:
        from groundswell.evaluate import link_ecb

        for name, scores in link_ecb.measure(Path(arguments[1])).items():
            print(name, json.dumps(asdict(scores)))
    elif arguments[:1] in (["ecbplus-read"], ["written-read"]):
        from groundswell.evaluate import link_ecb

        sets = {"ecb": link_ecb.read(Path(arguments[1]))} if arguments[1:] else {}
        for name, labelled in (sets or {split: link_sets.written(SET, split) for split in ("fit", "test")}).items():
            for kind, part in zip(
                ("read", "annotated"), link_ecb.read_and_gold(labelled, records(labelled)), strict=True
            ):
                print(name, kind, json.dumps(asdict(link_sets.measure(part))))
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

"""The same reports linked by Splink 5 on DuckDB, for comparison (``pip install splink``); see docs/decisions. Not part of the package.

Same blocking idea (kind and country, days apart), m probabilities from the labels of the fitting half, u from random pairs,
connected components at the threshold that is best on the fitting half.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as cll
from splink import comparison_library as cl

from groundswell.evaluate import link_sets
from groundswell.link import words
from groundswell.link.columns import _GROUP_OF

SET = Path(__file__).parent / "reports.jsonl"


def frame(split: str) -> pd.DataFrame:
    rows = []
    for each in link_sets.written(SET, split):
        event = each.record["events"][0]
        place = event["places"][0] if event["places"] else {}
        fine = place.get("precision") == "city"
        names = [actor["name"] for role in ("actors", "called_by", "targets") for actor in event[role]]
        rows.append({
            "unique_id": event["id"], "kind": _GROUP_OF[event["type"]], "mode": event["mode"],
            "day": (event["time"] or {}).get("earliest"), "country": place.get("country"), "town": place.get("name") if fine else None,
            "names": sorted({stem for name in names for stem in words.stems(name)}) or None,
            "words": sorted({stem for stem in words.stems(event["evidence"]["text"]) if words.weight(stem) > 0}),
            "number": max((figure["best"] or figure["low"] or 0 for figure in event["figures"]), default=0) or None,
            "cluster": next(iter(each.gold.values())),
        })  # fmt: skip
    return pd.DataFrame(rows)


def linker(table: pd.DataFrame) -> Linker:
    shared = {
        size: cll.CustomLevel(f"len(list_intersect(words_l, words_r)) >= {size}", f"{size} words")
        for size in (5, 3, 2, 1)
    }
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on("kind", "country"), block_on("kind", "day")],
        comparisons=[
            cl.ExactMatch("mode"),
            cl.CustomComparison(
                [cll.NullLevel("day"), cll.ExactMatchLevel("day"), cll.CustomLevel("abs(day_l::date - day_r::date) <= 1", "next day"),
                 cll.CustomLevel("abs(day_l::date - day_r::date) <= 3", "three days"), cll.ElseLevel()], output_column_name="day"),
            cl.ExactMatch("town"),
            cl.ArrayIntersectAtSizes("names", [2, 1]),
            cl.CustomComparison([cll.NullLevel("words"), *shared.values(), cll.ElseLevel()], output_column_name="words"),
            cl.ExactMatch("number"),
        ],
        retain_intermediate_calculation_columns=False,
    )  # fmt: skip
    api = DuckDBAPI()
    return Linker(api.register(table) if hasattr(api, "register") else table, settings)


def main() -> None:
    fitted, tested = frame("fit"), frame("test")
    started = time.perf_counter()
    teacher = linker(fitted)
    teacher.training.estimate_probability_two_random_records_match([block_on("kind", "day", "town")], recall=0.6)
    teacher.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    teacher.training.estimate_m_from_label_column("cluster")
    path = Path("/tmp/splink_settings.json")
    teacher.misc.save_model_to_json(str(path), overwrite=True)
    best = max((evaluate(teacher, fitted, at / 20).f1, at / 20) for at in range(1, 20))[1]
    settings = json.loads(path.read_text())
    api = DuckDBAPI()
    judge = Linker(api.register(tested) if hasattr(api, "register") else tested, settings)
    print("threshold", best, "fit", evaluate(teacher, fitted, best), "test", evaluate(judge, tested, best), sep="\n")
    print(f"{time.perf_counter() - started:.1f} s")


def evaluate(fitted: Linker, table: pd.DataFrame, threshold: float) -> link_sets.LinkScores:
    pairs = fitted.inference.predict(threshold_match_probability=0.01)
    found = fitted.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
    rows = found.as_pandas_dataframe()
    groups = dict(zip(rows["unique_id"], rows["cluster_id"].astype(str), strict=True))
    truth = dict(zip(table["unique_id"], table["cluster"], strict=True))
    return link_sets.score(truth, groups, dict.fromkeys(truth, ""))


if __name__ == "__main__":
    main()

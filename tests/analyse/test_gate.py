"""The gate: features are stable, a threshold opens and shuts."""

import numpy as np

from groundswell.analyse.gate import SIZE, Gate, features
from groundswell.train.gate import fit
from groundswell.train.reader_data import examples


def test_features_are_stable_and_in_range():
    found = features("Miners struck in Lubin on 3 May.")
    assert found.tolist() == features("Miners struck in Lubin on 3 May.").tolist()
    assert found.min() >= 0
    assert found.max() < SIZE


def test_threshold_decides():
    weights = np.ones(SIZE, np.float32)
    assert Gate(weights, 0.0).open(["Any words."]) == [True]
    assert Gate(weights, 1e6).open(["Any words."]) == [False]


def row(text, trigger=None):
    start = text.index(trigger) if trigger else 0
    span = {"text": trigger, "start": start, "end": start + len(trigger or "")}
    events = [{"type": "PROTEST", "status": "occurred", "trigger": span}] if trigger else []
    return {"text": text, "events": events}


def test_a_fitted_gate_opens_for_events_and_shuts_for_the_rest():
    towns = ["Lubin", "Accra", "Quito", "Perth", "Cork", "Lagos", "Turin", "Hanoi", "Rabat", "Lima", "Osaka", "Dhaka"]
    wanted = [row(f"Workers in {t} marched for pay.", "marched") for t in towns]
    others = [row(f"The sea near {t} was calm and blue.") for t in towns]
    made, figures = fit(examples(wanted + others, pack=64), examples(wanted[:4] + others[:4], pack=64))
    assert figures["recall"] == 1.0
    assert figures["spared"] == 1.0
    assert made.open(["Workers in Leeds marched for pay.", "The sea near Leeds was calm and blue."]) == [True, False]

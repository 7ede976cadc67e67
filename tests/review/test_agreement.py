"""Agreement against Krippendorff's own worked example, and its intervals against the package on every resample."""

import math

import numpy as np
import pytest

from groundswell.review import agreement


def test_alpha_is_that_of_krippendorffs_example():
    """Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units, nominal alpha 0.743."""
    data = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
    table = [row.split() for row in data]
    found = {
        f"r{unit:02}": {
            f"review:{coder}": {"event": True, "type": row[unit]} for coder, row in enumerate(table) if row[unit] != "."
        }
        for unit in range(12)
    }
    (kind,) = [row for row in agreement.agreement(found) if row.field == "type"]
    assert kind.alpha == pytest.approx(0.743, abs=0.001)
    assert kind.units == 11
    assert kind.low < kind.alpha < kind.high
    assert kind.verdict == "tentative"


def test_agreement_that_is_not_defined_says_why():
    nobody = agreement.agreement({})
    assert {(row.alpha, row.verdict) for row in nobody} == {(None, "nothing coded twice")}
    same = agreement.agreement({"a": {"review:x": {"event": True}, "review:y": {"event": True}}})
    assert (same[0].alpha, same[0].same, same[0].verdict) == (None, 1.0, "all codings give the same value")


@pytest.mark.parametrize("level", ["nominal", "ratio"])
def test_resampled_alphas_are_those_of_the_package(level):
    import krippendorff

    chance = np.random.default_rng(3)
    rows = [tuple(int(v) if v else None for v in chance.integers(0, 6, 3)) for _ in range(30)]
    units = [(str(at), row) for at, row in enumerate(rows) if sum(v is not None for v in row) > 1]
    names = sorted({v for _, row in units for v in row if v is not None})
    values = [float(v) for v in names]
    weights = chance.multinomial(len(units), np.full(len(units), 1 / len(units)), size=8)
    found = agreement.resampled(agreement._counts(units, names), values, level, weights)
    table = np.array([[math.nan if v is None else float(v) for v in row] for _, row in units]).T
    for alpha, drawn in zip(found, weights, strict=True):
        again = krippendorff.alpha(np.repeat(table, drawn, axis=1), level_of_measurement=level)
        assert alpha == pytest.approx(again, abs=1e-9)


def test_the_machine_is_measured_on_what_two_coders_coded():
    yes = {"event": True, "type": "PROTEST", "status": "occurred", "participants": 100}
    no = {**yes, "type": "ASSAULT", "participants": 1000}
    found = {
        "a": {"x": yes, "y": yes},
        "b": {"x": no, "y": yes},
        "c": {"x": no},
        "d": {"x": {"event": False}, "y": {"event": False}},
    }
    rows = {row.field: row for row in agreement.with_machine(found, dict.fromkeys("abcd", yes))}
    assert (rows["type"].reports, rows["type"].units, rows["type"].same) == (2, 4, 0.75)
    assert (rows["event"].alpha, rows["event"].units, rows["event"].same) == (None, 6, 4 / 6)
    alone = agreement.with_machine({"c": {"x": no}}, {"c": yes})
    assert {row.field: row.units for row in alone}["type"] == 1


def test_shares_have_wilsons_interval_and_say_nothing_of_nothing():
    found = agreement.share(9, 10)  # Wilson's interval for 9 of 10: 0.596 to 0.982
    assert (found.low, found.high) == (pytest.approx(0.596, abs=0.001), pytest.approx(0.982, abs=0.001))
    assert agreement.share(0, 0).low is None
    gold = {"a": {"event": True, "type": "AID", "deaths": None}, "b": {"event": False}}
    own = {"a": {"event": True, "type": "AID", "deaths": 3}, "b": {"event": True, "type": "AID"}, "z": {"event": True}}
    judged = agreement.against(gold, own)
    assert {name: (judged[name].right, judged[name].of) for name in ("event", "type", "deaths")} == {
        "event": (1, 2), "type": (1, 1), "deaths": (0, 1),
    }  # fmt: skip

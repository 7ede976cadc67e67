"""Planted errors: a known share, wrong in one field, the same after a restart, and caught or missed as what was done says."""

import pytest

from groundswell.review import seeding
from groundswell.values import EVENT_TYPES, STATUSES

REPORT = {
    "id": "r", "type": "PROTEST", "mode": "demo", "status": "occurred",
    "figures": [{"of": "participants", "low": 200, "best": None, "high": None, "text": "at least 200"}],
}  # fmt: skip


def event(n, **more):
    ranges = {"participants": {"low": 200, "high": 200, "open": True}}
    own = {"id": f"E{n}", "review_state": "unreviewed", "report_count": 1, "figure_ranges": ranges, "version": ""}
    return {**REPORT, **own, **more}


def draw(count, percent, **more):
    found = (seeding.planted(event(n), REPORT, by="review:ana", secret="s", percent=percent) for n in range(count))
    return [each for each in found if each]


def test_the_share_is_as_asked_and_each_is_wrong_in_one_field():
    found = draw(4000, 5)
    assert 150 < len(found) < 250
    assert {each.field for each in found} == {"type", "status", "figures"}
    assert found == draw(4000, 5)
    for each in found:
        assert each.shown != each.true
        shown_event, shown_report = seeding.disguised(event(0), REPORT, each)
        assert shown_event["version"] == each.token
        differ = {name for name in REPORT if shown_report[name] != REPORT[name]}
        assert differ == {each.field} | ({"mode"} if each.field == "type" else set())
        assert shown_report["type"] in EVENT_TYPES
        assert shown_report["status"] in STATUSES
    figure = next(each for each in found if each.field == "figures")
    assert seeding.disguised(event(0), REPORT, figure)[0]["figure_ranges"]["participants"]["low"] == 2000


@pytest.mark.parametrize("more", [{"review_state": "confirmed"}, {"report_count": 2}])
def test_decided_and_many_times_told_events_are_left_alone(more):
    assert not any(seeding.planted(event(n, **more), REPORT, by="x", secret="s", percent=20) for n in range(200))
    assert draw(500, 0) == []


def test_what_counts_as_caught(tmp_path):
    log = seeding.Log(tmp_path / "x.seeded")
    (found, *_) = draw(400, 5)
    other = next(name for name in ("type", "status", "places") if name != found.field)
    done = [("confirm", None), ("reject", None), ("correct", found.field), ("correct", other)]
    rows = [
        log.add(found, by=f"review:{n}", at="2024-01-01", how=how, field=field, seconds=n)
        for n, (how, field) in enumerate(done)
    ]
    assert [row["caught"] for row in rows] == [False, True, True, False]
    assert log.rows() == rows
    assert log.known("review:1", found.event)
    assert not log.known("review:9", found.event)
    assert log.path.stat().st_mode & 0o077 == 0
    told = {each.by: (each.caught.right, each.caught.of, each.seconds) for each in seeding.readings(rows)}
    assert told == {"0": (0, 1, 0), "1": (1, 1, 1), "2": (1, 1, 2), "3": (0, 1, 3), "all": (2, 4, 1.5)}

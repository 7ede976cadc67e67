"""Speed: first paint under 1.5 s and filters under 300 ms (95th percentile) at 100,000 events, 2 s and 1 s at 1,000,000. Slow.

``GROUNDSWELL_LEDGER_FOR_SPEED`` names a ledger to measure instead of one of 100,000 made-up events. Wall time counts for the aims; on
a machine that does other work as well, processor time says what the workbench itself takes.
"""

import os
import statistics
import time
from pathlib import Path

import pytest
from conftest import Bench
from synthetic import fill

COUNTRIES = ("KEN", "NGA", "PRT", "BGD", "PER", "GRC", "IDN", "USA")
WORDS = ("teachers", "nurses", "students", "farmers", "police", "soldiers", "residents", "dock")
ADDRESSES = [
    *(f"/part/results?type={each}" for each in ("PROTEST", "ASSAULT", "AID", "COERCE")),
    *(f"/part/results?country={each}" for each in COUNTRIES),
    *(f"/part/results?text={each}" for each in WORDS),
    *(f"/part/results?text={word}&country={country}&type=PROTEST" for word, country in zip(WORDS, COUNTRIES, strict=True)),
    *(f"/part/results?actor={each}" for each in WORDS), *(f"/part/results?place={each}" for each in ("lagos", "lima", "athens", "jakarta")),
    *(f"/part/results?source=Paper+{n}" for n in range(3, 9)), *(f"/part/results?since={year}-01-01&until={year}-12-31" for year in range(2016, 2022)),
    *(f"/part/results?bbox={30 + n},-10,45,10" for n in range(5)), "/part/results?issue=wages", "/part/results?issue=unpaid", "/part/results?issue=wages&type=AID",
    "/part/results?min_confidence=0.7&status=occurred", *(f"/part/map?zoom={zoom}" for zoom in (2, 3, 4)),
    *(f"/part/map?zoom=6&view={20 + n},-20,{50 + n},20" for n in range(3)), "/part/timeline", "/part/timeline?type=PROTEST", "/part/results?from=5000",
]  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    given = os.environ.get("GROUNDSWELL_LEDGER_FOR_SPEED")
    return Path(given) if given else fill(tmp_path_factory.mktemp("large") / "large.db", 100_000)


def aims(count):
    return (1.5, 0.3) if count <= 100_000 else (2.0, 1.0)


def at95(values):
    return statistics.quantiles(values, n=20)[-1]


@pytest.mark.slow
def test_filters_answer_in_time(large):
    """Every address is asked for the first time: no answer is remembered."""
    bench = Bench(large)
    client, count = bench.client(), len(bench.desk.columns())
    client.get("/part/results")
    wall, processor = [], []
    for address in ADDRESSES:
        start, spent = time.perf_counter(), time.process_time()
        assert client.get(address).status_code == 200
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    bench.desk.close()
    print(
        f"measured: {count:,} events, {len(wall)} filters asked for the first time: wall median {1000 * statistics.median(wall):.0f} ms, "
        f"95th percentile {1000 * at95(wall):.0f} ms, most {1000 * max(wall):.0f} ms; processor {1000 * statistics.median(processor):.0f}, "
        f"{1000 * at95(processor):.0f}, {1000 * max(processor):.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    assert at95(wall) < aims(count)[1], sorted(zip(wall, ADDRESSES, strict=True))[-5:]


@pytest.mark.slow
def test_the_first_paint_comes_in_time(large, serve, look):
    server = serve(large)
    seen, count = look(server), len(server.desk.columns())
    page = seen.enter()
    paints = []
    for _ in range(3):
        seen.go("/", ready=True)
        paints.append(page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000)
    print(
        f"measured: {count:,} events, first contentful paint {', '.join(f'{each:.2f}' for each in paints)} s; load {os.getloadavg()[0]:.1f}"
    )
    assert statistics.median(paints) < aims(count)[0], paints
    assert seen.wrong == []

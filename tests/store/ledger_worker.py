"""A process that works on a ledger until it is killed: adds, links, decides, and writes down what was acknowledged.

``python ledger_worker.py LEDGER ACKNOWLEDGED COUNT``. Every line of ACKNOWLEDGED is written (and flushed) after the call returned.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ledger_records import record, stored

from groundswell.link import link
from groundswell.store import Decision, Ledger, Stored


def there(ledger: Ledger, batch: list[Stored]) -> bool:
    return all(ledger.has(each.json["document"]["id"]) for each in batch if each.json)


def work(path: Path, acknowledged: Path, count: int) -> None:
    """Do all the work that is not done yet; safe to call again after a kill."""
    with acknowledged.open("a", encoding="utf-8") as out:

        def acknowledge(line: str) -> None:
            out.write(line + "\n")
            out.flush()
            os.fsync(out.fileno())

        with Ledger.open(path) as ledger:
            run = ledger.start_run("rules-1", {"at": "2024-04-01"})
            batches = [
                [stored(n, city=n % 5, crowd=200 + n % 3) for n in range(start, min(start + 4, count))]
                for start in range(0, count, 4)
            ]
            for number, batch in enumerate(batches):
                if not there(ledger, batch):
                    ledger.add(batch, run)
                    for each in batch:
                        acknowledge(f"document {each.source_id} {each.json['document']['id']}")
                # An event keeps the id that its first linking gave it: resuming has to link where the plain run did.
                later = batches[number + 1] if number + 1 < len(batches) else []
                if number % 3 == 2 and not (later and there(ledger, later)):
                    link(ledger)
                    acknowledge("linked")
            link(ledger)
            for n in range(count):
                report = record(n, city=n % 5, crowd=200 + n % 3)["events"][0]["id"]
                choice = Decision(
                    "confirm" if n % 2 else "reject", report, "review:ana", f"2024-04-02T00:{n:02}:00+00:00"
                )
                acknowledge(f"decision {ledger.decide(choice, idempotency_key=f'key-{n}')}")
            link(ledger)
            acknowledge("done")


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

"""A process that backs a ledger up and migrates it, until it is killed: ``python migration_worker.py LEDGER STARTED``.

STARTED is written just before, so that the killer strikes at the migration and not at Python's start.
"""

from __future__ import annotations

import sys
from pathlib import Path

from groundswell.store import Ledger

if __name__ == "__main__":
    Path(sys.argv[2]).touch()
    Ledger.migrate(sys.argv[1])

"""The ledger: documents, findings, reports, runs, decisions."""

from __future__ import annotations

from groundswell.store.ledger import Ledger
from groundswell.store.shapes import Decision, Filters, Stored, Upgrade

__all__ = ["Decision", "Filters", "Ledger", "Stored", "Upgrade"]

"""The ledger: documents, findings, reports, runs, decisions."""

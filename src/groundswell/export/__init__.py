"""The ledger outwards: tables, JSON, map and calendar formats."""

"""The workbench: a local web application over one ledger. ``run`` serves it, ``build`` makes it for tests."""

from __future__ import annotations

from groundswell.serve.server import build, run

__all__ = ["build", "run"]

"""Reports of the same happening: block, compare, decide."""

from __future__ import annotations

from groundswell.link.linking import LinkResult, link

__all__ = ["LinkResult", "link"]

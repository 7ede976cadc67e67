"""Bytes to Documents: one small module for each format; every input ends in one named outcome."""

from __future__ import annotations

from groundswell.ingest.reading import Limits, Reading
from groundswell.ingest.readings import read_bytes, read_sources, text_document
from groundswell.ingest.sources import count_sources

__all__ = ["Limits", "Reading", "count_sources", "read_bytes", "read_sources", "text_document"]

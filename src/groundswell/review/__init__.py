"""Decisions by people: queue, double coding, agreement."""

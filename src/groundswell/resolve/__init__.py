"""Phrases to values: time, place, quantity, actor."""

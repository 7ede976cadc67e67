"""Scores against codings, with floors."""

"""Runners: local and distributed."""

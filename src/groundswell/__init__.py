"""Groundswell reads news articles and statements into an auditable record of protests, strikes, attacks and talks."""

__version__ = "0.1.0"

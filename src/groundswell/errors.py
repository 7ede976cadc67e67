"""The exception tree. Every message says what went wrong, where, and what to do next. Only cli.py catches to print."""

from __future__ import annotations


class GroundswellError(Exception):
    """Base of all errors this package raises on purpose; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(GroundswellError):
    """The call cannot be carried out as given."""

    exit_code = 2


class SourceError(GroundswellError):
    """A source given by name does not exist or may not be read."""

    exit_code = 3


class PipelineError(GroundswellError):
    """A pipeline was put together in an order that cannot work."""

    exit_code = 4


class LexiconError(GroundswellError):
    """A rule file is malformed, or a rule fails its own examples."""

    exit_code = 4


class ModelError(GroundswellError):
    """A model or gazetteer is missing or does not match its checksum."""

    exit_code = 5


class LedgerError(GroundswellError):
    """The ledger cannot be opened, is damaged, or is full."""

    exit_code = 6


class ConflictError(GroundswellError):
    """Someone decided in the meantime; ``current`` is what stands now."""

    exit_code = 7

    def __init__(self, message: str, current: object = None) -> None:
        super().__init__(message)
        self.current = current

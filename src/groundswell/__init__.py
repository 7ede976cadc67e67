"""Groundswell reads news articles and statements into an auditable record of protests, strikes, attacks and talks.

>>> import groundswell as gs
>>> gs.read("article.html").events
>>> gs.open_ledger("my.db").events(type="PROTEST").to_pandas()
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["GroundswellError", "ReadDocument", "__version__", "open_ledger", "read", "read_all", "read_text"]

if TYPE_CHECKING:
    from groundswell.api import ReadDocument, open_ledger, read, read_all, read_text
    from groundswell.errors import GroundswellError


def __getattr__(name: str) -> Any:
    # Names load when first used, so that ``import groundswell`` and ``groundswell --help`` stay fast.
    if name == "GroundswellError":
        from groundswell import errors

        return errors.GroundswellError
    if name in __all__:
        from groundswell import api

        return getattr(api, name)
    raise AttributeError(f"module 'groundswell' has no attribute {name!r}")

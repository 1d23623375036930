"""Search [floor 2]: documents in, hits and facets out. Knows no product, only names, words, values and numbers.

Open an engine with `open_engine`; what it promises is in `contract`. Why it is built this way: docs/adr/0004.
"""

from shop.search.contract import Document, Engine, Hit, Query, Result, SearchBusy
from shop.search.opening import open_engine

__all__ = ["Document", "Engine", "Hit", "Query", "Result", "SearchBusy", "open_engine"]

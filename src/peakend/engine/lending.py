"""Arrow data lent to a database under a temporary name until no relation reads them any more."""

from __future__ import annotations

import weakref
from collections import deque
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from sqlglot import exp

_KEY = "peakend.lent"


class Lent:
    """A mark on a node of an SQL tree. Copies of the tree share it, so it dies with the last of them."""

    __slots__ = ("__weakref__",)

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


class Lender:
    """Names that no tree carries any more, waiting to be dropped.

    A mark may die in any thread and in the middle of a query, so the name is only noted there; the engine
    drops what `returned` gives before its next statement.
    """

    def __init__(self) -> None:
        self._returned: deque[str] = deque()

    def lend(self, name: str, node: exp.Table) -> exp.Table:
        """Mark `node`; when it and all its copies are gone, `name` is returned."""
        mark = Lent()
        node.meta[_KEY] = mark
        weakref.finalize(mark, self._returned.append, name).atexit = False
        return node

    def returned(self) -> list[str]:
        """Names to drop now, each once."""
        names = []
        while self._returned:
            names.append(self._returned.popleft())
        return names

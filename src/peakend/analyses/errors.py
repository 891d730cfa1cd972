"""What can be wrong with the catalogue, a name that was asked for, or a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.errors import PeakendError
from peakend.language import Text, meant

if TYPE_CHECKING:
    from collections.abc import Iterable


class CatalogueError(PeakendError):
    """The declared analyses contradict each other: a name twice, a need nobody gives, a cycle."""

    code = "analyses.catalogue"


class ResultError(PeakendError):
    """An analysis returned something other than it declared. `data` has analysis, table and column."""

    code = "analyses.result"


class UnknownAnalysisError(PeakendError):
    """No analysis and no result table has the name that was asked for. `data` has name and known."""

    code = "analyses.unknown"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        listed = sorted(known)
        close = meant(name, listed)
        do = Text("`peakend list` shows them all.", "用 `peakend list` 查看全部分析。")
        if close:
            do = Text(
                f"Did you mean {', '.join(close)}? `peakend list` shows them all.",
                f"是否指 {'、'.join(close)}？用 `peakend list` 查看全部分析。",
            )
        super().__init__(
            Text(f"There is no analysis called {name!r}.", f"没有名为 {name!r} 的分析。"),
            do,
            name=name,
            known=tuple(listed),
        )

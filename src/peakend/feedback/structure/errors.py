"""What can be wrong with a path model: its declaration, its data, and the search that does not settle."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class PathModelError(PeakendError):
    """Blocks and paths contradict each other or are incomplete. `data` has what is meant, by kind."""

    code: ClassVar[str] = "feedback.path_model"


class PathDataError(PeakendError):
    """The data cannot carry the model: too few rows, a constant indicator, collinear ones, gaps."""

    code: ClassVar[str] = "feedback.path_data"


class PathNotConvergedError(PeakendError):
    """The weights did not settle: there is no estimate, not even a rough one. `data`: iterations, change."""

    code: ClassVar[str] = "feedback.path_not_converged"

    def __init__(self, iterations: int, change: float) -> None:
        super().__init__(
            Text(
                f"The weights of the path model still moved by {change:.2g} after {iterations} iterations.",
                f"路径模型的权重在 {iterations} 次迭代后仍变动 {change:.2g}，未收敛。",
            ),
            Text(
                "Look for a block whose indicators hardly correlate, try another inner scheme, or allow more "
                "iterations.",
                "请检查题目之间几乎不相关的维度，换一种内部加权方案，或增加迭代次数。",
            ),
            iterations=iterations,
            change=change,
        )


class MediationError(PeakendError):
    """Mediation cannot be tested on these numbers."""

    code: ClassVar[str] = "feedback.mediation"


def quoted(names: Iterable[str], most: int = 5) -> Text:
    """`names` in a sentence, the first `most` of them."""
    listed = list(names)
    rest = len(listed) - most
    more = (f" and {rest} more", f"等共 {len(listed)} 个") if rest > 0 else ("", "")
    return Text(", ".join(listed[:most]) + more[0] or "–", "、".join(listed[:most]) + more[1] or "–")

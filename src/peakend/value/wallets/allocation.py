"""The Wallet Allocation Rule: a brand's share of a customer's wallet from its rank among the brands used."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class WalletRankError(PeakendError):
    """A rank lies outside 1 … brands used, or no brand is used. `data`: rows, rank, brands (an example)."""

    code: ClassVar[str] = "value.wallet_rank"


def allocated_share(rank: ArrayLike, brands: ArrayLike) -> Floats:
    """Share of wallet (0 to 1) of a brand of this rank among so many brands; arrays of one shape.

    (1 − rank / (n + 1)) · 2 / n. Ties have the average of their ranks (1.5 for two firsts), so that a
    customer's brands make 1 together. Raises `WalletRankError`.
    Source: Keiningham, Aksoy, Buoye & Cooil (2011), Harvard Business Review 89(10), pp. 29–31.
    """
    place, n = np.asarray(rank, np.float64), np.asarray(brands, np.float64)
    wrong = ~((n >= 1) & (n == np.floor(n)) & (place >= 1) & (place <= n))
    if wrong.any():
        first = np.flatnonzero(np.broadcast_to(wrong, wrong.shape).ravel())[0]
        example = [float(np.broadcast_to(a, wrong.shape).ravel()[first]) for a in (place, n)]
        raise WalletRankError(
            Text(
                f"A rank lies between 1 and the number of brands: {int(wrong.sum())} do not, "
                f"for example rank {example[0]:g} of {example[1]:g}.",
                f"排名应在 1 与品牌数之间：有 {int(wrong.sum())} 个不符，"
                f"例如 {example[1]:g} 个品牌中排第 {example[0]:g}。",
            ),
            Text("Correct or leave out these rows.", "请更正或剔除这些行。"),
            rows=int(wrong.sum()),
            rank=example[0],
            brands=example[1],
        )
    return np.asarray((1 - place / (n + 1)) * 2 / n, np.float64)


def average_ranks(scores: ArrayLike) -> Floats:
    """Ranks of brands by a customer's scores (n), best first; ties share the average of their places."""
    given = np.asarray(scores, np.float64)
    better = (given[None, :] > given[:, None]).sum(axis=1)
    equal = (given[None, :] == given[:, None]).sum(axis=1)
    return np.asarray(better + (equal + 1) / 2, np.float64)

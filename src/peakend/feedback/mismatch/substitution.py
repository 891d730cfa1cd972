"""Is B as good as A to those who want A? Rarely in both directions: A → B is not B → A.

Lemon drinkers are a small subset of cola drinkers. A lounge that swaps the cola for the lemon variant serves
the
subset and loses the rest, while one that swaps the other way loses hardly anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.feedback.intervals import wilson
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from peakend.declaration import Inputs

Numbers = NDArray[np.float64]


class SubstitutionError(PeakendError):
    """Customers, products or answers are of different length, or nobody prefers anything."""

    code: ClassVar[str] = "mismatch.substitution"


@dataclass(frozen=True, slots=True)
class Substitutes:
    """share[i, j]: of the customers of product i, who accept product j; NaN where nobody was asked, and i =
    j.

    n[i, j]: customers of i who were asked; accept[i, j]: those who accept j; low, high: Wilson's interval.
    """

    products: tuple[Hashable, ...]
    share: Numbers
    low: Numbers
    high: Numbers
    n: NDArray[np.int64]
    accept: NDArray[np.int64]

    def of(self, one: Hashable, other: Hashable) -> tuple[float, float, float, int]:
        """(share, low, high, n) of the customers of `one` who accept `other`."""
        i, j = self.products.index(one), self.products.index(other)
        return float(self.share[i, j]), float(self.low[i, j]), float(self.high[i, j]), int(self.n[i, j])


@dataclass(frozen=True, slots=True)
class AtStake:
    """What a swap puts at risk: customers who do not accept the substitute, and their value, with an
    interval."""

    customers: float
    value: float
    low: float
    high: float


def from_preferences(
    preferred: Sequence[Hashable],
    offered: Sequence[Hashable],
    accepted: Sequence[object],
    confidence: float = 0.95,
) -> Substitutes:
    """From answers to "if A is not there, would you take B?": one entry an answer.

    preferred: the product A that the customer wants; offered: B; accepted: yes or no (None: no answer).
    Raises `SubstitutionError`.
    """
    wanted, other = list(preferred), list(offered)
    answers = list(accepted)
    if not len(wanted) == len(other) == len(answers):
        raise _uneven(len(wanted), len(other), len(answers))
    known = [
        (a, b, bool(yes))
        for a, b, yes in zip(wanted, other, answers, strict=True)
        if a is not None and b is not None and yes is not None and yes == yes
    ]
    products = _products([a for a, _, _ in known] + [b for _, b, _ in known])
    number = {product: place for place, product in enumerate(products)}
    n = np.zeros((len(products), len(products)), dtype=np.int64)
    accept = np.zeros_like(n)
    for a, b, yes in known:
        n[number[a], number[b]] += 1
        accept[number[a], number[b]] += yes
    return _substitutes(products, n, accept, confidence)


def from_purchases(
    customers: Sequence[Hashable], products: Sequence[Hashable], confidence: float = 0.95
) -> Substitutes:
    """From what was bought: of the buyers of A, the share who buy B, too. One entry a purchase line.

    Bought together is weaker than accepted instead: complements are bought together, too. `after_withdrawal`
    looks at what buyers did once A was gone. Raises `SubstitutionError`.
    """
    who, what = list(customers), list(products)
    if len(who) != len(what):
        raise _uneven(len(who), len(what), len(who))
    pairs = {(c, p) for c, p in zip(who, what, strict=True) if c is not None and p is not None}
    names = _products([p for _, p in pairs])
    number = {product: place for place, product in enumerate(names)}
    rows = {c: place for place, c in enumerate(dict.fromkeys(c for c, _ in sorted(pairs, key=str)))}
    bought = np.zeros((len(rows), len(names)))
    for c, p in pairs:
        bought[rows[c], number[p]] = 1.0
    both = (bought.T @ bought).astype(np.int64)
    return _substitutes(names, np.repeat(np.diag(both)[:, None], len(names), axis=1), both, confidence)


def after_withdrawal(
    customers: Sequence[Hashable],
    products: Sequence[Hashable],
    times: ArrayLike,
    product: Hashable,
    withdrawn: object,
    confidence: float = 0.95,
) -> Substitutes:
    """Of the buyers of `product` before it was `withdrawn`, who bought each other product afterwards for the
    first time; only the row of `product` is filled.

    times: one a purchase line, comparable with `withdrawn`. Those who had bought the other one before are not
    asked: for them it is no substitute. Raises `SubstitutionError`.
    """
    who, what, when = list(customers), list(products), np.asarray(times)
    if not len(who) == len(what) == len(when):
        raise _uneven(len(who), len(what), len(when))
    later = when >= np.asarray(withdrawn).astype(when.dtype)
    before: dict[Hashable, set[Hashable]] = {}
    after: dict[Hashable, set[Hashable]] = {}
    for c, p, gone in zip(who, what, later.tolist(), strict=True):
        if c is not None and p is not None:
            (after if gone else before).setdefault(p, set()).add(c)
    names = _products([*before, *after, product])
    n = np.zeros((len(names), len(names)), dtype=np.int64)
    accept = np.zeros_like(n)
    own, row = before.get(product, set()), names.index(product)
    for place, name in enumerate(names):
        asked = own - before.get(name, set())
        if place != row:
            n[row, place], accept[row, place] = len(asked), len(asked & after.get(name, set()))
    return _substitutes(names, n, accept, confidence)


def purchases_in_common(inputs: Inputs, confidence: float = 0.95) -> Substitutes:
    """`from_purchases` of the transactions in the warehouse: counted in the engine, refunds left out."""
    rows = inputs.query("feedback/mismatch/buyers_in_common").to_arrow().to_pylist()
    names = _products([row["product_id"] for row in rows])
    number = {product: place for place, product in enumerate(names)}
    both = np.zeros((len(names), len(names)), dtype=np.int64)
    for row in rows:
        both[number[row["product_id"]], number[row["other_id"]]] = row["buyers"]
    return _substitutes(names, np.repeat(np.diag(both)[:, None], len(names), axis=1), both, confidence)


def at_stake(
    substitutes: Substitutes, one: Hashable, other: Hashable, customers: int, value: float
) -> AtStake:
    """What replacing `one` by `other` puts at risk: customers who want `one` × share who do not accept ×
    value each.

    customers: how many want `one`; value: of one of them, in money a period. Raises `SubstitutionError` where
    nobody was asked.
    """
    share, low, high, n = substitutes.of(one, other)
    if n == 0:
        raise SubstitutionError(
            Text(f"No customer of {one} was asked about {other}.", f"没有任何 {one} 的客户被问及 {other}。"),
            Text("Ask those who want the one about the other.", "请向想要前者的客户询问后者。"),
        )
    each = customers * value
    return AtStake(customers * (1 - share), each * (1 - share), each * (1 - high), each * (1 - low))


def _substitutes(
    products: tuple[Hashable, ...], n: NDArray[np.int64], accept: NDArray[np.int64], confidence: float
) -> Substitutes:
    asked = np.where(np.eye(len(products), dtype=bool), 0, n)
    base = np.where(asked > 0, asked, np.nan).astype(float)
    share = np.where(asked > 0, accept, np.nan) / base
    low, high = wilson(share, base, confidence)
    return Substitutes(
        products, share, np.asarray(low), np.asarray(high), asked, np.where(asked > 0, accept, 0)
    )


def _products(found: Sequence[Hashable]) -> tuple[Hashable, ...]:
    products = tuple(sorted(set(found), key=lambda product: (str(type(product)), str(product))))
    if not products:
        raise SubstitutionError(
            Text("There is no product in the data.", "数据中没有产品。"),
            Text("Give one product for every answer or purchase.", "请为每份答案或每笔购买给出产品。"),
        )
    return products


def _uneven(*sizes: int) -> SubstitutionError:
    listed = ", ".join(str(size) for size in sizes)
    return SubstitutionError(
        Text(f"The columns have different lengths: {listed}.", f"各列长度不同：{listed}。"),
        Text("Give one entry of each for every answer or purchase.", "请为每份答案或每笔购买各给一项。"),
    )

"""Key phrases: words that separate two groups of people, such as detractors and promoters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.feedback.comparison import holm
from peakend.feedback.intervals import normal_quantile
from peakend.feedback.words.terms import find_terms
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from scipy.sparse import csr_array

    from peakend.feedback.words.terms import Terms

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Correction = Literal["holm", "bh"]

# The prior is worth as much as this many texts, with each phrase as frequent as in both groups together.
PRIOR_TEXTS = 10.0
# A longer phrase stands for its part when it is in this share of the texts that have the part.
SAME_TEXTS = 0.7


class GroupsError(PeakendError):
    """Texts cannot be compared as they are grouped. `data`: groups (those found)."""

    code: ClassVar[str] = "feedback.phrase_groups"


@dataclass(frozen=True, slots=True)
class Contrast:
    """How each term separates two groups, one entry a term.

    first, second: texts of each group that have it. log_odds, low, high: of a text of the first group to have
    it rather than one of the second, shrunk by the prior, with its interval; z = log_odds / its error. p:
    exact, two-sided. adjusted_p: after correction over `tested`; NaN outside it. tested: frequent enough
    that it could be significant at all.
    """

    first: Codes
    second: Codes
    log_odds: Numbers
    low: Numbers
    high: Numbers
    z: Numbers
    p: Numbers
    adjusted_p: Numbers
    tested: Flags


@dataclass(frozen=True, slots=True)
class KeyPhrase:
    """A phrase that one group (`group`) uses more; `n_first`, `n_second` of `KeyPhrases.texts_…` have it."""

    phrase: str
    group: Hashable
    n_first: int
    n_second: int
    log_odds: float
    low: float
    high: float
    p: float
    adjusted_p: float


@dataclass(frozen=True, slots=True)
class KeyPhrases:
    """What separates `first` from `second`, clearest first. candidates: terms that were compared; tested: of
    these, frequent enough to be significant. Empty `phrases`: nothing separates them that chance could
    not."""

    first: Hashable
    second: Hashable
    texts_first: int
    texts_second: int
    candidates: int
    tested: int
    phrases: tuple[KeyPhrase, ...]

    def __len__(self) -> int:
        return len(self.phrases)

    def of(self, group: Hashable) -> tuple[KeyPhrase, ...]:
        """The phrases that `group` uses more."""
        return tuple(phrase for phrase in self.phrases if phrase.group == group)


def key_phrases(
    texts: Iterable[object],
    groups: Iterable[Hashable],
    *,
    first: Hashable = None,
    minimum: int = 10,
    alpha: float = 0.05,
    confidence: float = 0.95,
    correction: Correction = "holm",
) -> KeyPhrases:
    """Phrases that people of one group write clearly more often than those of the other.

    texts: one a respondent; groups: the group of each (None: in neither), two different ones in all; first:
    the one to count from, else the first in order. A text counts once however often it repeats a phrase.
    Phrases used by fewer than `minimum` respondents are neither counted nor shown: they could tell who
    wrote.

    correction: "holm" holds the chance of any false phrase to alpha, "bh" (Benjamini & Hochberg 1995) the
    expected share of false ones among those shown. Phrases too rare to be significant at all do not count as
    comparisons (Tarone 1990). A phrase inside a longer one is shown only if it separates without it.

    Raises `GroupsError` unless there are exactly two groups, `TextsError` where a text is none.
    Source: Monroe, Colaresi & Quinn (2008), Political Analysis 16(4), pp. 372–403, eqs. 16 and 22, on texts
    instead of words; Fisher's exact test.
    """
    given = list(texts)
    labels = [None if group is None or group != group else group for group in groups]
    if len(given) != len(labels):
        raise GroupsError(
            Text(
                f"There are {len(given)} texts and {len(labels)} groups.",
                f"文本有 {len(given)} 条，分组却有 {len(labels)} 个。",
            ),
            Text("Give one group for each text.", "每条文本给出一个分组。"),
            groups=(),
        )
    one, other = _two(labels, first)
    terms = find_terms([t for t, group in zip(given, labels, strict=True) if group is not None], minimum)
    named = [group for group in labels if group is not None]
    in_first = np.array([group == one for group in named], dtype=bool)
    found = contrast(terms.matrix, in_first, ~in_first, alpha, confidence, correction)
    kept = distinct_phrases(terms, found, in_first, minimum, alpha)
    return KeyPhrases(
        one,
        other,
        int(in_first.sum()),
        int((~in_first).sum()),
        len(terms),
        int(found.tested.sum()),
        tuple(
            KeyPhrase(
                terms.names[n],
                one if found.log_odds[n] > 0 else other,
                int(found.first[n]),
                int(found.second[n]),
                float(found.log_odds[n]),
                float(found.low[n]),
                float(found.high[n]),
                float(found.p[n]),
                float(found.adjusted_p[n]),
            )
            for n in kept
        ),
    )


def _two(labels: Sequence[Hashable], first: Hashable) -> tuple[Hashable, Hashable]:
    found = sorted({label for label in labels if label is not None}, key=str)
    if len(found) != 2 or (first is not None and first not in found):
        listed = ", ".join(str(label) for label in found[:6]) or "–"
        raise GroupsError(
            Text(
                f"Two groups are compared, and here are {len(found)}: {listed}.",
                f"须比较两组，这里有 {len(found)} 组：{listed}。",
            ),
            Text(
                "Mark each text as one of two groups, such as detractor and promoter, the others as None.",
                "请将每条文本标为两组之一（如贬损者与推荐者），其余标为 None。",
            ),
            groups=tuple(found),
        )
    if first is None:
        first = found[0]
    return first, found[1] if first == found[0] else found[0]


def contrast(
    matrix: csr_array,
    first: Flags,
    second: Flags,
    alpha: float = 0.05,
    confidence: float = 0.95,
    correction: Correction = "holm",
) -> Contrast:
    """How each column of `matrix` (texts × terms, true where a text has the term) separates two groups of
    rows.

    The test conditions on how many texts have the term: hypergeometric, twice the smaller tail. Terms whose
    smallest possible p lies above alpha / k, with k the number of terms left, are not tested: that depends on
    the margins alone, so the error rate holds.
    Source: Tarone (1990), Biometrics 46(2), pp. 515–522; Monroe et al. (2008) for the log-odds.
    """
    columns = matrix.astype(np.float64)
    a = np.asarray(columns.T @ first.astype(float)).reshape(-1)
    b = np.asarray(columns.T @ second.astype(float)).reshape(-1)
    n_first, n_second = float(first.sum()), float(second.sum())
    log_odds, error = _log_odds(a, b, n_first, n_second)
    p, least = exact_p(a, b, n_first, n_second)
    tested = can_be_significant(least, alpha)
    adjusted = _adjusted(np.where(tested, p, np.nan), correction)
    half = normal_quantile(confidence) * error
    counts = a.astype(np.int64), b.astype(np.int64)
    return Contrast(
        *counts, log_odds, log_odds - half, log_odds + half, log_odds / error, p, adjusted, tested
    )


def _log_odds(a: Numbers, b: Numbers, n_first: float, n_second: float) -> tuple[Numbers, Numbers]:
    """δ = log odds of the first group less that of the second under a Beta prior, and its standard error.

    Eq. 16 of Monroe et al. with texts as the unit; the variance keeps all four terms of eq. 19, since a
    phrase may be in many texts.
    """
    total = max(n_first + n_second, 1.0)
    rate = (a + b + 0.5) / (total + 1.0)
    yes, no = PRIOR_TEXTS * rate, PRIOR_TEXTS * (1 - rate)
    cells = (a + yes, n_first - a + no, b + yes, n_second - b + no)
    delta = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    return delta, np.sqrt(sum(1 / cell for cell in cells))


def exact_p(a: ArrayLike, b: ArrayLike, n_first: float, n_second: float) -> tuple[Numbers, Numbers]:
    """Fisher's exact p of a of n_first against b of n_second, and the smallest that a + b texts allow.

    Two-sided by doubling the smaller tail; 1 where a group is empty.
    """
    in_first, in_second = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    size, other = int(n_first), int(n_second)
    if min(size, other) < 1:
        return np.ones(len(in_first)), np.ones(len(in_first))
    lower, upper, ends = (np.empty(len(in_first)) for _ in range(3))
    # Terms that equally many texts contain share one distribution.
    drawn, which = np.unique(in_first + in_second, return_inverse=True)
    for place, texts in enumerate(drawn.tolist()):
        least = max(0, texts - other)
        chance = _hypergeometric(np.arange(least, min(size, texts) + 1), size, other, texts)
        mine = which == place
        at = in_first[mine] - least
        lower[mine], upper[mine] = np.cumsum(chance)[at], np.cumsum(chance[::-1])[::-1][at]
        ends[mine] = min(chance[0], chance[-1])
    return np.minimum(2 * np.minimum(lower, upper), 1.0), np.minimum(2 * ends, 1.0)


def _hypergeometric(k: Codes, size: int, other: int, drawn: int) -> Numbers:
    """Chances of all possible `k` of `size` when `drawn` are drawn from both (scipy.stats takes a second to
    import)."""
    from scipy.special import gammaln

    chosen = gammaln(k + 1) + gammaln(size - k + 1)
    logs = -(chosen + gammaln(drawn - k + 1) + gammaln(other - drawn + k + 1))
    chances: Numbers = np.exp(logs - logs.max())
    whole: Numbers = chances / chances.sum()
    return whole


def can_be_significant(least: Numbers, alpha: float) -> Flags:
    """Comparisons that can reach significance: those with a smallest p of at most alpha / k, k of them."""
    order = np.sort(least)
    # The smallest k such that at most k comparisons could be significant at alpha / k.
    for k in range(1, len(order) + 1):
        if np.searchsorted(order, alpha / k, "right") <= k:
            return least <= alpha / k
    return np.zeros(len(least), dtype=bool)


def _adjusted(p: Numbers, correction: Correction) -> Numbers:
    if correction == "holm":
        return holm(p)[0]
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")[::-1]]
    ranks = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(order) / ranks), 1.0)
    return adjusted


def distinct_phrases(terms: Terms, found: Contrast, first: Flags, minimum: int, alpha: float) -> list[int]:
    """The significant terms, clearest first, nested ones merged to the longest that means something.

    A part of a kept phrase stays when enough texts have it without the whole and separate in the same
    direction (p ≤ alpha); the whole goes when the part alone is clearer and the whole is but one of its
    uses.
    """
    significant = np.flatnonzero(found.adjusted_p <= alpha)
    order = sorted(significant.tolist(), key=lambda n: (-len(terms.parts[n]), terms.names[n]))
    matrix = terms.matrix.tocsc()
    columns = {n: np.sort(matrix.indices[matrix.indptr[n] : matrix.indptr[n + 1]]) for n in order}
    kept: list[int] = []
    for n in order:
        wholes = [m for m in kept if _contains(terms.parts[m], terms.parts[n])]
        if any(len(columns[m]) >= SAME_TEXTS * len(columns[n]) for m in wholes):
            continue
        if wholes:
            without = np.setdiff1d(columns[n], np.concatenate([columns[m] for m in wholes]))
            if not _separates(without, first, found.log_odds[n], minimum, alpha):
                continue
            kept = [m for m in kept if m not in wholes or abs(found.z[m]) > abs(found.z[n]) / 2]
        kept.append(n)
    return sorted(kept, key=lambda n: (-abs(found.z[n]), terms.names[n]))


def _separates(texts: Codes, first: Flags, direction: float, minimum: int, alpha: float) -> bool:
    inside = int(first[texts].sum())
    p, _ = exact_p([inside], [len(texts) - inside], float(first.sum()), float((~first).sum()))
    expected = len(texts) * first.mean()
    return len(texts) >= minimum and bool(p[0] <= alpha) and (inside > expected) == (direction > 0)


def _contains(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return len(whole) > size and any(whole[i : i + size] == part for i in range(len(whole) - size + 1))

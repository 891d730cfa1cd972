"""Where far-below answers cluster: a scan over touchpoints, sites, channels, segments and windows of time.

Every place is looked at in every window, and the worst is judged against the worst of scans in which chance
alone
decides who is far below: so looking at many places costs what it should.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.feedback.mismatch.reading import Codes, Numbers

    Labels = Sequence[str | None] | Sequence[frozenset[str]] | NDArray[Any]

DRAWS = 499
EVERYBODY = ("all", "all")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A place (value of a cut) and a window, from the first to the last bin of time, both included.

    n, below, expected: respondents there, how many are far below, how many the model and the overall level
    lead
    one to expect; ratio: below ÷ expected against the same outside; statistic: Kulldorff's log likelihood
    ratio; p: of the scan,
    corrected for everything that was looked at.
    """

    cut: str
    value: str
    first: int
    last: int
    whole_time: bool
    n: int
    below: int
    expected: float
    ratio: float
    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class _Places:
    names: list[tuple[str, str]]
    of_row: list[Codes]
    n: Codes


def scan(
    far_below: ArrayLike,
    chance: ArrayLike,
    cuts: Mapping[str, Labels],
    time: ArrayLike | None = None,
    *,
    smallest: int = 10,
    draws: int = DRAWS,
    seed: int = 1,
) -> list[Cluster]:
    """The places where far-below answers cluster, strongest first; later ones share no respondent's place
    with them.

    far_below: a flag a respondent; chance: its probability under the model; cuts: by name one label a
    respondent
    (None: in none) or a set of them; time: the bin (0, 1, …; −1: not known) each answered in. A window is at
    most half of the time, or all of it.
    Places and windows with fewer than `smallest` respondents are not looked at. Given how many are far below,
    chance decides who: respondents are drawn in proportion to `chance`, `draws` times, and p = (1 + draws
    with a
    larger maximum) ÷ (1 + draws).
    Source: Kulldorff (1997), Communications in Statistics 26(6), eq. 2 and section 5; windows of space and
    time:
    Kulldorff et al. (1998), American Journal of Public Health 88(9).
    """
    flag, weight = np.asarray(far_below, dtype=bool), np.asarray(chance, dtype=float)
    count = int(flag.sum())
    if count < 2 or weight.sum() <= 0:
        return []
    bins = np.zeros(len(flag), dtype=np.int64) if time is None else np.asarray(time, dtype=np.int64)
    width = int(bins.max(initial=0)) + 1
    places = _places(cuts, len(flag))
    share = weight * (count / weight.sum())
    seen = _tables(places, bins, width, np.ones(len(flag)))
    expected = _tables(places, bins, width, share)
    found = _windows(_tables(places, bins, width, flag.astype(float)), expected, seen, count, smallest)
    if not found:
        return []
    reference = _reference(places, bins, width, weight, expected, seen, count, smallest, draws, seed)
    clusters = []
    taken: set[str] = set()
    for statistic, place, first, last in found:
        cut, value = places.names[place]
        if cut in taken:
            continue
        taken.add(cut)
        inside = slice(first, last + 1)
        below = round(_total(flag.astype(float), places, place, bins, width)[inside].sum())
        hoped = float(expected[place][inside].sum())
        outside = (count - below) / max(count - hoped, 1e-12)
        p = (1 + int((reference >= statistic - 1e-12).sum())) / (1 + draws)
        clusters.append(
            Cluster(
                cut=cut,
                value=value,
                first=first,
                last=last,
                whole_time=last - first + 1 == width,
                n=int(seen[place][inside].sum()),
                below=below,
                expected=hoped,
                ratio=below / hoped / outside if outside > 0 else float("inf"),
                statistic=statistic,
                p=p,
            )
        )
    return clusters


def _places(cuts: Mapping[str, Labels], n: int) -> _Places:
    names, of_row = [EVERYBODY], [np.zeros(n, dtype=np.int64)]
    for cut in sorted(cuts):
        listed = [_listed(label) for label in cuts[cut]]
        values = sorted({label for labels in listed for label in labels})
        number = {value: len(names) + place for place, value in enumerate(values)}
        names += [(cut, value) for value in values]
        # One array for the first place of each respondent, one for the second, and so on.
        for turn in range(max(map(len, listed), default=0)):
            codes = [number[labels[turn]] if turn < len(labels) else -1 for labels in listed]
            of_row.append(np.array(codes, dtype=np.int64))
    return _Places(names, of_row, np.arange(len(names)))


def _listed(label: object) -> list[str]:
    """The places of one respondent, each once and in order."""
    if label is None:
        return []
    return sorted(map(str, label)) if isinstance(label, (frozenset, set)) else [str(label)]


def _tables(places: _Places, bins: Codes, width: int, amount: Numbers) -> Numbers:
    """places × bins: the sum of `amount`; who answered at an unknown time counts in no place but is rare."""
    found = np.zeros(len(places.names) * width)
    for codes in places.of_row:
        known = (codes >= 0) & (bins >= 0)
        found += np.bincount(codes[known] * width + bins[known], amount[known], len(found))
    return found.reshape(len(places.names), width)


def _total(amount: Numbers, places: _Places, place: int, bins: Codes, width: int) -> Numbers:
    found: Numbers = _tables(places, bins, width, amount)[place]
    return found


def _windows(
    below: Numbers, expected: Numbers, seen: Numbers, count: int, smallest: int
) -> list[tuple[float, int, int, int]]:
    """The best window of each place, best first."""
    best = _best(below[None], expected, seen, float(count), float(smallest))
    listed = [
        (float(best[0, place, 0]), place, int(best[0, place, 1]), int(best[0, place, 2]))
        for place in range(len(expected))
        if best[0, place, 0] > 0
    ]
    return sorted(listed, key=lambda one: (-one[0], one[1]))


def _reference(
    places: _Places,
    bins: Codes,
    width: int,
    weight: Numbers,
    expected: Numbers,
    seen: Numbers,
    count: int,
    smallest: int,
    draws: int,
    seed: int,
) -> Numbers:
    """The largest statistic of each scan in which chance decides."""
    random = np.random.default_rng(seed)
    ends = np.cumsum(weight)
    size = len(places.names) * width
    maxima = np.empty(draws)
    at_once = max(1, min(draws, 2_000_000 // max(count, size)))
    for start in range(0, draws, at_once):
        now = min(at_once, draws - start)
        # min: a draw of almost 1 must not fall behind the last respondent.
        drawn = np.minimum(np.searchsorted(ends, random.random((now, count)) * ends[-1]), len(ends) - 1)
        tables = np.zeros(now * size)
        lift = (np.arange(now) * size)[:, None]
        for codes in places.of_row:
            place, when = codes[drawn], bins[drawn]
            cell = np.where((place >= 0) & (when >= 0), lift + place * width + when, -1)
            tables += np.bincount(cell[cell >= 0], minlength=len(tables))
        best = _best(tables.reshape(now, -1, width), expected, seen, float(count), float(smallest))
        maxima[start : start + now] = best[:, :, 0].max(axis=1)
    return maxima


@numba.njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _best(below: Numbers, expected: Numbers, seen: Numbers, count: float, smallest: float) -> Numbers:
    """tables × places × (statistic, first bin, last bin): the best window of each place of each table."""
    tables, places, width = below.shape
    found = np.zeros((tables, places, 3))
    longest = max(width // 2, 1)
    for table in range(tables):
        for place in range(places):
            for first in range(width):
                n = inside = hoped = 0.0
                for last in range(first, width):
                    n += seen[place, last]
                    inside += below[table, place, last]
                    hoped += expected[place, last]
                    length = last - first + 1
                    if (length > longest and length < width) or n < smallest or inside <= hoped:
                        continue
                    if place == 0 and length == width:
                        continue
                    statistic = inside * np.log(inside / hoped)
                    if inside < count:
                        statistic += (count - inside) * np.log((count - inside) / max(count - hoped, 1e-12))
                    if statistic > found[table, place, 0]:
                        found[table, place, 0] = statistic
                        found[table, place, 1] = first
                        found[table, place, 2] = last
    return found

"""The fixed cuts scores are published in, and how one number carries a respondent's segments.

Each segmentation is a digit of a number in mixed radix: digit 0 is "in no segment", 1, 2, … its segments. So
one scan grouped by that number gives every segment and, summed over all numbers, everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Codes = NDArray[np.int64]

# More different numbers than this in one scan compress too little; other segmentations get their own scan.
MOST_PROFILES = 512


@dataclass(frozen=True, slots=True)
class Cut:
    """One published cut: a segment of a segmentation, or everybody."""

    segmentation: str
    segment: str


EVERYBODY = Cut("all", "all")


class ReservedSegmentationError(PeakendError):
    """A segmentation has the name that stands for everybody."""

    code: ClassVar[str] = "feedback.reserved_segmentation"


@dataclass(frozen=True, slots=True)
class _Digit:
    segmentation: str
    subject: str
    radix: int
    cuts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CutBatch:
    """Segmentations that share a scan. `codes`: the table that SQL joins, one row a segment and subject."""

    digits: tuple[_Digit, ...]
    codes: pa.Table
    subjects: frozenset[str]

    def expand(self, profiles: Codes) -> tuple[Codes, Codes]:
        """(row, cut) for every segment a profile is in; a response's own segment overrules its customer's."""
        rows: list[Codes] = []
        cuts: list[Codes] = []
        base = 1
        taken: dict[str, NDArray[np.bool_]] = {}
        for digit in self.digits:
            value = profiles // base % (digit.radix + 1)
            base *= digit.radix + 1
            free = ~taken.get(digit.segmentation, np.zeros(len(profiles), dtype=bool))
            found = np.flatnonzero((value > 0) & free)
            taken[digit.segmentation] = ~free | (value > 0)
            rows.append(found)
            cuts.append(np.array(digit.cuts, dtype=np.int64)[value[found] - 1])
        empty = np.zeros(0, dtype=np.int64)
        return np.concatenate([empty, *rows]), np.concatenate([empty, *cuts])


def plan_cuts(declared: pa.Table) -> tuple[list[Cut], list[CutBatch]]:
    """All cuts (everybody first, as number 0) and the scans that cover them.

    declared: columns segmentation, segment, subject, each combination once. There is always one batch.
    """
    combinations = sorted(set(zip(*(declared[c].to_pylist() for c in declared.column_names), strict=True)))
    if any(segmentation == EVERYBODY.segmentation for segmentation, _, _ in combinations):
        raise ReservedSegmentationError(
            Text(
                "A segmentation is called 'all', which stands for everybody.",
                "有划分名为 all，而 all 表示全体。",
            ),
            Text("Give the segmentation another name.", "请为该划分另取名称。"),
        )
    segments = sorted({(segmentation, segment) for segmentation, segment, _ in combinations})
    cuts = [EVERYBODY, *(Cut(*pair) for pair in segments)]
    number = {(cut.segmentation, cut.segment): place for place, cut in enumerate(cuts[1:], start=1)}
    digits: list[_Digit] = []
    # "response" before "customer": the response's own segment is met first when a profile is taken apart.
    for segmentation, subject in sorted(
        {(c[0], c[2]) for c in combinations}, key=lambda k: (k[0], k[1] != "response")
    ):
        own = [number[c[0], c[1]] for c in combinations if (c[0], c[2]) == (segmentation, subject)]
        digits.append(_Digit(segmentation, subject, len(own), tuple(own)))
    return cuts, [_batch(group, cuts) for group in _grouped(digits)]


def _grouped(digits: Sequence[_Digit]) -> list[list[_Digit]]:
    """Digits of one segmentation stay together; a batch has at most MOST_PROFILES profiles where it can."""
    groups: list[list[_Digit]] = [[]]
    size = 1
    for segmentation in dict.fromkeys(digit.segmentation for digit in digits):
        own = [digit for digit in digits if digit.segmentation == segmentation]
        radix = int(np.prod([digit.radix + 1 for digit in own]))
        if groups[-1] and size * radix > MOST_PROFILES:
            groups.append([])
            size = 1
        groups[-1].extend(own)
        size *= radix
    return groups


def _batch(digits: Sequence[_Digit], cuts: Sequence[Cut]) -> CutBatch:
    rows: list[tuple[str, str, str, int]] = []
    base = 1
    for digit in digits:
        for value, cut in enumerate(digit.cuts, start=1):
            rows.append((digit.segmentation, cuts[cut].segment, digit.subject, value * base))
        base *= digit.radix + 1
    names = ("segmentation", "segment", "subject", "code")
    types = (pa.string(), pa.string(), pa.string(), pa.int64())
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    table = pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
    return CutBatch(tuple(digits), table, frozenset(digit.subject for digit in digits))

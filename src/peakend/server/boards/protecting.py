"""What may be shown of an anonymous survey, so that no figures subtracted from each other show fewer than
ten people.

- Answers are counted ten or more at a time (`folding`), in the month of counting. Figures
  before and after one
  answer are the same; before and after ten they differ by ten or more.
- Months only: weeks, quarters and free windows overlap, and overlaps can be subtracted.
- The month that still grows shows its total and no parts; parts follow when it is over, once.
- Parts are shown by site first, small ones hidden with the next smallest (`feedback.suppression`). Parts by
  touchpoint, channel or language are added only while no crossing of what is shown holds fewer than ten:
  every figure that can be made of the published ones by adding and subtracting is a sum over such
  crossings.
- No filters, no list of answers. Whoever sees some sites only sees their parts and no total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from peakend.feedback.suppression import suppress
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import SiteError
from peakend.server.boards.counting import Item
from peakend.server.boards.folding import STEP, release_month
from peakend.server.boards.models import COLUMNS, ScoreCell
from peakend.server.boards.periods import Period, local_day, period_of
from peakend.server.boards.reading import COLUMN_OF
from peakend.server.boards.scoring import Tally, tally

if TYPE_CHECKING:
    from peakend.server.boards.subjects import Asked

# In this order: the first that can be shown is, the next only if it is safe beside it. Teams and places
# lie within
# sites and would be subtracted from them.
CUTS = ("site", "touchpoint", "channel", "language")
# The worker may commit the last batch of a month a little after its end.
SETTLED = timedelta(hours=1)


class FixedCutsError(SiteError):
    """Somebody asked for a free cut of an anonymous survey."""

    code = "boards.fixed_cuts"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            Text("An anonymous survey is shown in fixed cuts only.", "匿名调查只提供固定的切分。"),
            Text(
                "Leave out the filters and choose a month: free combinations could show what one "
                "person answered.",
                "请去掉筛选条件并按月查看：任意组合可能暴露个人的答案。",
            ),
        )


@dataclass(frozen=True, slots=True)
class Published:
    """What may be shown of one item in one month: its total (None: too few), and parts by cut.

    A part is value → tally, None where it is hidden. `growing`: the month is not over, there are no parts
    yet. `refused`: cuts that are not shown because small groups could be worked out.
    """

    total: Tally | None
    parts: Mapping[str, Mapping[int | str, Tally | None]]
    growing: bool
    refused: tuple[str, ...]


NOTHING = Published(None, {}, False, ())


def published(actor: Actor, survey: int, asked: Asked, month: Period) -> Published:
    """What `actor` may see of `asked` in `month`."""
    return publish(
        asked.item,
        _corners(survey, asked, month),
        growing=is_growing(survey, month),
        sites=None if actor.reach.everything else actor.reach.sites,
    )


def published_totals(
    actor: Actor, survey: int, asked: Sequence[Asked], first: Period, last: Period
) -> dict[tuple[str, Period], Tally]:
    """Totals by item and month, where they are of ten or more; nothing for whoever sees a part of the
    company.
    """
    if not actor.reach.everything:
        return {}
    by_key = {one.key: one for one in asked}
    rows = ScoreCell.objects.filter(
        survey_id=survey,
        span="month",
        starts_on__gte=first.start,
        starts_on__lt=last.end,
        question__in=by_key,
    ).values_list("question", "starts_on", "version_id", "option", *COLUMNS)
    grouped: dict[tuple[str, Period], dict[tuple[str, ...], list[int]]] = {}
    for question, start, version, option, *counts in rows:
        if version in by_key[question].versions:
            into = grouped.setdefault((question, Period(start, "month")), {}).setdefault(
                (option,), [0] * len(COLUMNS)
            )
            for place, count in enumerate(counts):
                into[place] += count
    found = {key: tally(by_key[key[0]].item, counts) for key, counts in grouped.items()}
    return {key: one for key, one in found.items() if sum(one.values()) >= STEP}


def is_growing(survey: int, month: Period) -> bool:
    """Whether answers may still be counted in `month`."""
    now = clock.now()
    return month.start >= period_of(
        local_day(now - SETTLED, "UTC"), "month"
    ).start or month.start >= release_month(survey, now)


Corners = Mapping[tuple[int | str, ...], Tally]


def publish(item: Item, corners: Corners, *, growing: bool, sites: frozenset[int] | None) -> Published:
    """What may be shown of counts by (site, touchpoint, channel, language). `sites`: the only ones seen."""
    total: Tally = {}
    for found in corners.values():
        _join(total, found)
    if sum(total.values()) < STEP:
        return Published(None, {}, growing, ())
    if growing:
        return Published(total if sites is None else None, {}, True, ())
    parts, refused = _safe_parts(corners, sum(total.values()))
    if sites is not None:
        seen: dict[int | str, Tally | None] = {
            value: one for value, one in parts.get("site", {}).items() if value in sites
        }
        return Published(None, {"site": seen} if seen else {}, False, ())
    return Published(total, parts, False, refused)


def _safe_parts(
    corners: Corners, total: int
) -> tuple[dict[str, dict[int | str, Tally | None]], tuple[str, ...]]:
    parts: dict[str, dict[int | str, Tally | None]] = {}
    refused: list[str] = []
    # The class of each corner by what is shown so far: the values published, and "hidden" for all that are
    # not.
    classes: dict[tuple[int | str, ...], tuple[object, ...]] = dict.fromkeys(corners, ())
    for place, cut in enumerate(CUTS):
        groups: dict[int | str, Tally] = {}
        for corner, found in corners.items():
            _join(groups.setdefault(corner[place], {}), found)
        if len(groups) < 2:
            continue
        values = sorted(groups, key=str)
        sizes = [sum(groups[value].values()) for value in values]
        hiding = suppress(sizes, np.zeros(len(sizes), dtype=np.int64), [total], STEP)
        hidden = {value for value, flag in zip(values, hiding.hidden, strict=True) if flag}
        finer = {
            corner: (*classes[corner], None if corner[place] in hidden else corner[place])
            for corner in corners
        }
        if hiding.withheld.any() or _smallest(corners, finer) < STEP:
            refused.append(cut)
            continue
        classes = finer
        parts[cut] = {value: None if value in hidden else groups[value] for value in values}
    return parts, tuple(refused)


def _smallest(corners: Corners, classes: Mapping[tuple[int | str, ...], tuple[object, ...]]) -> int:
    sizes: dict[tuple[object, ...], int] = {}
    for corner, found in corners.items():
        sizes[classes[corner]] = sizes.get(classes[corner], 0) + sum(found.values())
    return min(sizes.values(), default=STEP)


def _corners(survey: int, asked: Asked, month: Period) -> Corners:
    rows = ScoreCell.objects.filter(
        survey_id=survey,
        span="month",
        starts_on=month.start,
        question=asked.key,
        version_id__in=asked.versions,
    ).values_list("option", *(COLUMN_OF[cut] for cut in CUTS), *COLUMNS)
    found: dict[tuple[int | str, ...], Tally] = {}
    for option, *rest in rows:
        corner, counts = tuple(rest[: len(CUTS)]), rest[len(CUTS) :]
        _join(found.setdefault(corner, {}), tally(asked.item, {(option,): counts}))
    return {corner: one for corner, one in found.items() if one}


def _join(into: Tally, other: Mapping[float, int]) -> None:
    for score, count in other.items():
        into[score] = into.get(score, 0) + count

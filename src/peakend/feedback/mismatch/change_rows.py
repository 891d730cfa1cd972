"""Rows of `mismatch_changes`: each logged change against the series it touched, and breaks nobody logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.mismatch.gathering import Gathered, Whole, labels
from peakend.feedback.mismatch.interruption import (
    FEWEST_WEEKS,
    Series,
    against,
    break_of,
    coincidences,
    interrupted,
    weekly,
    weeks_of,
)

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Settings
    from peakend.feedback.mismatch.reading import Codes, Flags, Numbers
    from peakend.feedback.mismatch.residuals import Mismatch
    from peakend.feedback.mismatch.scope_rows import Circumstances, Visits

Row = dict[str, Any]
MOST_CHANGES = 100
MOST_PLACES = 20
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class _Dated:
    """What is left of each dated respondent's total, the week, and where it was."""

    week: Codes
    residual: Numbers
    visits: list[Visits]
    monday: np.datetime64

    def at(self, touchpoint: str | None, site: str | None) -> Flags:
        """Who has been to this place (None: any) before answering."""
        if touchpoint is None and site is None:
            return np.ones(len(self.week), dtype=bool)
        return np.array(
            [
                any(touchpoint in (None, one) and site in (None, other) for one, other in pairs)
                for pairs in self.visits
            ],
            dtype=bool,
        )

    def named(self, place: int) -> list[str]:
        """Touchpoints (0) or sites (1) of everybody, once a respondent."""
        return [name for pairs in self.visits for name in {pair[place] for pair in pairs} if name is not None]

    def series(self, inside: Flags) -> tuple[Series, str]:
        """The place against all others in the same weeks, or by itself where there are no others."""
        own = weekly(self.week[inside], self.residual[inside])
        if inside.all():
            return own, "none"
        rest = weekly(self.week[~inside], self.residual[~inside])
        return against(own, rest), "rest"

    def week_of(self, number: int) -> object:
        return (self.monday + np.timedelta64(7 * number, "D")).astype(object)


def change_rows(
    gathered: Gathered, whole: Whole, found: Mismatch | None, known: Circumstances, inputs: Inputs
) -> list[Row]:
    """Logged changes first, then the series that were searched for a break of their own."""
    where = {
        "programme": whole.programme,
        "question_id": whole.question.question_id,
        **labels(whole.question),
    }
    log = sorted(inputs["changes"].to_arrow().to_pylist(), key=lambda row: (row["at"], row["change_id"]))
    dated = None if found is None else _dated(whole, found, known)
    if dated is None:
        reason = "no_model" if found is None else "no_dates"
        return [where | row for row in (*(_logged(one, reason) for one in log), _searched(WHOLE, reason))]
    logged = _judged_log(log, dated, inputs.settings)
    return [where | row for row in (*logged, *_searches(dated, logged, inputs.settings))]


def _dated(whole: Whole, found: Mismatch, known: Circumstances) -> _Dated | None:
    places = whole.rows[found.row]
    weeks, monday = weeks_of(known.day[places])
    there = np.flatnonzero(weeks >= 0)
    if not len(there):
        return None
    visits = [known.visits[place] for place in places[there].tolist()]
    return _Dated(weeks[there], found.residual[there], visits, monday)


def _logged(change: Row, reason: str | None) -> Row:
    return {
        "kind": "logged",
        "change": change["change_id"],
        "description": change["description"],
        "touchpoint_id": change["touchpoint_id"],
        "site_id": change["site_id"],
        "verdict": "not_tested",
        "reason": reason,
    }


def _judged_log(log: list[Row], dated: _Dated, settings: Settings) -> list[Row]:
    rows: list[Row] = []
    results = []
    for place, change in enumerate(reversed(log)):
        row = _logged(change, None)
        # A change counts from the first whole week after it.
        day = np.datetime64(change["at"], "D")
        week = int(np.ceil((day - dated.monday) / np.timedelta64(7, "D")))
        inside = dated.at(change["touchpoint_id"], change["site_id"])
        if place >= MOST_CHANGES:
            rows.append(row | {"reason": "too_many"})
            continue
        if not inside.any() or _few(inside, settings):
            rows.append(row | {"reason": "too_few"})
            continue
        series, control = dated.series(inside)
        found = interrupted(series, week, settings.confidence)
        row |= {
            "week_on": dated.week_of(week),
            "against": control,
            "n": int(inside.sum()),
            "weeks_before": found.before,
            "weeks_after": found.after,
            "effect": found.effect,
            "effect_low": found.low,
            "effect_high": found.high,
            "p_value": found.p,
            "reason": found.reason,
        }
        results.append((row, found))
        rows.append(row)
    adjusted, coincides = coincidences([found for _, found in results], settings.alpha)
    for (row, _), p, said in zip(results, adjusted, coincides, strict=True):
        row["adjusted_p"] = p
        if p is not None:
            row["verdict"] = "coincides" if said else "cannot_tell"
    return rows[::-1]


def _few(inside: Flags, settings: Settings) -> bool:
    """Too few respondents there, or too few elsewhere: the one could be had from the other by subtraction."""
    there, elsewhere = int(inside.sum()), int((~inside).sum())
    return there < settings.minimum_base or 0 < elsewhere < settings.minimum_base


def _searched(name: str, reason: str | None) -> Row:
    return {"kind": "unlogged", "change": name, "verdict": "not_tested", "reason": reason}


def _searches(dated: _Dated, logged: list[Row], settings: Settings) -> list[Row]:
    """A break of everybody's series, and of each touchpoint's and site's against the others."""
    places: list[tuple[str, str | None, str | None]] = [(WHOLE, None, None)]
    for kind, found in (("touchpoint", dated.named(0)), ("site", dated.named(1))):
        names, counts = np.unique(found, return_counts=True)
        order = np.lexsort([names, -counts])[:MOST_PLACES]
        if len(names) > 1:
            places += [
                (
                    f"{kind}:{name}",
                    str(name) if kind == "touchpoint" else None,
                    str(name) if kind == "site" else None,
                )
                for name in names[np.sort(order)]
                # Where everybody has been is everybody over again.
                if counts[names == name][0] < len(dated.week)
            ]
    rows = [_search(name, touchpoint, site, dated, settings) for name, touchpoint, site in places]
    p = np.array([np.nan if row.get("p_value") is None else row["p_value"] for row in rows], dtype=float)
    for row, adjusted in zip(rows, holm(p)[0].tolist(), strict=True):
        if not np.isnan(adjusted):
            said = adjusted <= settings.alpha
            row |= {"adjusted_p": adjusted, "verdict": "coincides" if said else "cannot_tell"}
            row["near"] = _near(row, logged) if said else None
    return rows


def _search(name: str, touchpoint: str | None, site: str | None, dated: _Dated, settings: Settings) -> Row:
    row = _searched(name, None) | {"touchpoint_id": touchpoint, "site_id": site}
    inside = dated.at(touchpoint, site)
    if _few(inside, settings):
        return row | {"reason": "too_few"}
    series, control = dated.series(inside)
    row |= {"against": control, "n": int(inside.sum())}
    found = break_of(series)
    if found is None:
        return row | {"reason": "too_short" if len(series.week) < FEWEST_WEEKS else "no_variance"}
    after = int((series.week >= found.week).sum())
    return row | {
        "week_on": dated.week_of(found.week),
        "from_on": dated.week_of(found.earliest),
        "to_on": dated.week_of(found.latest),
        "weeks_before": len(series.week) - after,
        "weeks_after": after,
        "effect": found.effect,
        "p_value": found.p,
    }


def _near(row: Row, logged: list[Row]) -> str | None:
    """The nearest logged change within the break's interval, one that coincides before one that does not."""
    within = [
        one
        for one in logged
        if one.get("week_on") is not None and row["from_on"] <= one["week_on"] <= row["to_on"]
    ]
    nearest = min(
        within,
        key=lambda one: (
            one["verdict"] != "coincides",
            abs(one["week_on"] - row["week_on"]),
            one["change"],
        ),
        default=None,
    )
    return None if nearest is None else str(nearest["change"])

"""Who answered, counted: responses, invitations and states of answers by period and category."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.score_counts import declared_cuts, read_surveys, respondents_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from peakend.declaration import Inputs
    from peakend.feedback.cuts import Cut, CutBatch


@dataclass(frozen=True, slots=True)
class Category:
    """A row of the mix; kind: all, channel, language or segment; name: None where the source is silent."""

    kind: str
    dimension: str
    name: str | None


WHOLE = Category("all", "all", "all")


@dataclass(slots=True)
class Invited:
    """Invitations of a category: sent, not delivered, ever answered."""

    sent: int = 0
    bounced: int = 0
    answered: int = 0


@dataclass(slots=True)
class PeriodMix:
    """What was counted in one period. `states`: by question, then by state."""

    responses: Counter[Category] = field(default_factory=Counter)
    invitations: dict[Category, Invited] = field(default_factory=dict)
    states: dict[str, Counter[str]] = field(default_factory=dict)
    surveys: set[str] = field(default_factory=set)


def count_mix(inputs: Inputs) -> list[tuple[Period, PeriodMix]]:
    """The mix of every period, in order of time within each programme."""
    return _MixCounts(inputs).in_order()


class _MixCounts:
    """Mixes being filled from one scan after the other."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._surveys, _ = read_surveys(inputs)
        self._by_id = {survey.survey_id: survey for survey in self._surveys}
        self._mixes: dict[tuple[str, str, str], PeriodMix] = {}
        self._periods: list[Period] = []
        cuts, batches = declared_cuts(inputs)
        for number, batch in enumerate(batches):
            self._count_responses(cuts, batch, everybody=number == 0)
            self._count_invitations(cuts, batch, everybody=number == 0)
        self._count_states()
        self._add_unsegmented()

    def in_order(self) -> list[tuple[Period, PeriodMix]]:
        return [
            (p, self._mixes[p.programme, p.kind, p.label]) for p in in_order(self._periods, self._surveys)
        ]

    def _mix(self, row: Mapping[str, Any]) -> PeriodMix:
        survey_id, month_on = row["survey_id"], row["month_on"]
        survey = self._by_id.get(survey_id, Survey(survey_id, None, None, None, None))
        period = period_of(survey, month_on if isinstance(month_on, date) else None)
        key = period.programme, period.kind, period.label
        if key not in self._mixes:
            self._mixes[key] = PeriodMix()
            self._periods.append(period)
        mix = self._mixes[key]
        mix.surveys.add(survey_id)
        return mix

    def _count_responses(self, cuts: Sequence[Cut], batch: CutBatch, *, everybody: bool) -> None:
        respondents = respondents_of(self._inputs, batch)
        table = self._inputs.query("feedback/response_counts", respondents=respondents).to_arrow()
        segments = _segments(table, cuts, batch)
        for row, categories in zip(table.to_pylist(), segments, strict=True):
            responses = self._mix(row).responses
            if everybody:
                for kind in ("channel", "language"):
                    responses[Category(kind, kind, row[kind])] += row["n"]
                responses[WHOLE] += row["n"]
            for category in categories:
                responses[category] += row["n"]

    def _count_invitations(self, cuts: Sequence[Cut], batch: CutBatch, *, everybody: bool) -> None:
        inputs = self._inputs
        profiles = inputs.query(
            "feedback/profiles", {"subject": "customer"}, cuts=inputs.engine.from_arrow(batch.codes)
        )
        invitees = inputs.query("feedback/invitees")
        table = inputs.query("feedback/invitation_counts", invitees=invitees, profiles=profiles).to_arrow()
        segments = _segments(table, cuts, batch)
        for row, categories in zip(table.to_pylist(), segments, strict=True):
            invitations = self._mix(row).invitations
            whole = [WHOLE, Category("channel", "channel", row["channel"])] if everybody else []
            for category in (*whole, *categories):
                invited = invitations.setdefault(category, Invited())
                invited.sent += row["invited"]
                invited.bounced += int(row["bounced"])
                invited.answered += int(row["responded"])

    def _count_states(self) -> None:
        counted = self._inputs.query("feedback/state_counts", respondents=respondents(self._inputs))
        for row in counted.to_arrow().to_pylist():
            self._mix(row).states.setdefault(row["question_id"], Counter())[row["state"]] += row["n"]

    def _add_unsegmented(self) -> None:
        """Responses that are in no segment of a segmentation are a category of it, so that shares add up."""
        for mix in self._mixes.values():
            inside: Counter[str] = Counter()
            for category, n in mix.responses.items():
                if category.kind == "segment":
                    inside[category.dimension] += n
            for segmentation, n in inside.items():
                if n < mix.responses[WHOLE]:
                    mix.responses[Category("segment", segmentation, None)] = mix.responses[WHOLE] - n


def _segments(table: pa.Table, cuts: Sequence[Cut], batch: CutBatch) -> list[list[Category]]:
    """The segments each row's profile is in."""
    found: list[list[Category]] = [[] for _ in range(len(table))]
    rows, cut = batch.expand(table["profile"].to_numpy().astype(np.int64))
    for row, number in zip(rows.tolist(), cut.tolist(), strict=True):
        found[row].append(Category("segment", cuts[number].segmentation, cuts[number].segment))
    return found

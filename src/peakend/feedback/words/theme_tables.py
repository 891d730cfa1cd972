"""The analysis `themes`: what customers speak of, how those who do score the whole, and the needs behind
it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.words.aspects import NEEDS as NEED_NAMES
from peakend.feedback.words.mentioners import changes, persons, scores, shares
from peakend.feedback.words.remarks import Remarks, read_remarks
from peakend.feedback.words.stakes import Stakes, read_stakes
from peakend.feedback.words.theme_columns import NEEDS, THEMES
from peakend.feedback.words.voices import Voice, period_columns, source_columns, subjects_of, voices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scipy.sparse import csr_array

    from peakend.declaration import Inputs, Results, ResultTable, Settings
    from peakend.feedback.moments import Estimates
    from peakend.feedback.words.mentioners import Sample
    from peakend.feedback.words.subjects import Subject, Subjects

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Row = dict[str, Any]


def theme_tables(inputs: Inputs) -> Results:
    """The tables `themes` and `needs`. Raises `ScoreOutsideScaleError`, `AspectsError`."""
    remarks = read_remarks(inputs)
    stakes = read_stakes(inputs, remarks)
    themes: list[Row] = []
    needs: list[Row] = []
    for voice in voices(remarks):
        subjects = subjects_of(inputs, remarks, voice)
        named = [_theme_columns(subject) for subject in subjects.subjects]
        counted = _Counted(remarks, voice, stakes, inputs.settings)
        themes += counted.rows(named, subjects.matrix, subjects)
        needs += counted.rows(*_needs(subjects), None)
    return {THEMES.name: _table(THEMES, themes), NEEDS.name: _table(NEEDS, needs)}


def _theme_columns(subject: Subject) -> Row:
    covered = subject.covered_by
    return {
        "theme": subject.key,
        "theme_en": subject.name.en,
        "theme_zh": subject.name.zh,
        "origin": subject.origin,
        "named": subject.named,
        "tone": subject.tone,
        "need": subject.need,
        "covered_by": ",".join(covered) if covered else None,
        "covered": None if covered is None else bool(covered),
        "stability": subject.stability,
    }


def _needs(subjects: Subjects) -> tuple[list[Row], csr_array]:
    """The needs that the subjects touch, and writers × needs: true where one mentions any subject of it."""
    from scipy.sparse import csr_array

    of_need = {
        need: [n for n, subject in enumerate(subjects.subjects) if subject.need == need]
        for need in NEED_NAMES
    }
    touched = [need for need, members in of_need.items() if members]
    columns = [np.asarray(subjects.matrix[:, of_need[need]].sum(axis=1)).reshape(-1) > 0 for need in touched]
    height = subjects.matrix.shape[0]
    matrix = np.column_stack(columns) if columns else np.zeros((height, 0), dtype=bool)
    named = [
        {
            "need": need,
            "need_en": NEED_NAMES[need].en,
            "need_zh": NEED_NAMES[need].zh,
            "themes": len(of_need[need]),
            "uncovered": sum(subjects.subjects[n].covered_by == () for n in of_need[need]),
        }
        for need in touched
    ]
    return named, csr_array(matrix)


class _Counted:
    """The rows of one voice, period by period."""

    def __init__(self, remarks: Remarks, voice: Voice, stakes: Stakes, settings: Settings) -> None:
        self.remarks, self.voice, self.stakes, self.settings = remarks, voice, stakes, settings

    def rows(self, named: Sequence[Row], matrix: csr_array, read: Subjects | None) -> list[Row]:
        """One row a period and a column of `matrix` that enough people mention."""
        least, confidence = self.settings.minimum_base, self.settings.confidence
        found: list[Row] = []
        before: tuple[int, Flags, Estimates] | None = None
        for period in self.voice.periods:
            inside, sample = self.voice.sample(self.remarks.writers, period)
            mentions = matrix[np.flatnonzero(inside)]
            enough = persons(mentions, sample) >= least
            share = shares(mentions, sample, confidence)
            kept = np.flatnonzero(enough)
            rows = [{**self._where(period), **named[n]} for n in kept.tolist()]
            _fill(rows, self._share_columns(share, kept, len(sample)))
            _fill(rows, self._tone_columns(read, inside, kept))
            _fill(rows, self._score_columns(mentions, sample, kept))
            _fill(rows, self._change_columns(share, enough, kept, period, before))
            self._value_columns(rows, mentions, inside, kept)
            found += rows
            if self.remarks.periods[period].kind != "undated":
                before = period, enough, share
        if len(self.voice.periods) < 2:
            return found
        return _safe(found, self._together(named, matrix, read), least, next(iter(named[0])) if named else "")

    def _together(self, named: Sequence[Row], matrix: csr_array, read: Subjects | None) -> list[Row]:
        """One row a theme over all periods, where months may be too short to show anything."""
        inside, sample = self.voice.sample(self.remarks.writers, None)
        kept = np.flatnonzero(persons(matrix, sample) >= self.settings.minimum_base)
        rows = [{**self._where(None), **named[n]} for n in kept.tolist()]
        _fill(rows, self._share_columns(shares(matrix, sample, self.settings.confidence), kept, len(sample)))
        _fill(rows, self._tone_columns(read, inside, kept))
        _fill(rows, self._score_columns(matrix, sample, kept))
        _fill(rows, {"change_verdict": ["no_previous_period"] * len(kept)})
        self._value_columns(rows, matrix, inside, kept)
        return rows

    def _where(self, period: int | None) -> Row:
        when = None if period is None else self.remarks.periods[period]
        return {**period_columns(when, self.voice.programme), **source_columns(self.voice.source)}

    def _share_columns(self, share: Estimates, kept: NDArray[np.int64], base: int) -> Mapping[str, Any]:
        picked = share.take(kept)
        return {
            "n": np.round(picked.value * picked.n),
            "commented": np.full(len(kept), base),
            "share": picked.value,
            "share_low": picked.low,
            "share_high": picked.high,
            "weighted_share": picked.weighted_value,
            "weighted_low": picked.weighted_low,
            "weighted_high": picked.weighted_high,
        }

    def _tone_columns(
        self, read: Subjects | None, inside: Flags, kept: NDArray[np.int64]
    ) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        if read is None:
            return found
        for name, flags in (("praised", read.good), ("blamed", read.ill)):
            if flags is not None:
                counts = np.asarray(flags[np.flatnonzero(inside)].sum(axis=0)).reshape(-1)[kept]
                found[name] = np.where(counts < self.settings.minimum_base, np.nan, counts)
        return found

    def _score_columns(
        self, mentions: csr_array, sample: Sample, kept: NDArray[np.int64]
    ) -> Mapping[str, Any]:
        question = self.voice.question
        if question is None:
            return {"verdict": ["no_scores"] * len(kept)}
        found = scores(
            mentions[:, kept], sample, question.scale, self.settings.minimum_base, self.settings.confidence
        )
        gap = found.difference
        adjusted, compared = holm(gap.p)
        tested = ~np.isnan(gap.p)
        shown = found.those.n >= self.settings.minimum_base
        verdict = _verdicts(gap.value, adjusted, self.settings.alpha, ("lower", "higher"))
        return {
            "score_question": [question.question_id] * len(kept),
            "score_en": [question.label_en or question.question_id] * len(kept),
            "score_zh": [question.label_zh or question.label_en or question.question_id] * len(kept),
            "scored": np.where(shown, found.those.n, np.nan),
            "mean": np.where(shown, found.those.best, np.nan),
            "mean_low": np.where(shown, *_ends(found.those, "low")),
            "mean_high": np.where(shown, *_ends(found.those, "high")),
            "others": np.where(tested, found.others.n, np.nan),
            "others_mean": np.where(tested, found.others.best, np.nan),
            "difference": gap.value,
            "difference_low": gap.low,
            "difference_high": gap.high,
            "p_value": gap.p,
            "adjusted_p": adjusted,
            "compared": np.where(tested, compared, np.nan),
            "verdict": np.where(tested, verdict, "no_scores").tolist(),
        }

    def _change_columns(
        self,
        share: Estimates,
        enough: Flags,
        kept: NDArray[np.int64],
        period: int,
        before: tuple[int, Flags, Estimates] | None,
    ) -> Mapping[str, Any]:
        now = self.remarks.periods[period]
        if before is None or self.remarks.periods[before[0]].kind != now.kind:
            return {"change_verdict": ["no_previous_period"] * len(kept)}
        earlier, then_enough, then = before
        gap = changes(share.take(kept), then.take(kept), self.settings.confidence)
        known = then_enough[kept]
        parts = {
            name: np.where(known, values, np.nan)
            for name, values in (
                ("change", gap.value),
                ("change_low", gap.low),
                ("change_high", gap.high),
                ("change_p", gap.p),
            )
        }
        adjusted, _ = holm(parts["change_p"])
        verdict = _verdicts(gap.value, adjusted, self.settings.alpha, ("less", "more"))
        return {
            **parts,
            "change_adjusted_p": adjusted,
            "previous_period": [self.remarks.periods[earlier].label if there else None for there in known],
            "change_verdict": np.where(known, verdict, "no_previous_period").tolist(),
        }

    def _value_columns(
        self, rows: Sequence[Row], mentions: csr_array, inside: Flags, kept: NDArray[np.int64]
    ) -> None:
        customers = self.remarks.writers.customer_id
        columns = mentions.tocsc()
        place = self.voice.rows[inside]
        for row, column in zip(rows, kept.tolist(), strict=True):
            who = place[columns.indices[columns.indptr[column] : columns.indptr[column + 1]]]
            known, spent = self.stakes.of((customers[n] for n in who.tolist()), self.settings.minimum_base)
            row["customers"], row["value_at_stake"] = known, spent
            row["currency"] = self.stakes.currency if spent is not None else None


def _safe(by_period: list[Row], together: list[Row], minimum: int, key: str) -> list[Row]:
    """Both, without the smallest periods of a theme where what they leave of its total would be too few.

    The responses of periods that are not shown can be had by subtraction; they must be nobody, or `minimum`.
    """
    dropped: set[int] = set()
    for whole in together:
        own = sorted(
            (row for row in by_period if row[key] == whole[key]), key=lambda row: (row["n"], row["period"])
        )
        rest = whole["n"] - sum(row["n"] for row in own)
        while own and 0 < rest < minimum:
            rest += own[0]["n"]
            dropped.add(id(own.pop(0)))
    return [*(row for row in by_period if id(row) not in dropped), *together]


def _ends(estimates: Estimates, end: str) -> tuple[Numbers, float]:
    """One end of the interval, design-based where there is a design; and what stands where it is hidden."""
    design = getattr(estimates, f"weighted_{end}")
    return np.where(np.isnan(design), getattr(estimates, end), design), float("nan")


def _verdicts(gap: Numbers, adjusted: Numbers, alpha: float, words: tuple[str, str]) -> NDArray[np.str_]:
    """The first word for clearly below zero, the second for clearly above, else "cannot_tell"."""
    clear = adjusted <= alpha
    return np.where(clear & (gap < 0), words[0], np.where(clear & (gap > 0), words[1], "cannot_tell"))


def _fill(rows: Sequence[Row], columns: Mapping[str, Any]) -> None:
    """`columns` (one entry a row) into the rows; what is no number is empty."""
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            number = isinstance(value, float | np.floating | np.integer)
            row[name] = (float(value) if np.isfinite(value) else None) if number else value


def _table(declared: ResultTable, rows: Sequence[Row]) -> pa.Table:
    schema = declared.schema()
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if pa.types.is_integer(field.type):
            values = [None if value is None else int(value) for value in values]
        arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)

"""The analysis `survey_weights`: every survey whose population is known is raked to its margins."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.declaration import ARROW_TYPES
from peakend.feedback.calibration.columns import SURVEY_WEIGHTS, WEIGHTING
from peakend.feedback.calibration.raking import UNKNOWN, Fitted, rake_cells
from peakend.feedback.respondents import survey_design
from peakend.feedback.score_counts import read_surveys
from peakend.feedback.suppression import suppress
from peakend.feedback.weighting import kish_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Row = dict[str, Any]
Margin = dict[str, float]

# A weight beyond five times the mean lets one respondent speak for too many.
TRIM = 5.0


@dataclass(frozen=True, slots=True)
class _Cells:
    """Equal respondents of one survey: the code of each margin (−1 unknown), n, Σ and Σ² of base weights."""

    codes: Codes
    n: Numbers
    weight: Numbers
    squares: Numbers
    heaviest: Numbers


def survey_weights(inputs: Inputs) -> Results:
    """The weights as a relation, and how each survey was weighted."""
    populations = _populations(inputs)
    margins = sorted({segmentation for _, segmentation in populations})
    profiles = _profiles(inputs, populations, margins)
    rows: list[Row] = []
    factors: list[pa.Table] = []
    places = {survey: [m for m in margins if (survey, m) in populations] for survey, _ in populations}
    for survey, cells in _cells(profiles, len(margins)).items():
        named = places[survey]
        mine = _Cells(
            cells.codes[:, [margins.index(m) for m in named]],
            cells.n,
            cells.weight,
            cells.squares,
            cells.heaviest,
        )
        found = _rows_of_survey(
            survey, mine, [(m, populations[survey, m]) for m in named], inputs.settings.minimum_base
        )
        rows += found.rows
        if found.factor is not None:
            factors.append(_factor_table(survey, cells.codes, found.factor))
    return {
        SURVEY_WEIGHTS.name: _weights(inputs, profiles, factors, len(margins)),
        WEIGHTING.name: _table(inputs, rows),
    }


def _populations(inputs: Inputs) -> dict[tuple[str, str], Margin]:
    """Sizes above 0 by survey and segmentation, segments in the order of their names."""
    found: dict[tuple[str, str], Margin] = defaultdict(dict)
    table = inputs["populations"].to_arrow()
    for row in table.sort_by(
        [(c, "ascending") for c in ("survey_id", "segmentation", "segment")]
    ).to_pylist():
        if row["size"] and row["size"] > 0:
            found[row["survey_id"], row["segmentation"]][row["segment"]] = float(row["size"])
    return found


def _profiles(
    inputs: Inputs, populations: Mapping[tuple[str, str], Margin], margins: Sequence[str]
) -> Relation:
    """One row a response of a survey with a population: base weight, and its code in each margin."""
    rows = [
        (survey, segmentation, segment, margins.index(segmentation), code)
        for (survey, segmentation), sizes in populations.items()
        for code, segment in enumerate(sizes)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), (), ()]
    kinds = (pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64())
    names = ("survey_id", "segmentation", "segment", "place", "code")
    table = pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})
    surveys = pa.table({"survey_id": pa.array(sorted({s for s, _ in populations}), pa.string())})
    long = inputs.query(
        "feedback/calibration/profiles",
        margins=inputs.engine.from_arrow(table),
        calibrated=inputs.engine.from_arrow(surveys),
        members=inputs.query("feedback/sheet_members"),
        survey_design=survey_design(inputs, calibrated=False),
    )
    pivot = "".join(
        f", coalesce(max(case when p.place = {place} then p.code end), {UNKNOWN}) as m{place}"
        for place in range(len(margins))
    )
    return long.query(
        f"select p.response_id, p.survey_id, p.base{pivot} from profiles p "
        "where p.base >= 0 group by p.response_id, p.survey_id, p.base",
        name="profiles",
    )


def _cells(profiles: Relation, margins: int) -> dict[str, _Cells]:
    codes = "".join(f", p.m{place}" for place in range(margins))
    table = profiles.query(
        f"select p.survey_id{codes}, count(*) as n, sum(p.base) as w, sum(p.base * p.base) as w2, "
        f"max(p.base) as heaviest from profiles p group by p.survey_id{codes}",
        name="profiles",
    ).to_arrow()
    names = [f"m{place}" for place in range(margins)]
    table = table.sort_by([(name, "ascending") for name in ("survey_id", *names)])
    survey = np.array(table["survey_id"].to_pylist(), dtype=object)

    def numbers(name: str) -> Numbers:
        found: Numbers = table[name].cast(pa.float64()).to_numpy()
        return found

    codes_of = np.column_stack([numbers(n) for n in names] or [np.zeros(len(table))]).astype(np.int64)
    return {
        one: _Cells(
            codes_of[survey == one],
            *(numbers(name)[survey == one] for name in ("n", "w", "w2", "heaviest")),
        )
        for one in sorted(set(survey.tolist()))
    }


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[Row]
    factor: Numbers | None


def _rows_of_survey(
    survey: str, cells: _Cells, margins: Sequence[tuple[str, Margin]], minimum: int
) -> _Found:
    """Rake one survey. Segments nobody answered from leave their share to the others, and are named."""
    n, total = int(cells.n.sum()), cells.weight.sum()
    if n < minimum or not total > 0:
        return _Found([_whole(survey, n, status="too_few", hidden=True)], None)
    codes = cells.codes.copy()
    shares = []
    for place, (_, sizes) in enumerate(margins):
        present = np.bincount(
            codes[codes[:, place] >= 0, place], cells.weight[codes[:, place] >= 0], minlength=len(sizes)
        )
        size = np.where(present > 0, list(sizes.values()), 0.0)
        # Nobody known in this margin: it says nothing, and everybody keeps their share.
        shares.append(size / size.sum() if size.sum() > 0 else size)
    mean = total / n
    cap = np.maximum(TRIM * mean, cells.heaviest) / np.maximum(cells.heaviest, 1e-300)
    fitted = rake_cells(codes, cells.weight, shares, np.where(cells.heaviest > 0, cap, np.inf))
    factor = fitted.factor * n / float(cells.weight @ fitted.factor)
    rows = [_calibrated(survey, cells, fitted, factor)]
    for place, (segmentation, sizes) in enumerate(margins):
        rows += _margin_rows(survey, segmentation, sizes, cells, place, factor, minimum)
    return _Found(rows, factor)


def _calibrated(survey: str, cells: _Cells, fitted: Fitted, factor: Numbers) -> Row:
    n = int(cells.n.sum())
    size = float(kish_size(n, float(cells.squares @ factor**2)))
    return _whole(
        survey,
        n,
        effective_n=size,
        design_effect=n / size,
        trimmed=int(cells.n[fitted.cut].sum()),
        largest_gap=fitted.largest_gap,
        mean_weight=1.0,
        status="calibrated" if fitted.largest_gap <= 1e-6 else "nearly",
        hidden=False,
    )


def _whole(survey: str, n: int, **known: Any) -> Row:  # noqa: ANN401 - columns of a result
    return {"survey_id": survey, "segmentation": "all", "segment": "all", "n": n, **known}


def _margin_rows(
    survey: str,
    segmentation: str,
    sizes: Margin,
    cells: _Cells,
    place: int,
    factor: Numbers,
    minimum: int,
) -> list[Row]:
    codes = cells.codes[:, place]
    known = codes >= 0
    total = sum(sizes.values())

    def sums(x: Numbers) -> Numbers:
        return np.bincount(codes[known], x[known], minlength=len(sizes)).astype(float)

    n, base, weighted = sums(cells.n), sums(cells.weight), sums(cells.weight * factor)
    hidden = suppress(n.astype(np.int64), np.zeros(len(n), dtype=np.int64), np.array([int(n.sum())]), minimum)
    rows = []
    for code, (segment, size) in enumerate(sizes.items()):
        row: Row = {
            "survey_id": survey,
            "segmentation": segmentation,
            "segment": segment,
            "population_share": size / total,
            "status": "nobody_answered" if n[code] == 0 else "calibrated",
            "hidden": bool(hidden.hidden[code] and n[code] > 0),
        }
        if not row["hidden"]:
            row |= {
                "n": int(n[code]),
                "sample_share": base[code] / base.sum() if base.sum() > 0 else None,
                "weighted_share": weighted[code] / weighted.sum() if weighted.sum() > 0 else None,
                "mean_weight": weighted[code] / n[code] if n[code] else None,
            }
        rows.append(row)
    return rows


def _factor_table(survey: str, codes: Codes, factor: Numbers) -> pa.Table:
    columns = {f"m{place}": pa.array(column, pa.int64()) for place, column in enumerate(codes.T)}
    return pa.table(
        {"survey_id": pa.array([survey] * len(codes), pa.string()), **columns, "factor": pa.array(factor)}
    )


def _weights(inputs: Inputs, profiles: Relation, factors: Sequence[pa.Table], margins: int) -> Relation:
    """Base weight times the factor of its cell, joined in the engine: no response leaves it."""
    empty = _factor_table("", np.zeros((0, max(margins, 1)), dtype=np.int64), np.zeros(0))
    table = pa.concat_tables([empty, *factors]) if margins else empty
    same = "".join(f" and f.m{place} = p.m{place}" for place in range(margins))
    return profiles.query(
        "select p.response_id, p.survey_id, p.base * f.factor as weight from profiles p "
        f"join factors f on f.survey_id = p.survey_id{same}",
        name="profiles",
        factors=inputs.engine.from_arrow(table),
    )


def _table(inputs: Inputs, rows: list[Row]) -> pa.Table:
    surveys, _ = read_surveys(inputs)
    known = {survey.survey_id: survey for survey in surveys}
    for row in rows:
        survey = known.get(row["survey_id"])
        row["programme"] = (survey.programme if survey else None) or row["survey_id"]
        row["period"] = survey.wave if survey else None
    return pa.table(
        {c.name: pa.array([row.get(c.name) for row in rows], ARROW_TYPES[c.type]) for c in WEIGHTING.columns},
        schema=WEIGHTING.schema(),
    )

"""The analyses `attribution` and `sequences`: result tables, and the customers behind their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.declaration import ARROW_TYPES, ResultTable
from peakend.feedback.intervals import wilson
from peakend.journey.crediting.columns import OUTCOME_RATES, TOUCHPOINT_ATTRIBUTION, TOUCHPOINT_SEQUENCES
from peakend.journey.crediting.counting import OTHER, attributed_steps, numbered
from peakend.journey.crediting.credit import attribution
from peakend.journey.crediting.errors import AttributionError
from peakend.journey.crediting.following import paired_steps, sequences
from peakend.journey.crediting.outcomes import HORIZONS, OUTCOMES, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.journey.crediting.credit import Attribution, Credit
    from peakend.journey.crediting.following import Sequences

Row = dict[str, Any]
Names = dict[str, tuple[str, str]]

OTHERS = "(other)"
TOO_OFTEN_CUT = 0.1
"""Where more of the journeys with an outcome were cut short by it, lifts are not tested: those whom it
happened to had less of a journey, which alone makes late touchpoints look innocent."""


def attribution_tables(inputs: Inputs) -> Results:
    """`outcome_rates`, and `touchpoint_attribution` for every outcome that some journeys had and some not."""
    rates = _rates(inputs)
    names = touchpoint_names(inputs)
    rows: list[Row] = []
    for rate in rates:
        if rate["hidden"] or rate["n_converted"] < inputs.settings.minimum_base:
            continue
        try:
            found = attribution(
                inputs["journey_steps"],
                outcome_of(inputs["journey_outcomes"], rate["outcome"]),
                minimum=inputs.settings.minimum_base,
                confidence=inputs.settings.confidence,
                worth="rate" if rate["cut_short"] <= TOO_OFTEN_CUT else "total",
            )
        except AttributionError:  # every journey has the outcome: nothing to compare, the rate says so
            continue
        rows += _attribution_rows(found, rate, names, inputs.settings)
    return {
        OUTCOME_RATES.name: table_of(OUTCOME_RATES, rates),
        TOUCHPOINT_ATTRIBUTION.name: table_of(TOUCHPOINT_ATTRIBUTION, rows),
    }


def sequence_tables(inputs: Inputs) -> Results:
    """`touchpoint_sequences`: every pair that was tested, the most certain first."""
    rates = _rates(inputs)
    names = touchpoint_names(inputs)
    rows: list[Row] = []
    for rate in rates:
        if rate["hidden"] or not 0 < rate["n_converted"] < rate["n"]:
            continue
        found = sequences(
            inputs["journey_steps"],
            outcome_of(inputs["journey_outcomes"], rate["outcome"]),
            minimum=inputs.settings.minimum_base,
            confidence=inputs.settings.confidence,
        )
        rows += _sequence_rows(found, rate, names, inputs.settings)
    return {TOUCHPOINT_SEQUENCES.name: table_of(TOUCHPOINT_SEQUENCES, rows)}


def table_of(declared: ResultTable, rows: Sequence[Row]) -> pa.Table:
    """`rows` in the shape of `declared`; what a row lacks, and what is not a number, is null."""
    arrays = {
        c.name: pa.array([_plain(row.get(c.name)) for row in rows], ARROW_TYPES[c.type])
        for c in declared.columns
    }
    return pa.table(arrays, schema=declared.schema())


def touchpoint_names(inputs: Inputs) -> Names:
    """Names in English and Chinese by touchpoint, where the registry has them."""
    table = inputs.query("select t.touchpoint_id, t.name, t.name_zh from touchpoints t").to_arrow()
    return {
        row["touchpoint_id"]: (
            row["name"] or row["touchpoint_id"],
            row["name_zh"] or row["name"] or row["touchpoint_id"],
        )
        for row in table.to_pylist()
    }


def journeys_with_outcome(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The journeys that an outcome's n_converted counts."""
    judged = outcome_of(inputs["journey_outcomes"], row["outcome"])
    return judged.query("journey/crediting/met_outcome", name="judged")


def journeys_that_met(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The journeys that a row's n_converted counts: they met the touchpoint, and had the outcome."""
    steps, judged = inputs["journey_steps"], outcome_of(inputs["journey_outcomes"], row["outcome"])
    names = numbered(steps, inputs.settings.minimum_base)
    wanted = OTHER if row["touchpoint_id"] == OTHERS else row["touchpoint_id"]
    if wanted not in names.names:
        raise _unknown(wanted)
    attributed = attributed_steps(steps, judged, names.relation(steps), len(names.names) - 1)
    return attributed.query(
        "journey/crediting/met_journeys", {"number": names.names.index(wanted)}, name="attributed_steps"
    )


def journeys_in_sequence(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The journeys that a row's n counts: the second followed the first, in this way."""
    steps, judged = inputs["journey_steps"], outcome_of(inputs["journey_outcomes"], row["outcome"])
    attributed, names = paired_steps(steps, judged, inputs.settings.minimum_base)
    for wanted in (row["first_id"], row["second_id"]):
        if wanted not in names:
            raise _unknown(wanted)
    pairs = attributed.query("journey/crediting/pairs_met", name="attributed_steps")
    return pairs.query(
        "journey/crediting/sequence_journeys",
        {
            "first_number": names.index(row["first_id"]),
            "second_number": names.index(row["second_id"]),
            "link": row["link"],
        },
        name="pairs_met",
    )


def _unknown(touchpoint: str) -> AttributionError:
    from peakend.language import Text

    return AttributionError(
        Text(
            f"The touchpoint {touchpoint} is not among those that journeys meet often enough.",
            f"接触点 {touchpoint} 不在旅程中足够常见的接触点之列。",
        ),
        touchpoint=touchpoint,
    )


def _rates(inputs: Inputs) -> list[Row]:
    """One row an outcome that is known of some journeys; intervals with customers as clusters."""
    counted = inputs.query("journey/crediting/outcome_rates").to_arrow().to_pylist()
    rows: list[Row] = []
    for found in sorted(counted, key=lambda row: OUTCOMES.index(row["outcome"])):
        n, won = found["n"], found["won"]
        if n == 0:
            continue
        row: Row = {
            "outcome": found["outcome"],
            "days": HORIZONS.of(found["outcome"]),
            "hidden": n < inputs.settings.minimum_base,
        }
        if not row["hidden"]:
            rate = won / n
            low, high = wilson([rate], [_effective(found, rate)], inputs.settings.confidence)
            row |= {
                "n": n,
                "n_converted": won,
                "n_unknown": found["n_unknown"],
                "rate": rate,
                "rate_low": float(low[0]),
                "rate_high": float(high[0]),
                "cut_short": found["cut_n"] / won if won else 0.0,
            }
        rows.append(row)
    return rows


def _effective(found: Mapping[str, Any], rate: float) -> float:
    """Journeys divided by the design effect of several journeys a customer; never more than there are."""
    spread = found["ww"] - 2 * rate * found["nw"] + rate * rate * found["nn"]
    plain = found["n"] * rate * (1 - rate)
    return found["n"] / max(1.0, spread / plain) if plain > 0 else float(found["customers"])


def _attribution_rows(found: Attribution, rate: Row, names: Names, settings: Settings) -> list[Row]:
    tested = rate["cut_short"] <= TOO_OFTEN_CUT
    rows: list[Row] = []
    for method, credit in found.methods.items():
        order = sorted(range(len(found.touchpoints)), key=lambda i: (-credit.share.value[i], i))
        for rank, place in enumerate(order, 1):
            name = found.touchpoints[place] or OTHERS
            row: Row = {
                "outcome": rate["outcome"],
                "method": method,
                "touchpoint_id": name,
                **named("touchpoint", name, names),
                "hidden": int(found.met[place]) < settings.minimum_base,
            }
            if not row["hidden"]:
                row |= {
                    "n": int(found.met[place]),
                    "n_converted": int(found.met_converted[place]),
                    "rank": rank,
                    **_figures(credit, place, settings.alpha, tested=tested),
                }
            rows.append(row)
    return rows


def _figures(credit: Credit, place: int, alpha: float, *, tested: bool) -> Row:
    adjusted = float(credit.adjusted_p[place])
    return {
        "share": credit.share.value[place],
        "share_low": credit.share.low[place],
        "share_high": credit.share.high[place],
        "expected": credit.expected[place],
        "lift": credit.lift.value[place],
        "lift_low": credit.lift.low[place],
        "lift_high": credit.lift.high[place],
        "p_value": credit.lift.p[place] if tested else None,
        "adjusted_p": adjusted if tested else None,
        "verdict": verdict_of(float(credit.lift.value[place]), adjusted, alpha, tested=tested),
        "beside_last": credit.beside_last.value[place],
        "beside_last_low": credit.beside_last.low[place],
        "beside_last_high": credit.beside_last.high[place],
        "beside_last_p": credit.beside_last_p[place],
        "sampling_error": credit.error,
    }


def _sequence_rows(found: Sequences, rate: Row, names: Names, settings: Settings) -> list[Row]:
    tested = rate["cut_short"] <= TOO_OFTEN_CUT
    rows: list[Row] = []
    for i in range(len(found)):
        reversed_shown = int(found.n_reversed[i]) >= settings.minimum_base
        rows.append(
            {
                "outcome": rate["outcome"],
                "link": found.link[i],
                "first_id": found.first[i],
                **named("first", found.first[i], names),
                "second_id": found.second[i],
                **named("second", found.second[i], names),
                "n": int(found.n[i]),
                "n_converted": int(found.won[i]),
                "rate": found.rate[i],
                "rate_low": found.rate_low[i],
                "rate_high": found.rate_high[i],
                "n_first": int(found.n_first[i]),
                "rate_first": found.rate_first[i],
                "n_second": int(found.n_second[i]),
                "rate_second": found.rate_second[i],
                "n_neither": int(found.n_neither[i]),
                "rate_neither": found.rate_neither[i],
                "n_reversed": int(found.n_reversed[i]) if reversed_shown else None,
                "rate_reversed": found.rate_reversed[i] if reversed_shown else None,
                "expected": found.expected[i],
                "lift": found.lift[i],
                "lift_low": found.low[i],
                "lift_high": found.high[i],
                "p_value": found.p[i] if tested else None,
                "adjusted_p": found.adjusted_p[i] if tested else None,
                "tested": len(found) if tested else 0,
                "verdict": verdict_of(
                    float(found.lift[i]), float(found.adjusted_p[i]), settings.alpha, tested=tested
                ),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            row["p_value"] is None,
            row["p_value"],
            row["first_id"],
            row["second_id"],
            row["link"],
        ),
    )


def named(prefix: str, touchpoint: str, names: Names) -> Row:
    """The columns `<prefix>_en` and `<prefix>_zh`."""
    if touchpoint == OTHERS:
        return {f"{prefix}_en": "Other touchpoints", f"{prefix}_zh": "其他接触点"}
    english, chinese = names.get(touchpoint, (touchpoint, touchpoint))
    return {f"{prefix}_en": english, f"{prefix}_zh": chinese}


def verdict_of(lift: float, adjusted_p: float, alpha: float, *, tested: bool) -> str:
    """more, less, cannot_tell or not_tested."""
    if not tested:
        return "not_tested"
    if adjusted_p <= alpha:
        return "more" if lift > 0 else "less"
    return "cannot_tell"


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any type
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value

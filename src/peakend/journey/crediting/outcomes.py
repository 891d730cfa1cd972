"""What happened after a journey: bought again, left, complained; where it cannot be known yet, nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

import pyarrow as pa

from peakend.journey.crediting.errors import AttributionError
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

Outcome = Literal["repurchase", "churn", "complaint"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Horizons:
    """Days after the end of a journey within which each outcome counts."""

    repurchase: float = 90.0
    churn: float = 180.0
    complaint: float = 30.0

    def __post_init__(self) -> None:
        for name in OUTCOMES:
            days = getattr(self, name)
            if not (isinstance(days, (int, float)) and 0 < days < 36_500):
                raise AttributionError(
                    Text(
                        f"The horizon of {name} is a number of days above 0, not {days!r}.",
                        f"{name} 的时限应为大于 0 的天数，而不是 {days!r}。",
                    )
                )

    def of(self, outcome: str) -> float:
        return float(getattr(self, outcome))


HORIZONS = Horizons()


def journey_outcomes(
    journeys: Relation,
    journey_steps: Relation,
    transactions: Relation,
    cases: Relation,
    touchpoints: Relation,
    horizons: Horizons = HORIZONS,
) -> Relation:
    """One row a journey of a known customer: journey_id, customer_id, ended_at, repurchased, churned,
    complained, complained_at.

    repurchased: a sale after the end within the horizon. churned: neither a sale nor a contact within it.
    complained: a complaint (a case of that kind, or a touchpoint called so) from the start of the journey
    until the horizon after its end; the first is `complained_at`. Each is null where the journey ended too
    late to know (fixed horizons: a journey counts only if all of its horizon was observed, also when the
    outcome came early, so that right-censoring does not favour those it happened to), and `complained`
    where complaints are not recorded at all.
    """
    days = {f"{name}_us": round(horizons.of(name) * _DAY_US) for name in OUTCOMES}
    return journeys.engine.query(
        "journey/crediting/journey_outcomes",
        {**days, "now": datetime.now(UTC).replace(tzinfo=None)},
        journeys=journeys,
        journey_steps=journey_steps,
        transactions=transactions,
        cases=cases,
        touchpoints=touchpoints,
    )


def outcome_of(outcomes: Relation, outcome: str) -> Relation:
    """One outcome where it is known: journey_id, customer_id, converted (1 or 0), cut_at.

    cut_at: from then on the steps of a journey are the outcome or come after it. Raises `AttributionError`
    for another outcome.
    """
    if outcome not in OUTCOMES:
        raise AttributionError(
            Text(
                f"The outcomes are {', '.join(OUTCOMES)}, not {outcome}.",
                f"结果只能是 {'、'.join(OUTCOMES)}，而不是 {outcome}。",
            ),
            outcome=outcome,
        )
    return outcomes.query("journey/crediting/judged", {"outcome": outcome}, name="journey_outcomes")


def outcome_frame(frame: pa.Table) -> pa.Table:
    """A caller's own outcome in the shape of `outcome_of`. Raises `AttributionError` for a lacking column."""
    missing = [name for name in ("journey_id", "customer_id", "converted") if name not in frame.column_names]
    if missing:
        raise AttributionError(
            Text(
                f"The outcome lacks {', '.join(missing)}: one row a journey with converted 1 or 0.",
                f"结果数据缺少列 {'、'.join(missing)}：每段旅程一行，converted 为 1 或 0。",
            ),
            missing=missing,
        )
    cut = frame["cut_at"] if "cut_at" in frame.column_names else pa.nulls(len(frame))
    return pa.table(
        {
            "journey_id": frame["journey_id"].cast(pa.string()),
            "customer_id": frame["customer_id"].cast(pa.string()),
            "converted": frame["converted"].cast(pa.int64()),
            "cut_at": cut.cast(pa.timestamp("us")),
        }
    )


def outcome_tables(inputs: Inputs) -> Results:
    """The analysis `journey_outcomes`: a relation that never leaves the engine."""
    found = journey_outcomes(
        inputs["journeys"],
        inputs["journey_steps"],
        inputs["transactions"],
        inputs["cases"],
        inputs["touchpoints"],
    )
    return {"journey_outcomes": found}

"""The analysis `contract_lifetimes`: models of renewal, which predicts, and what contracts will last."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.declaration import ARROW_TYPES
from peakend.value.contracts.columns import (
    CONTRACT_MODELS,
    CONTRACT_RESIDUALS,
    CONTRACT_SURVIVAL,
    CONTRACT_TERMS,
)
from peakend.value.contracts.margins import Margins, margins_of
from peakend.value.contracts.model_choice import Choice, chosen_model
from peakend.value.contracts.product_limit import Exposure, product_limit
from peakend.value.contracts.spells import EVERY, Span, Spells, ages_of, before, span_of, spells_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.value.models.parameters import Link
    from peakend.value.models.renewal_model import RenewalModel

    Floats = NDArray[np.float64]

_GIVES = (CONTRACT_MODELS, CONTRACT_SURVIVAL, CONTRACT_RESIDUALS, CONTRACT_TERMS)

# A window of the last fifth of the longest contract's life, and as much before it.
_WINDOWS = 5
_LONGEST_PROJECTION_YEARS = 10


@dataclass(frozen=True, slots=True)
class Projected:
    """A product's own choice of model, and the product whose model stands for it where it has none."""

    product: str
    spells: Spells
    own: Choice
    model: RenewalModel | None
    borrowed: bool


def lifetimes_of_contracts(inputs: Inputs) -> Results:
    """The four tables; `contract_terms` as a relation of one row a contract still open."""
    span = span_of(inputs)
    if span is None:
        return {table.name: table.of([]) for table in _GIVES}
    longest = int(spells_of(inputs, span).finished.max(initial=0))
    width = max(1, longest // _WINDOWS) * span.months
    spells = spells_of(inputs, span, first=before(span.as_of, 2 * width), second=before(span.as_of, width))
    projected = _projected(spells, inputs.settings)
    margins = margins_of(inputs, span)
    residuals = list(_residuals(projected, span, margins, inputs.settings))
    return {
        CONTRACT_MODELS.name: CONTRACT_MODELS.of(list(_models(projected, span, inputs.settings))),
        CONTRACT_SURVIVAL.name: CONTRACT_SURVIVAL.of(list(_curves(projected, span, inputs.settings))),
        CONTRACT_RESIDUALS.name: CONTRACT_RESIDUALS.of([_shown(r, inputs.settings) for r in residuals]),
        CONTRACT_TERMS.name: _terms(inputs, span, residuals),
    }


def customers_of_age(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Customers with a contract of the row's product still open after so many renewals."""
    span = span_of(inputs)
    assert span is not None
    return ages_of(inputs, span).query(
        "value/contracts/open_contracts",
        {"product": row["product_id"], "renewals": int(row["renewals"])},
        name="ages",
    )


def _projected(spells: Spells, settings: Settings) -> list[Projected]:
    everything = chosen_model(spells, settings.minimum_base)
    found = [Projected(EVERY, spells, everything, everything.model, False)]
    for product in spells.products:
        own = spells.of(product)
        choice = chosen_model(own, settings.minimum_base)
        model = choice.model or everything.model
        found.append(Projected(product, own, choice, model, choice.model is None and model is not None))
    return found


def _models(projected: list[Projected], span: Span, settings: Settings) -> Iterator[dict[str, Any]]:
    rate = _rate(span, settings)
    for one in projected:
        for tried in one.own.tried:
            row: dict[str, Any] = {
                "source": span.source, "product_id": one.product, "period_kind": span.period,
                "model": tried.name, "chosen": tried.name == one.own.name, "chosen_by": one.own.by,
                "converged": tried.final is not None, "contracts": int(one.spells.contracts.sum()),
                "contract_periods": tried.periods, "lost": tried.lost,
                "validation_score": tried.validation_score,
                "test_predicted": tried.test_predicted, "test_lost": tried.test_lost,
                "test_periods": tried.test_periods, "test_score": tried.test_score,
                "discount_rate": settings.discount_rate,
            }  # fmt: skip
            if tried.final is not None:
                errors = tried.final.params.standard_errors
                for name, value in tried.final.params.items():
                    row |= {name: value, f"{name}_se": errors[name]}
                row |= {"log_likelihood": tried.final.log_likelihood}
                row |= _interval(
                    "lifetime",
                    tried.final,
                    lambda m: np.asarray(m.discounted_expected_lifetime(rate)),
                    settings,
                )
            yield row


def _interval(
    name: str,
    model: RenewalModel,
    quantity: Callable[[RenewalModel], Floats],
    settings: Settings,
    link: Link = "log",
) -> dict[str, float]:
    """A quantity of the model with its interval by the delta method; one number each."""
    found = model.implied(lambda p: quantity(model.at(p)), link=link, confidence=settings.confidence)
    values = (float(found.value), float(found.low), float(found.high))
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _curves(projected: list[Projected], span: Span, settings: Settings) -> Iterator[dict[str, Any]]:
    for one in projected:
        table = one.spells.counts().life_table()
        last = int(table.age.max(initial=0))
        at_risk = dict(zip(table.age.tolist(), table.at_risk.tolist(), strict=True))
        lost = dict(zip(table.age.tolist(), table.lost.tolist(), strict=True))
        happened = table.lost > 0
        observed = product_limit(
            Exposure(table.age[happened], table.at_risk[happened], table.lost[happened]), settings.confidence
        )
        # Where no new contract was seen, nobody knows how many were lost before.
        begun = at_risk.get(1, 0) >= settings.minimum_base
        most = last + min(max(last, 4), int(_LONGEST_PROJECTION_YEARS * span.per_year))
        ages = np.arange(most + 1)
        value, low, high = observed.at(ages)
        model = one.model
        ends = _survival(model, ages, settings) if model is not None else None
        for age in ages.tolist():
            seen = begun and (age == 0 or at_risk.get(age, 0) >= settings.minimum_base)
            seen = seen and all(at_risk.get(a, 0) >= settings.minimum_base for a in range(1, age + 1))
            row: dict[str, Any] = {
                "source": span.source, "product_id": one.product, "period_kind": span.period, "age": age,
                "model": None if model is None else type(model).__name__, "borrowed": one.borrowed,
            }  # fmt: skip
            if seen:
                row |= {"at_risk": at_risk.get(age), "lost": lost.get(age), "observed": value[age]}
                row |= {"observed_low": low[age], "observed_high": high[age]}
            if ends is not None:
                row |= {name: float(column[age]) for name, column in ends.items()}
            yield row


def _survival(model: RenewalModel, ages: NDArray[np.int64], settings: Settings) -> dict[str, Floats]:
    found = model.implied(lambda p: model.at(p).survival(ages), link="logit", confidence=settings.confidence)
    return {"projected": found.value, "projected_low": found.low, "projected_high": found.high}


def _residuals(
    projected: list[Projected], span: Span, margins: Margins, settings: Settings
) -> Iterator[dict[str, Any]]:
    rate = _rate(span, settings)
    horizon = int(settings.value_horizon_days * span.per_year / 365.25 + 0.5)
    for one in projected:
        still = one.spells.where(one.spells.lost_in == 0)
        if one.model is None or not len(still.contracts):
            continue
        counts = np.bincount(still.finished, still.contracts)
        model = one.model
        for renewals in np.flatnonzero(counts).tolist():
            row: dict[str, Any] = {
                "source": span.source, "product_id": one.product, "period_kind": span.period,
                "renewals": renewals, "contracts": int(counts[renewals]), "hidden": False,
                "model": type(model).__name__, "borrowed": one.borrowed,
                "discount_rate": settings.discount_rate,
                "terms_in_horizon": float(
                    model.discounted_expected_residual_lifetime(renewals, 0.0, horizon=horizon)
                ),
            }  # fmt: skip
            row |= _interval("next_retention", model, _next(renewals), settings, "logit")
            row |= _interval("residual_terms", model, _ahead(renewals, rate), settings)
            margin = margins.per_period.get(one.product)
            if margin is not None and np.isfinite(row["residual_terms"]):
                worth = (Decimal(repr(row["residual_terms"])) * margin).quantize(Decimal("0.0001"))
                row |= {"margin_per_period": margin, "residual_value": worth, "currency": margins.currency}
            yield row


def _next(renewals: int) -> Callable[[RenewalModel], Floats]:
    return lambda model: model.retention_rate(renewals + 1)


def _ahead(renewals: int, rate: float) -> Callable[[RenewalModel], Floats]:
    return lambda model: model.discounted_expected_residual_lifetime(renewals, rate)


def _shown(row: dict[str, Any], settings: Settings) -> dict[str, Any]:
    if row["contracts"] >= settings.minimum_base:
        return row
    told = ("source", "product_id", "period_kind", "renewals", "model", "borrowed")
    return {name: row[name] for name in told} | {"hidden": True}


def _terms(inputs: Inputs, span: Span, residuals: list[dict[str, Any]]) -> Relation:
    """Every contract still open, with what its product and age have ahead: pushed back by a join."""
    names = {
        "product_id": "string", "renewals": "integer", "next_retention": "number",
        "residual_terms": "number", "terms_in_horizon": "number", "residual_value": "money",
        "currency": "string", "model": "string",
    }  # fmt: skip
    own = [row for row in residuals if row["product_id"] != EVERY]
    table = pa.table({n: pa.array([row.get(n) for row in own], ARROW_TYPES[t]) for n, t in names.items()})
    return inputs.engine.query(
        "value/contracts/contract_terms",
        {"as_of": span.as_of},
        ages=ages_of(inputs, span),
        residuals=inputs.engine.from_arrow(table),
    )


def _rate(span: Span, settings: Settings) -> float:
    """The yearly discount rate, of one period."""
    return float((1 + settings.discount_rate) ** (1 / span.per_year) - 1)

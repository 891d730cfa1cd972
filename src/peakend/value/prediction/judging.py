"""How good the chosen model is, as rows: candidates, parameters, calibration, tracking, frequencies."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from peakend.value.prediction.candidates import predicted
from peakend.value.prediction.choosing import SAME_RATE
from peakend.value.prediction.outcomes import accuracy, deciles, own_rate

if TYPE_CHECKING:
    from datetime import date

    from peakend.language import Text
    from peakend.value.models.likelihood_model import LikelihoodModel
    from peakend.value.prediction.candidates import PurchaseModel
    from peakend.value.prediction.outcomes import Accuracy
    from peakend.value.prediction.splits import Split
    from peakend.value.prediction.study import Study
    from peakend.value.purchases.purchases import Purchases

Row = dict[str, Any]
_MORE = ("deviance_more", "deviance_more_low", "deviance_more_high")
MOST_REPEATS = 7
SIMULATED = 200_000
"""Customers simulated for the frequencies a model expects: chance moves a share by less than 0.3 %."""


def model_rows(study: Study, confidence: float) -> list[Row]:
    """Rows of `lifetime_models`: candidates in validation, the chosen one and the plainest in the test."""
    rows: list[Row] = []
    if study.choice is not None and study.validation is not None and study.cut is not None:
        days: Row = {
            "days": study.cut.validation_days,
            "from_on": study.cut.fitted_until,
            "until_on": study.cut.validated_until,
        }
        for name, found in study.choice.scores.items():
            note = _note(study.why) if name == study.name else {}
            gain = study.choice.gains.get(name, (None, None, None))
            more = dict(zip(_MORE, gain, strict=True))
            rows.append(
                {
                    "model": name,
                    "stage": "validation",
                    "chosen": name == study.name,
                    **_scores(found),
                    **days,
                    **more,
                    **note,
                }
            )
    if study.judged is not None and study.test is not None and study.cut is not None:
        days = {
            "days": study.cut.test_days,
            "from_on": study.cut.validated_until,
            "until_on": study.cut.last_on,
        }
        judged = accuracy(study.test, predicted(study.judged, study.test), confidence)
        plain = accuracy(study.test, own_rate(study.test), confidence)
        rows.append({"model": study.name, "stage": "test", "chosen": True, **_scores(judged), **days})
        rows.append({"model": SAME_RATE, "stage": "test", "chosen": False, **_scores(plain), **days})
    for stage, name, problem in study.failed:
        # A model may fail at several stages; what it was told first is what matters.
        if not any(row["model"] == name and row["stage"] == stage for row in rows):
            rows.append({"model": name, "stage": stage, "chosen": False, **_note(problem.what)})
    if study.choice is None or study.name is None:
        rows.append(
            {"model": study.name or "-", "stage": "unjudged", "chosen": study.name is not None}
            | _note(study.why)
        )
    return rows


def parameter_rows(
    models: dict[str, LikelihoodModel[Any]], customers: dict[str, int], confidence: float
) -> list[Row]:
    """Rows of `lifetime_parameters`."""
    rows = []
    for name, model in models.items():
        errors = model.params.standard_errors
        for parameter, value in model.params.items():
            low, high = model.params.interval(parameter, confidence)
            rows.append(
                {
                    "model": name,
                    "parameter": parameter,
                    "value": value,
                    "standard_error": errors[parameter],
                    "low": low,
                    "high": high,
                    "log_likelihood": model.log_likelihood,
                    "customers": customers[name],
                }
            )
    return rows


def covariance_rows(models: dict[str, LikelihoodModel[Any]]) -> list[Row]:
    """Rows of `lifetime_covariances`."""
    return [
        {
            "model": name,
            "parameter": one,
            "other": other,
            "covariance": float(model.params.covariance[place, beside]),
        }
        for name, model in models.items()
        for place, one in enumerate(model.params.names)
        for beside, other in enumerate(model.params.names)
    ]


def calibration_rows(study: Study, confidence: float) -> list[Row]:
    """Rows of `lifetime_calibration`: tenths in the test window."""
    if study.judged is None or study.test is None:
        return []
    rows: list[Row] = []
    for found in deciles(study.test, predicted(study.judged, study.test), confidence):
        rows.append(
            {
                "decile": found.decile,
                "customers": found.customers,
                "predicted": found.predicted,
                "actual": found.actual,
                "low": found.low,
                "high": found.high,
            }
        )
    return rows


def tracking_rows(purchases: Purchases, model: PurchaseModel, cut: Split) -> list[Row]:
    """Rows of `lifetime_tracking`: whole weeks only. Source: Fader, Hardie & Lee (2005), figure 3."""
    engine = purchases.engine
    begins = {"begins_on": purchases.begins_on}
    weekly = engine.query("value/prediction/purchase_weeks", begins, days=purchases.days()).to_arrow()
    births = engine.query("value/prediction/births", begins, histories=purchases.histories()).to_arrow()
    by_week = Counter(dict(zip(weekly["week"].to_pylist(), weekly["purchases"].to_pylist(), strict=True)))
    for day, number in zip(births["day"].to_pylist(), births["customers"].to_pylist(), strict=True):
        # What is not a customer's first purchase is a repeat.
        by_week[day // 7] -= number
    born = np.asarray(births["day"].to_numpy(), np.float64)
    customers = np.asarray(births["customers"].to_numpy(), np.float64)
    rows: list[Row] = []
    actual_total, before = 0, 0.0
    for week in range(((purchases.as_of - purchases.begins_on).days + 1) // 7):
        seen = np.maximum(7.0 * (week + 1) - 1 - born, 0.0) / 7
        total = float(customers @ np.asarray(model.expected_purchases_new_customer(seen)))
        actual_total += by_week[week]
        until = _last_day(purchases.begins_on, week)
        rows.append(
            {
                "week": week + 1,
                "until_on": until,
                "actual": by_week[week],
                "expected": total - before,
                "actual_total": actual_total,
                "expected_total": total,
                "fitted": until <= cut.validated_until,
            }
        )
        before = total
    return rows


def frequency_rows(study: Study, confidence: float) -> list[Row]:
    """Rows of `lifetime_frequency`: expected numbers from customers simulated with the same ages.

    The interval is that of a binomial number: how far chance alone would move it.
    """
    if study.final is None:
        return []
    histories = study.histories
    total = histories.total
    random = np.random.default_rng(0)
    # In one order, so that every engine draws the same.
    distinct, place = np.unique(histories.age, return_inverse=True)
    shares = np.bincount(place, histories.customers) / total
    ages = random.choice(distinct, SIMULATED, p=shares)
    drawn = np.minimum(np.asarray(study.final.simulate(ages, seed=0)["frequency"]), MOST_REPEATS).astype(int)
    expected = np.bincount(drawn, minlength=MOST_REPEATS + 1) / SIMULATED
    seen = np.bincount(
        np.minimum(histories.frequency, MOST_REPEATS), histories.customers, minlength=MOST_REPEATS + 1
    )
    z = float(ndtri(0.5 + confidence / 2))
    rows: list[Row] = []
    for repeats in range(MOST_REPEATS + 1):
        share = float(expected[repeats])
        half = z * float(np.sqrt(total * share * (1 - share)))
        rows.append(
            {
                "purchases": repeats,
                "or_more": repeats == MOST_REPEATS,
                "customers": int(seen[repeats]),
                "expected": share * total,
                "low": max(share * total - half, 0.0),
                "high": share * total + half,
            }
        )
    return rows


def _scores(found: Accuracy) -> Row:
    return {
        "customers": found.customers,
        "predicted": found.predicted,
        "actual": found.actual,
        "bias": found.bias,
        "bias_low": found.bias_low,
        "bias_high": found.bias_high,
        "error": found.error,
        "squared_error": found.squared,
        "deviance": found.deviance,
    }


def _note(text: Text) -> Row:
    return {"note_en": text.en, "note_zh": text.zh}


def _last_day(begins_on: date, week: int) -> date:
    return begins_on + timedelta(days=7 * (week + 1) - 1)

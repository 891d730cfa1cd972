"""The analysis `choice_model`: what value and cost weigh in choices, and the shares they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from peakend.feedback.intervals import wilson
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.offers.conditional_logit import (
    Choices,
    ConditionalLogitModel,
    choice_shares,
    choices_of,
    hits,
    likelihood_ratio,
)
from peakend.value.offers.money_of_offers import currency_of
from peakend.value.offers.offer_columns import (
    CHOICE_COEFFICIENTS,
    CHOICE_PREDICTIONS,
    CHOICE_PROBLEMS,
    CHOICE_SHARES,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results, Settings

    Floats = NDArray[np.float64]
    Row = dict[str, Any]

OWN = "own"
BOTH, NET = "value_and_cost", "value_less_cost"
EARLIER = 0.7
"""The share of choices, the earliest, on which coefficients are fitted; the later ones judge them."""

CHANGE = 0.05
SCENARIOS = ("now", "own_cost_down_5", "own_value_up_5")


@dataclass(frozen=True, slots=True)
class Options:
    """Sound choices in order of time, a row an option: choice number, option, value, cost, chosen."""

    choice: NDArray[np.int64]
    option: NDArray[Any]
    value: Floats
    cost: Floats
    chosen: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.choice[-1]) + 1 if len(self.choice) else 0

    def part(self, rows: NDArray[np.bool_]) -> Options:
        return Options(*(getattr(self, name)[rows] for name in self.__slots__))

    def choices(self, model: str) -> Choices:
        """As a model reads them: value and cost apart, or value less cost."""
        both = np.stack([self.value, self.cost], axis=1)
        return choices_of(both if model == BOTH else self.value - self.cost, self.choice, self.chosen)


NAMES = {BOTH: ("value", "cost"), NET: ("value_less_cost",)}


def choice_tables(inputs: Inputs) -> Results:
    """All tables of the analysis. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`."""
    currency = currency_of(inputs, "choice_options")
    sets = inputs.query("value/offers/choice_sets", {"currency": currency or ""})
    problems = inputs.query("value/offers/choice_problem_counts", choice_sets=sets).to_arrow()
    rows = inputs.query("value/offers/choice_rows", choice_sets=sets).to_arrow()
    ids = rows["choice_id"].combine_chunks().dictionary_encode()
    options = Options(
        np.asarray(ids.indices, np.int64),
        np.asarray(rows["option_id"].to_pylist(), dtype=object),
        np.asarray(rows["value"], np.float64),
        np.asarray(rows["cost"], np.float64),
        np.asarray(rows["chosen"].to_pylist(), bool),
    )
    coefficients, predictions, shares = studied(options, inputs.settings)
    return {
        CHOICE_COEFFICIENTS.name: CHOICE_COEFFICIENTS.of(
            [row | {"currency": currency} for row in coefficients]
        ),
        CHOICE_PREDICTIONS.name: CHOICE_PREDICTIONS.of(predictions),
        CHOICE_SHARES.name: CHOICE_SHARES.of(shares),
        CHOICE_PROBLEMS.name: CHOICE_PROBLEMS.of(problems.to_pylist()),
    }


def studied(options: Options, settings: Settings) -> tuple[list[Row], list[Row], list[Row]]:
    """(coefficients, predictions, shares) of choices in order of time; empty where too few."""
    before_n = int(EARLIER * len(options))
    if min(before_n, len(options) - before_n) < settings.minimum_base:
        return [], [], []
    before = options.part(options.choice < before_n)
    after = options.part(options.choice >= before_n)
    fitted: dict[str, ConditionalLogitModel] = {}
    predictions: list[Row] = []
    for name in (BOTH, NET):
        row: Row = {"model": name, "choices_before": before_n, "choices_after": len(options) - before_n}
        try:
            fitted[name] = ConditionalLogitModel.fit(before.choices(name), NAMES[name])
        except DidNotConvergeError as error:
            row |= {"fitted": False, "note_en": error.what.en, "note_zh": error.what.zh}
        else:
            row |= {"fitted": True, **_judged(fitted[name], after.choices(name), settings)}
        predictions.append(row)
    equal_p = likelihood_ratio(fitted[BOTH], fitted[NET]) if len(fitted) == len(NAMES) else None
    coefficients = [row for name in fitted for row in _coefficients(name, fitted[name], equal_p, settings)]
    used = _used(fitted, equal_p, settings)
    for row in predictions:
        row["used"] = row["model"] == used
    shares = _shares(used, fitted[used], after, settings) if used is not None else []
    return coefficients, predictions, shares


def _used(
    fitted: dict[str, ConditionalLogitModel], equal: tuple[float, float] | None, settings: Settings
) -> str | None:
    """The model that gives shares: value less cost unless value and cost are shown to weigh differently."""
    if equal is not None:
        return NET if equal[1] > settings.alpha else BOTH
    return next(iter(fitted), None)


def _coefficients(
    name: str, model: ConditionalLogitModel, equal: tuple[float, float] | None, settings: Settings
) -> list[Row]:
    rows = []
    for place, term in enumerate(model.names):
        value, se = float(model.coefficients[place]), model.standard_error(term)
        low, high = model.interval(term, settings.confidence)
        row: Row = {
            "model": name, "term": term, "choices": model.choices, "coefficient": value,
            "standard_error": se, "coefficient_low": low, "coefficient_high": high,
            "p_value": 2 * float(ndtr(-abs(value) / se)), "log_likelihood": model.log_likelihood,
            "null_log_likelihood": model.null_log_likelihood,
            "pseudo_r2": 1 - model.log_likelihood / model.null_log_likelihood,
        }  # fmt: skip
        if name == NET and equal is not None:
            row |= {"equality_lr": equal[0], "equality_p": equal[1]}
        rows.append(row)
    return rows


def _judged(model: ConditionalLogitModel, after: Choices, settings: Settings) -> Row:
    """How often the likeliest option was taken, beside what chance would give."""
    found, chance = hits(model, after)
    n = len(after)
    low, high = (float(end) for end in wilson(found / n, n, settings.confidence))
    chance /= n
    verdict = "better" if low > chance else "worse" if high < chance else "cannot_tell"
    return {
        "hit_rate": found / n, "hit_rate_low": low, "hit_rate_high": high, "chance": chance,
        "verdict": verdict,
        "log_loss": -float(np.log(model.probabilities(after)[after.chosen]).mean()),
        "chance_log_loss": float(np.log(after.sizes).mean()),
    }  # fmt: skip


def _shares(name: str, model: ConditionalLogitModel, after: Options, settings: Settings) -> list[Row]:
    """Shares of the later choices: as they were, and had our cost been lower or our value higher."""
    z = float(ndtri(0.5 + settings.confidence / 2))
    own = after.option == OWN
    now = choice_shares(model, after.choices(name), after.option, confidence=settings.confidence)
    n = len(np.unique(after.choice))
    rows: list[Row] = []
    for scenario in SCENARIOS if own.any() else SCENARIOS[:1]:
        changed = Options(
            after.choice,
            after.option,
            np.where(own & (scenario == "own_value_up_5"), after.value * (1 + CHANGE), after.value),
            np.where(own & (scenario == "own_cost_down_5"), after.cost * (1 - CHANGE), after.cost),
            after.chosen,
        )
        found = choice_shares(model, changed.choices(name), after.option, confidence=settings.confidence)
        for place, option in enumerate(found.options):
            here = after.option == option
            row: Row = {
                "scenario": scenario, "option_id": option, "model": name, "choices": n,
                "offered": int(here.sum()), "share": float(found.share[place]),
                "share_low": float(found.low[place]), "share_high": float(found.high[place]),
            }  # fmt: skip
            if scenario == "now":
                actual = float(after.chosen[here].sum()) / n
                low, high = wilson(actual, n, settings.confidence)
                row |= {"actual": actual, "actual_low": float(low), "actual_high": float(high)}
            else:
                moved = found.slopes[place] - now.slopes[place]
                gain = float(found.share[place] - now.share[place])
                half = z * float(np.sqrt(max(moved @ model.covariance @ moved, 0.0)))
                row |= {"change": gain, "change_low": gain - half, "change_high": gain + half}
            rows.append(row)
    return rows

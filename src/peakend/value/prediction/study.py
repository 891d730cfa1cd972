"""The study of a company's purchases: models fitted, one chosen, judged later, and refitted on everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.value.prediction.candidates import CANDIDATES, Candidates, enough, fitted
from peakend.value.prediction.choosing import Choice, chosen
from peakend.value.prediction.outcomes import Outcomes
from peakend.value.prediction.splits import Split, split
from peakend.value.purchases.summary import histories_of, holdout_counts

if TYPE_CHECKING:
    from datetime import date

    from peakend.errors import PeakendError
    from peakend.value.models.histories import PurchaseHistories
    from peakend.value.models.time_units import TimeUnit
    from peakend.value.prediction.candidates import PurchaseModel
    from peakend.value.purchases.purchases import Purchases

UNIT: TimeUnit = "week"


@dataclass(frozen=True, slots=True)
class Study:
    """histories: of everybody, on the last day. final: the model that scores them (None: none can).

    cut, choice, validation: how it was chosen (None where the history is too short to hold a part back).
    judged, test: the chosen model fitted before the test window, and what happened in it.
    failed: models that did not converge, by stage and name.
    """

    histories: PurchaseHistories
    name: str | None
    why: Text
    final: PurchaseModel | None
    cut: Split | None = None
    choice: Choice | None = None
    validation: Outcomes | None = None
    judged: PurchaseModel | None = None
    test: Outcomes | None = None
    failed: tuple[tuple[str, str, PeakendError], ...] = ()


def study(purchases: Purchases, confidence: float = 0.95) -> Study:
    """Fit on the first part of the time, choose on the second, judge on the third, refit on the whole.

    Where the history is too short for three parts, or too few bought in the first, the first candidate that
    converges is used and says that nothing judged it. When none converges there is no model and no value.
    """
    histories = histories_of(purchases.histories(), UNIT)
    if not enough(histories):
        return Study(histories, None, _too_few(histories), None)
    cut = split(purchases.begins_on, purchases.as_of)
    if cut is None:
        return _unjudged(histories)
    early = histories_of(purchases.histories(cut.fitted_until), UNIT)
    if not enough(early):
        return _unjudged(histories)
    candidates = fitted(early)
    validation = _afterwards(purchases, cut.fitted_until, cut.validated_until)
    choice = chosen(candidates, validation, confidence)
    failed = [("validation", name, problem) for name, problem in candidates.failed.items()]
    judged, missed = _first_fitted(purchases, cut, _in_order(choice, candidates))
    failed += [("test", name, problem) for name, problem in missed.items()]
    test = _afterwards(purchases, cut.validated_until, cut.last_on)
    name, final, late = _final(histories, _in_order(choice, candidates, first=judged[0] if judged else None))
    failed += [("now", other, problem) for other, problem in late.items()]
    if judged is not None and judged[0] != name:
        judged = None
    return Study(
        histories,
        name,
        choice.why if name == choice.name else _second(name, choice),
        final,
        cut,
        choice,
        validation,
        None if judged is None else judged[1],
        test,
        tuple(failed),
    )


def _afterwards(purchases: Purchases, until: date, end: date) -> Outcomes:
    seen = replace(purchases, as_of=end)
    return Outcomes.of(holdout_counts(seen, until), days=(end - until).days, time_unit=UNIT)


def _in_order(choice: Choice, candidates: Candidates, first: str | None = None) -> tuple[str, ...]:
    """The chosen model, then the others by how they did, then those that did not converge at first."""
    others = sorted(candidates.fitted, key=lambda name: choice.scores[name].deviance)
    wanted = [name for name in (first, choice.name) if name is not None]
    return tuple(dict.fromkeys([*wanted, *others, *CANDIDATES]))


def _first_fitted(
    purchases: Purchases, cut: Split, order: tuple[str, ...]
) -> tuple[tuple[str, PurchaseModel] | None, dict[str, PeakendError]]:
    name, model, missed = _final(histories_of(purchases.histories(cut.validated_until), UNIT), order)
    return (None if name is None or model is None else (name, model)), missed


def _final(
    histories: PurchaseHistories, order: tuple[str, ...]
) -> tuple[str | None, PurchaseModel | None, dict[str, PeakendError]]:
    """The first model of `order` that converges on `histories`, and the problems of those before it."""
    missed: dict[str, PeakendError] = {}
    for name in order:
        found = fitted(histories, (name,))
        if name in found.fitted:
            return name, found.fitted[name], missed
        missed |= found.failed
    return None, None, missed


def _unjudged(histories: PurchaseHistories) -> Study:
    name, final, missed = _final(histories, tuple(CANDIDATES))
    why = Text(
        "The history is too short to hold a part back: nothing has judged this model.",
        "历史太短，无法留出检验期：该模型未经检验。",
    )
    if name is None:
        why = Text("No model converged.", "没有模型收敛。")
    return Study(
        histories,
        name,
        why,
        final,
        failed=tuple(("now", other, problem) for other, problem in missed.items()),
    )


def _too_few(histories: PurchaseHistories) -> Text:
    repeaters = int(histories.customers[histories.frequency > 0].sum())
    return Text(
        f"Too few to fit a model: {histories.total} customers, {repeaters} of whom bought again; it takes 30 "
        "and 10.",
        f"数据不足以拟合模型：共 {histories.total} 位客户，其中 {repeaters} 位复购；至少需要 30 位与 10 位。",
    )


def _second(name: str | None, choice: Choice) -> Text:
    if name is None:
        return Text("No model converged on the whole history.", "没有模型在全部历史上收敛。")
    if choice.name is None:
        return Text(
            f"No model converged on the first part of the time; {name} did later, and nothing chose it.",
            f"没有模型在初始时期收敛；{name} 后来收敛，未经选择。",
        )
    return Text(
        f"{choice.name} was chosen but did not converge on the whole history; {name} comes next.",
        f"原选 {choice.name}，但在全部历史上未收敛；改用次优的 {name}。",
    )

"""Which model a company's purchases follow best: chosen on one window of time, judged on a later one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.value.prediction.candidates import CANDIDATES, Candidates, predicted
from peakend.value.prediction.outcomes import Accuracy, accuracy, deviance_gain, own_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.value.prediction.outcomes import Outcomes

SAME_RATE = "same rate"


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that was chosen (None: no candidate converged), why, and how each did in validation.

    gains: by model, how much larger its deviance is than the lowest: estimate, low, high.
    """

    name: str | None
    why: Text
    scores: Mapping[str, Accuracy]
    gains: Mapping[str, tuple[float, float, float]]


def chosen(candidates: Candidates, validation: Outcomes, confidence: float = 0.95) -> Choice:
    """The candidate with the lowest deviance in `validation`; among those not told apart from it, the first.

    "Told apart" is the paired interval of the difference in deviance; the order is that of `CANDIDATES`. The
    plainest prediction (everybody goes on at their own rate) is scored beside them.
    """
    predictions = {name: predicted(model, validation) for name, model in candidates.fitted.items()}
    scores = {name: accuracy(validation, found, confidence) for name, found in predictions.items()}
    plain = accuracy(validation, own_rate(validation), confidence)
    if not scores:
        return Choice(None, Text("No model converged.", "没有模型收敛。"), {SAME_RATE: plain}, {})
    best = min(scores, key=lambda name: (scores[name].deviance, list(CANDIDATES).index(name)))
    gains = {
        name: deviance_gain(validation, predictions[best], predictions[name], confidence)
        for name in scores
        if name != best
    }
    close = [name for name in scores if name == best or gains[name][1] <= 0]
    if len(scores) == 1:
        only = Text(f"{best} is the only model that converged.", f"只有 {best} 收敛。")
        return Choice(best, only, {**scores, SAME_RATE: plain}, gains)
    name = min(close, key=list(CANDIDATES).index)
    return Choice(name, _why(name, best, close), {**scores, SAME_RATE: plain}, gains)


def _why(name: str, best: str, close: list[str]) -> Text:
    others = [other for other in close if other != name]
    if not others:
        return Text(
            f"{name} predicted the validation window best, and the difference is beyond chance.",
            f"{name} 对验证期的预测最准，差异超出偶然范围。",
        )
    listed, listed_zh = ", ".join(others), "、".join(others)
    if name == best:
        return Text(
            f"{name} predicted the validation window best; {listed} cannot be told apart from it.",
            f"{name} 对验证期的预测最准；{listed_zh} 与之无法区分。",
        )
    if name == "MBG/NBD":
        return Text(
            f"{best} came first in the validation window, but {name} cannot be told apart from it and is "
            "preferred: it allows that people who bought once have left.",
            f"{best} 在验证期略优，但 {name} 与之无法区分，故优先采用：它允许只买过一次的客户已经流失。",
        )
    return Text(
        f"{best} came first in the validation window, but the simpler {name} cannot be told apart from it.",
        f"{best} 在验证期略优，但更简单的 {name} 与之无法区分。",
    )

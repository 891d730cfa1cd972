"""From labelled answers of other systems to our scales of numbers."""

from __future__ import annotations

from peakend.server.surveys.drafts import DraftQuestion
from peakend.server.surveys.importing.report import Losses
from peakend.server.surveys.questionnaire import Words

MOST_STEPS = 11
_NOT_USED = ("n/a", "not applicable", "did not use", "don't know", "不适用", "未使用", "不清楚", "不知道")


def matrix_scale(
    made: DraftQuestion, labels: list[Words], codes: list[str], where: str, losses: Losses
) -> None:
    """Make the columns of a matrix the steps of its scale: the ends keep their words, the steps between
    lose them.
    """
    used = [
        (words, code)
        for words, code in zip(labels, codes, strict=True)
        if not any(text.strip().lower() in _NOT_USED for text in words.values())
    ]
    if len(used) < len(labels):
        made.not_applicable = True
        losses.add(
            where, "Its column for “not applicable” became “did not use”.", "“不适用”一列已改为“未使用”。"
        )
    if len(used) < 2:
        losses.add(where, "The matrix has no scale; 1 to 5 was taken.", "矩阵没有量表，已采用 1 至 5。")
        return
    steps = len(used)
    if steps > MOST_STEPS:
        losses.add(
            where,
            f"{steps} columns are more than a scale holds; {MOST_STEPS} remain.",
            f"共 {steps} 列，超出量表上限，保留 {MOST_STEPS} 级。",
        )
        used = used[:MOST_STEPS]
        steps = MOST_STEPS
    made.scale_low, made.scale_high = 1, steps
    if [code for _, code in used] != [str(n) for n in range(1, steps + 1)]:
        losses.add(
            where,
            f"Its columns had other codes; they are 1 to {steps} now, in their order.",
            f"各列原有编码不同，现按顺序记为 1 至 {steps}。",
        )
    numeric = all(text.strip().lstrip("-").isdigit() for words, _ in used for text in words.values())
    if not numeric:
        made.low_label, made.high_label = dict(used[0][0]), dict(used[-1][0])
        between = [next(iter(words.values()), "") for words, _ in used[1:-1]]
        if any(between):
            listed = ", ".join(one for one in between if one)[:120]
            losses.add(
                where,
                f"The words of the steps between were dropped: {listed}.",
                f"中间各级的文字未保留：{listed}。",
            )


def numbered(value: object) -> int | str:
    """The whole number in `value`, else its words."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 9 else text

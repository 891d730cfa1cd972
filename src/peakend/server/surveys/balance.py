"""The questionnaire audit (LSN-04): what a questionnaire asks about, and what it leaves out.

The same reading of words as in the analysis `questionnaire` of the feedback method; a question's own `tone`
overrules its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from peakend.feedback.expectation.wording import EMOTIONAL, REGISTRY, Dimension, read_wording
from peakend.language import Text
from peakend.server.surveys.questionnaire import Question, Questionnaire

SHARE_OK = 0.2
_SCORED = frozenset({"nps", "csat", "ces", "rating", "pair", "matrix"})
# Two things joined in one question cannot both be answered. Only the plainest form is looked for, an "and"
# between two words; the page says "may".
_DOUBLE_EN = re.compile(r"\b(\w{4,}) and (?:the |our |its )?(\w{4,})\b", re.IGNORECASE)
_DOUBLE_ZH = re.compile(r"[\u4e00-\u9fff]{2}(?:和|以及|并且)[\u4e00-\u9fff]{2}")
_LEADING = re.compile(
    r"\b(don't you|do you agree that|excellent|wonderful|amazing)\b|难道|您是否同意.*(?:优秀|出色)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One scored question (or row of a matrix) and what it is taken for."""

    question: str
    words: str
    nature: str  # functional, emotional; empty: asks about the whole
    dimension: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What the audit found: items, the emotional ones' share (0 to 1; None: no items), gaps and warnings."""

    items: tuple[Item, ...]
    emotional: int
    share: float | None
    uncovered: tuple[Dimension, ...]
    warnings: tuple[tuple[str, Text], ...]  # (question id or "", sentence)


def audited(questionnaire: Questionnaire) -> Balance:
    """Read every scored question's words."""
    items = [item for question in questionnaire.questions() for item in _items(question)]
    parts = [item for item in items if item.nature]
    emotional = sum(item.nature == "emotional" for item in parts)
    covered = {item.dimension for item in parts}
    share = emotional / len(parts) if parts else None
    return Balance(
        tuple(items),
        emotional,
        share,
        tuple(one for one in REGISTRY if one.key not in covered),
        tuple(_warnings(questionnaire, parts, emotional)),
    )


def _items(question: Question) -> list[Item]:
    if question.type not in _SCORED:
        return []
    said = " / ".join(question.text.values())
    if question.overall or question.type == "nps":
        return [Item(question.id, said, "", None)]
    stated = question.tone or None
    if question.type != "matrix":
        reading = read_wording([*question.text.values(), *question.label.values()], stated)
        return [Item(question.id, said, reading.nature, reading.dimension)]
    rows = []
    for row in question.rows:
        reading = read_wording([*row.text.values()], stated)
        rows.append(
            Item(
                f"{question.id}.{row.code}", " / ".join(row.text.values()), reading.nature, reading.dimension
            )
        )
    return rows


def _warnings(questionnaire: Questionnaire, parts: list[Item], emotional: int) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    questions = list(questionnaire.questions())
    # Two or three items are an instrument for one moment: it need not cover what customers feel.
    if len(parts) >= 4 and emotional == 0:
        found.append(
            (
                "",
                Text(
                    f"None of the {len(parts)} items asks what customers feel (0 % emotional). "
                    "Feelings explain loyalty that function does not.",
                    f"{len(parts)} 道题均未问及客户感受（情感性占 0 %）。忠诚往往由情感而非功能解释。",
                ),
            )
        )
    elif len(parts) >= 4 and emotional / len(parts) < SHARE_OK:
        found.append(
            (
                "",
                Text(
                    f"Only {emotional} of {len(parts)} items ask what customers feel.",
                    f"{len(parts)} 道题中仅 {emotional} 道问及客户感受。",
                ),
            )
        )
    if len(parts) >= 2 and not any(q.overall or q.type == "nps" for q in questions):
        found.append(
            (
                "",
                Text(
                    "No question asks about the whole: what drives the overall impression cannot be told.",
                    "没有总体题，无法判断哪些方面左右整体评价。",
                ),
            )
        )
    if parts and not any(question.type == "text" for question in questions):
        found.append(
            (
                "",
                Text(
                    "No question asks for the customer's own words: scores will lack their reason.",
                    "没有开放题，分数背后的原因将无从得知。",
                ),
            )
        )
    for question in questions:
        found += [(question.id, what) for what in _wording(question)]
    return found


def _wording(question: Question) -> list[Text]:
    if question.type not in _SCORED:
        return []
    texts = [question.text] if question.type != "matrix" else [row.text for row in question.rows]
    found = []
    for words in texts:
        double = _DOUBLE_EN.search(words.get("en", "")) or _DOUBLE_ZH.search(words.get("zh", ""))
        if double:
            found.append(
                Text(
                    f"May ask two things at once: “{double.group(0)}”.",
                    f"可能一题问了两件事：“{double.group(0)}”。",
                )
            )
    leading = next((m for text in question.text.values() if (m := _LEADING.search(text))), None)
    if leading:
        found.append(
            Text(
                f"May lead the answer: “{leading.group(0)}”.",
                f"措辞可能带有引导：“{leading.group(0)}”。",
            )
        )
    return found


def emotional_dimensions() -> tuple[Dimension, ...]:
    """The dimensions of feeling that the audit looks for."""
    return EMOTIONAL

"""From a survey's questions to the blocks of its path model: experience, satisfaction, loyalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.feedback.scales import Scale
    from peakend.feedback.score_counts import Question

Numbers = NDArray[np.float64]

SATISFACTION, LOYALTY, EXPERIENCE = "satisfaction", "loyalty", "experience"
METRICS = ("nps", "csat", "ces", "rating")
# A period needs this many answers on satisfaction; a question this share of them (what fewer than half could
# judge says little of the whole), and every pair of questions this many responses that have both.
LEAST_RESPONSES = 100
LEAST_SHARE = 0.5
LEAST_PAIR = 30


@dataclass(frozen=True, slots=True)
class Block:
    """A latent: `items` are places of its questions in the sheet."""

    key: str
    role: str
    label_en: str
    label_zh: str
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The blocks of one period that can be modelled, and why there is no model (empty: there is one)."""

    blocks: tuple[Block, ...]
    reason: str

    def of(self, role: str) -> list[Block]:
        return [block for block in self.blocks if block.role == role]

    @property
    def columns(self) -> Mapping[str, list[str]]:
        """The blocks with the names their indicators have in a fit."""
        return {block.key: [column_of(item) for item in block.items] for block in self.blocks}

    @property
    def paths(self) -> Mapping[str, list[str]]:
        """Every dimension → satisfaction → loyalty."""
        experience = [block.key for block in self.of(EXPERIENCE)]
        return {SATISFACTION: experience} | ({LOYALTY: [SATISFACTION]} if self.of(LOYALTY) else {})


def column_of(item: int) -> str:
    """The name in a fit of the question at place `item`."""
    return f"q{item}"


def role_of(question: Question) -> str | None:
    """What the question measures; None: nothing in the model.

    Such are questions of unknown scale, NPS of a part, and comparisons of the whole with expectation.
    """
    if not np.isfinite(question.scale).all():
        return None
    if question.metric == "nps":
        return LOYALTY if question.overall or question.touchpoint_id is None else None
    if question.of_whole and not question.overall:
        return None
    return SATISFACTION if question.overall and question.metric in ("csat", "rating") else EXPERIENCE


def shape_of(questions: Sequence[Question], scores: Numbers) -> Shape:
    """The blocks for `scores` (n, questions) of one period."""
    usable = _usable(questions, scores)
    by_block: dict[tuple[str, str], list[int]] = {}
    for place in usable:
        question = questions[place]
        role = role_of(question)
        assert role is not None
        key = role if role != EXPERIENCE else f"{role}:{question.dimension or question.question_id}"
        by_block.setdefault((role, key), []).append(place)
    blocks = tuple(
        _block(key, role, [questions[place] for place in places], places)
        for (role, key), places in sorted(by_block.items(), key=_order)
    )
    return Shape(blocks, _reason(questions, blocks, scores))


def scales_of(questions: Sequence[Question], shape: Shape) -> dict[str, Scale]:
    """The scale of every indicator, by its name in a fit."""
    return {column_of(item): questions[item].scale for block in shape.blocks for item in block.items}


def _usable(questions: Sequence[Question], scores: Numbers) -> list[int]:
    """Places of questions that vary, that enough people answered, and that pair with each other."""
    known = ~np.isnan(scores)
    anchors = [p for p, q in enumerate(questions) if role_of(q) == SATISFACTION]
    base = int(known[:, anchors].any(axis=1).sum()) if anchors else 0
    places = [
        place
        for place, question in enumerate(questions)
        if role_of(question) is not None
        and known[:, place].sum() >= max(LEAST_SHARE * base, LEAST_PAIR)
        and len(np.unique(scores[known[:, place], place])) > 1
    ]
    together = known[:, places].T.astype(float) @ known[:, places]
    while places and together.min() < LEAST_PAIR:
        # The question with the fewest answers goes first, and the whole never before a part.
        thin = np.asarray((together < LEAST_PAIR).any(axis=1))
        rank = [(place in anchors, together[i, i], -place) for i, place in enumerate(places) if thin[i]]
        gone = -min(rank)[2]
        keep = [i for i, place in enumerate(places) if place != gone]
        places, together = [places[i] for i in keep], together[np.ix_(keep, keep)]
    return places


def _reason(questions: Sequence[Question], blocks: Sequence[Block], scores: Numbers) -> str:
    roles = [role_of(question) for question in questions]
    for role, reason in ((SATISFACTION, "no_satisfaction_question"), (EXPERIENCE, "no_experience_question")):
        if role not in roles:
            return reason
    anchors = [item for block in blocks if block.role == SATISFACTION for item in block.items]
    answered = int((~np.isnan(scores[:, anchors])).any(axis=1).sum()) if anchors else 0
    have = {block.role for block in blocks}
    few = answered < LEAST_RESPONSES or not {SATISFACTION, EXPERIENCE} <= have
    return "too_few_answers" if few else ""


def _order(entry: tuple[tuple[str, str], list[int]]) -> tuple[int, str]:
    role, key = entry[0]
    return (EXPERIENCE, SATISFACTION, LOYALTY).index(role), key


def _block(key: str, role: str, questions: Sequence[Question], places: Sequence[int]) -> Block:
    named = {
        SATISFACTION: ("Satisfaction", "满意度"),
        LOYALTY: ("Recommendation", "推荐意愿"),
    }.get(role) or _name(questions)
    return Block(key, role, *named, tuple(places))


def _name(questions: Sequence[Question]) -> tuple[str, str]:
    """A single question's own label; a dimension in words, by its questions where it is not Chinese."""
    first = questions[0]
    dimension = " ".join((first.dimension or "").replace("_", " ").split())
    en = first.label_en or first.label_zh or dimension or first.question_id
    zh = first.label_zh or first.label_en or dimension or first.question_id
    if len(questions) == 1:
        return en, zh
    if any("一" <= letter <= "鿿" for letter in dimension):
        return dimension, dimension
    # Labels such as 清洁：候机区 and 清洁：洗手间 name their dimension themselves.
    heads = {(question.label_zh or "").partition("：")[0] for question in questions}
    shared = len(heads) == 1 and all("：" in (question.label_zh or "") for question in questions)
    return dimension[:1].upper() + dimension[1:], heads.pop() if shared else f"{zh}等 {len(questions)} 题"

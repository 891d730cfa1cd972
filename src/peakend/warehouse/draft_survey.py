"""Draft the rules of a wide survey: responses, answers, segments, and the questions themselves."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.draft_names import DEMOGRAPHIC, concepts, question_number, words
from peakend.warehouse.draft_scales import Scale, choice_of, is_recommendation, scale_of, words_of
from peakend.warehouse.draft_yaml import Draft, column_rule, flow, listed, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.warehouse.draft_profile import ColumnProfile

_SEGMENTS = 25
NO_SURVEYS = frozenset({"customers", "transactions", "products"})
_LONG = 20


@dataclass(slots=True)
class Question:
    """A question as it will be declared: `key` is its id."""

    key: str
    scale: Scale
    wording: str
    dimension: str | None = None

    def declared(self) -> str:
        row = {"question_id": scalar(self.key), "metric": self.scale.metric}
        if self.scale.low is not None and self.scale.high is not None:
            row |= {"scale_low": str(self.scale.low), "scale_high": str(self.scale.high)}
        if self.dimension:
            row["dimension"] = scalar(self.dimension)
        return flow({**row, "text_en": scalar(self.wording)})


@dataclass(slots=True)
class SurveyDraft:
    """What was found in one file of a survey. `wave` is the year or number its name carries."""

    name: str
    programme: str
    wave: str | None
    response: ColumnProfile | None
    questions: dict[str, Question] = field(default_factory=dict)
    segments: dict[str, ColumnProfile] = field(default_factory=dict)
    columns: dict[str, ColumnProfile] = field(default_factory=dict)

    @property
    def survey_id(self) -> str:
        return f"{self.programme}-{self.wave}" if self.wave else self.programme

    def key_template(self, column: str) -> str:
        """The template of a response's key made from `column`."""
        return f"{self.survey_id}-{{{column}}}"


def is_survey(found: Sequence[ColumnProfile], about: str | None = None) -> bool:
    """Whether three columns, and one in ten, look like ratings; or one asks for recommendation.

    `about`: what the file's name says. One question is enough for a survey; a file of customers, sales
    or products is none, unless it names responses.
    """
    scales = [scale for one in found if (scale := scale_of(one, about == "survey")) is not None]
    if about == "survey":
        return bool(scales) or any(words_of(one) for one in found)
    if about in NO_SURVEYS and not any("response_id" in concepts(one.name) for one in found):
        return False
    if any(is_recommendation(one) for one in found):
        return True
    return (len(scales) >= 3 and len(scales) >= 0.1 * len(found)) or any(s.metric == "nps" for s in scales)


def survey_draft(name: str, programme: str, wave: str | None, found: Sequence[ColumnProfile]) -> SurveyDraft:
    """Everything in the file that belongs to a survey; what is in no place is left to the attributes."""
    draft = SurveyDraft(name, programme, wave, _response(found))
    taken = {draft.response.name} if draft.response else set()
    for place in ("weight", "cluster", "language", "customer_id"):
        best = next(
            (one for one in found if concepts(one.name).get(place) == 1 and one.name not in taken), None
        )
        if best is not None and best.filled and (place != "weight" or best.numeric == 1):
            draft.columns[place] = best
            taken.add(best.name)
    times = [one for one in found if one.is_time and one.name not in taken]
    when = next((one for one in times if "at" in concepts(one.name)), None)
    if when is not None:
        draft.columns["answered_at"] = when
        taken.add(when.name)
    pairs = _pairs(found)
    used: Counter[str] = Counter()
    for one in found:
        if one.name in taken or not one.filled:
            continue
        cut = _segmentation(one)
        if cut is not None and cut not in draft.segments:
            draft.segments[cut] = one
            continue
        # A further mention (purpose2, purpose3) is no question of its own.
        named = any(concepts(one.name).get(concept) == 1 for concept in DEMOGRAPHIC)
        question = None if named and not words_of(one) else _question(one, pairs, wave, used)
        if question is not None:
            draft.questions[one.name] = question
    return draft


def _response(found: Sequence[ColumnProfile]) -> ColumnProfile | None:
    unique = [one for one in found if one.unique]
    named = [one for one in unique if "response_id" in concepts(one.name)]
    identities = [one for one in unique if "id" in words(one.name) or concepts(one.name).get("key") == 1]
    # A customer who answered once is a key too, but would not be one after the next survey.
    own = [one for one in identities if "customer_id" not in concepts(one.name)]
    return next(iter([*named, *own, *identities]), None)


def _segmentation(found: ColumnProfile) -> str | None:
    """The segmentation the column's name speaks of, when it has few values and most rows have one."""
    fits = concepts(found.name)
    if not 2 <= found.distinct <= _SEGMENTS or found.filled < 0.5 * found.rows:
        return None
    # Long texts that differ are what people wrote, whatever the column is called.
    if found.length >= _LONG and found.distinct > 0.5 * found.filled:
        return None
    return next((concept for concept in DEMOGRAPHIC if fits.get(concept) == 1), None)


def _pairs(found: Sequence[ColumnProfile]) -> dict[str, tuple[str, str]]:
    """Names of expectation and satisfaction items that ask the same (e1 and s1) → (metric, item)."""
    by_name = {one.name: one for one in found}
    pairs: dict[str, tuple[str, str]] = {}
    for one in found:
        number = re.fullmatch(r"[eE](?:xp)?_?(\d+)", one.name)
        if number is None:
            continue
        for mate in (f"s{number[1]}", f"S{number[1]}", f"p{number[1]}", f"P{number[1]}"):
            if mate in by_name and one.column.label and by_name[mate].column.label:
                item = f"item_{number[1]}"
                pairs[one.name] = ("expectation", item)
                pairs[mate] = ("csat", item)
    return pairs


def _question(
    found: ColumnProfile, pairs: dict[str, tuple[str, str]], wave: str | None, used: Counter[str]
) -> Question | None:
    scale = scale_of(found, in_survey=True) or choice_of(found) or words_of(found)
    dimension = None
    if found.name in pairs:
        metric, dimension = pairs[found.name]
        low, high = (int(found.low or 0), int(found.high or 0)) if scale is None else (scale.low, scale.high)
        why = Text("an expectation and a satisfaction ask the same", "期望与满意成对提问")
        scale = replace(scale, metric=metric, why=why) if scale else Scale(metric, why, low, high)
    scale = scale or _battery(found)
    if scale is None:
        return None
    if scale.metric == "choice" and found.filled < 0.5 * found.rows:
        return None
    numbered = question_number(found.name)
    base = numbered[1] if numbered and len(numbered[1]) >= 3 else "_".join(words(found.name))
    if numbered and len(numbered[1]) < 3 and wave and not found.column.label:
        # A bare number (Q8A) asks something else every year.
        base = f"{base}_{wave}"
    used[base] += 1
    key = base if used[base] == 1 else f"{base}_{used[base]}"
    if dimension is None:
        dimension = _construct(found)
    return Question(key, scale, found.column.label or found.name, dimension)


def _battery(found: ColumnProfile) -> Scale | None:
    """The mean of a battery that stands beside its items (commitment = mean of com1 … com3)."""
    if _construct(found) is None or found.numeric < 1 or found.low is None or found.high is None:
        return None
    why = Text("the mean of a battery? scale as found", "量表题组的均值？量程按实际取值")
    return Scale("rating", why, math.floor(found.low), math.ceil(found.high))


def _construct(found: ColumnProfile) -> str | None:
    """The construct a battery of items measures, by the stem of their names (loy1 … loy5)."""
    stems = {"loy": "loyalty", "com": "commitment", "commitment": "commitment", "sat": "satisfaction"}
    return stems.get(found.name.rstrip("0123456789_").casefold())


def write_survey(found: SurveyDraft, draft: Draft) -> None:
    """The entry of one file under `files`."""
    codes = Counter(
        (q.scale.not_used, q.scale.no_answer) for q in found.questions.values() if q.scale.low is not None
    )
    common = codes.most_common(1)[0][0] if codes else ((), ())
    draft.put(1, f"- match: {scalar(_escaped(found.name))}")
    draft.put(2, "survey:")
    draft.put(3, f"survey: {flow({'value': scalar(found.survey_id)})}")
    if found.response is not None:
        why = Text("never twice the same", "从不重复")
        draft.put(3, f"response: {scalar(found.key_template(found.response.name))}", why, "likely")
    else:
        why = Text("no column identifies a respondent: rows are counted", "没有可识别应答者的列：按行编号")
        draft.put(3, f"response: {scalar(found.survey_id + '-{#}')}", why, "likely")
    if common[0]:
        why = Text("the code beyond the scale", "量表之外的代码")
        draft.put(3, f"not_used: {listed(common[0])}", why, "guess")
    if common[1]:
        draft.put(
            3,
            f"no_answer: {listed(common[1])}",
            Text("below the scale, or a word", "低于量表，或为文字"),
            "guess",
        )
    _write_columns(found, draft)
    draft.put(3, "answers:")
    for column, question in found.questions.items():
        draft.put(4, f"{scalar(question.key)}: {_answer(column, question.scale, common)}", question.scale.why,
                  "likely" if question.scale.low is not None else "guess")  # fmt: skip
    if found.segments:
        draft.put(3, "segments:")
    for segmentation, one in found.segments.items():
        why = Text(
            f"{one.distinct} different values; give the codes words",
            f"共 {one.distinct} 种取值；请为代码命名",
        )
        draft.put(4, f"{segmentation}: {column_rule(one.name, **_blank(one), unlisted='keep')}", why, "guess")


def _write_columns(found: SurveyDraft, draft: Draft) -> None:
    if not found.columns:
        return
    draft.put(3, "columns:")
    for place, one in found.columns.items():
        more = {"date": "day_first"} if place == "answered_at" and one.order_unknown else {}
        why = Text("by its name", "据列名判断")
        rule = column_rule(one.name, **more)
        if place == "cluster":
            rule = scalar(found.key_template(one.name)) if found.wave else rule
        if more:
            why = Text("CHECK: day or month first?", "请核对：日在前还是月在前？")
        draft.put(4, f"{place}: {rule}", why, "guess" if more else "likely")


def _blank(found: ColumnProfile) -> dict[str, str]:
    """Codes of a segmentation that look like no answer: 0, and words for blank."""
    empty = [*(["0"] if "0" in found.top else []), *found.blanks()]
    return {"empty": listed(empty)} if empty else {}


def _answer(column: str, scale: Scale, common: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    more = {}
    if scale.shift:
        more["shift"] = str(scale.shift)
    # A choice may use the code that means "not used" elsewhere.
    if scale.not_used != common[0]:
        more["not_used"] = listed(scale.not_used)
    if scale.no_answer != common[1]:
        more["no_answer"] = listed(scale.no_answer)
    return column_rule(column, **more)


def _escaped(name: str) -> str:
    """A file's name as a pattern that fits only it."""
    return re.sub(r"([\[*?])", r"[\1]", name)

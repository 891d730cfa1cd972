"""Whether a column holds the answers to a question, and on which scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.draft_names import concepts, metric_of, question_number
from peakend.warehouse.readers.spss import code_text

if TYPE_CHECKING:
    from peakend.warehouse.draft_profile import ColumnProfile

_FEW = 200
_FIVE_POINTS = 20
_SHORT, _SHORT_ZH = 12, 3


@dataclass(frozen=True, slots=True)
class Scale:
    """A question's metric, scale and codes, and why it is thought so. `low` None: no scale (choice, text)."""

    metric: str
    why: Text
    low: int | None = None
    high: int | None = None
    shift: int = 0
    not_used: tuple[str, ...] = ()
    no_answer: tuple[str, ...] = ()


def scale_of(found: ColumnProfile, in_survey: bool = False) -> Scale | None:
    """The scale of the column's answers, or None when it does not look like a question.

    `in_survey`: the file is known to be a survey, so that a few plain ratings are enough.
    """
    return (
        _recommendation(found) or _worded(found) or _rating(found) or _named(found) or _few(found, in_survey)
    )


def is_recommendation(found: ColumnProfile) -> bool:
    """Whether the column's name or label asks for recommendation, and its values answer it."""
    scale = _recommendation(found)
    return scale is not None and _asks_recommendation(found)


def _asks_recommendation(found: ColumnProfile) -> bool:
    return "recommend" in concepts(found.name) or "recommend" in (found.column.label or "").casefold()


def _named(found: ColumnProfile) -> Scale | None:
    """A question by its name (satisfaction, score, 满意度), on the smallest scale that holds its codes."""
    codes = found.codes()
    named = {"rated", "recommend"} & concepts(found.name).keys()
    if not named or not codes or found.column.labels or not set(codes) <= set(range(11)) or len(codes) < 2:
        return None
    used = set(codes)
    # A lone 9 above five points is the usual code for "not used"; a 0 below them for no answer.
    beyond = {9} if 9 in used and not used & {6, 7, 8, 10} else set()
    high = next(top for top in (5, 7, 10) if max(used - beyond) <= top)
    low = 0 if high == 10 and 0 in used else 1
    if max(used) <= 1:
        return None
    no_answer = (*(("0",) if 0 in used and low else ()), *found.blanks())
    why = Text(f"by its name; whole numbers {low}–{high}", f"据列名判断；{low}–{high} 的整数")
    return Scale(metric_of(found.name), why, low, high, 0, tuple(code_text(c) for c in beyond), no_answer)


def _few(found: ColumnProfile, in_survey: bool) -> Scale | None:
    """Whole numbers 1–5 in a survey of few answers, of which no distribution can be asked."""
    codes = found.codes()
    if not in_survey or not codes or found.column.labels or question_number(found.name) is not None:
        return None
    if found.filled >= _FEW or not set(codes) <= set(range(1, 6)) or not {4, 5} & set(codes):
        return None
    why = Text("whole numbers 1–5 in a survey", "调查中 1–5 的整数")
    return Scale(metric_of(found.name), why, 1, 5, no_answer=tuple(found.blanks()))


def _recommendation(found: ColumnProfile) -> Scale | None:
    codes = found.codes()
    named = _asks_recommendation(found)
    if not codes or (len(codes) < 9 and not named) or not set(codes) <= set(range(12)):
        return None
    # Many answers none of which is above 5 are on a shorter scale; yes and no are none.
    if max(codes) <= 1 or (max(codes) <= 5 and found.filled >= _FIVE_POINTS):
        return None
    if not named and not (max(codes) == 10 and min(codes) == 0 and max(codes, key=lambda c: codes[c]) >= 7):
        return None
    shifted = 0 not in codes and 11 in codes
    labels = found.column.labels
    if labels and any(
        words == code_text(float(code) - 1) for code, words in labels.items() if _is_number(code)
    ):
        shifted = True
    if shifted:
        why = Text("codes 1–11 stand for 0–10", "代码 1–11 对应 0–10 分")
        return Scale("nps", why, 0, 10, -1, no_answer=tuple(found.blanks()))
    beyond = tuple(code_text(code) for code in sorted(codes) if code > 10)
    why = (
        Text("whole numbers 0–10", "0–10 的整数")
        if not beyond
        else Text(
            f"whole numbers 0–10; {', '.join(beyond)} is taken as no answer",
            f"0–10 的整数；{'、'.join(beyond)} 视为未作答",
        )
    )
    return Scale("nps", why, 0, 10, no_answer=(*beyond, *found.blanks()))


def _worded(found: ColumnProfile) -> Scale | None:
    """A scale whose ends have words in the file (SPSS): "1 fully disagree … 7 fully agree"."""
    numbers = sorted(float(code) for code in found.column.labels if _is_number(code))
    if len(numbers) < 2 or found.low is None or found.high is None or found.numeric < 1:
        return None
    low, high = int(numbers[0]), int(numbers[-1])
    ends_only = len(numbers) == 2 and high - low >= 3
    if not ends_only or found.low < low or found.high > high:
        return None
    text = f"{found.name} {found.column.label or ''} {' '.join(found.column.labels.values())}"
    why = Text(f"the file has words for {low} and {high}", f"文件为 {low} 与 {high} 给出了说明")
    return Scale(metric_of(text), why, low, high, no_answer=found.column.missing)


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _rating(found: ColumnProfile) -> Scale | None:
    """Whole numbers 1–5, most of them 3 or more.

    At most one code lies beyond (6–9: not used); 0 is no answer.
    """
    codes = found.codes()
    if not codes or found.column.labels or not set(codes) <= set(range(10)):
        return None
    on_scale = {code: count for code, count in codes.items() if 1 <= code <= 5}
    beyond = [code for code in codes if code > 5]
    total = sum(on_scale.values())
    if len(on_scale) < 4 or 5 not in on_scale or len(beyond) > 1 or total < 20:
        return None
    upper = sum(count for code, count in on_scale.items() if code >= 3)
    if (
        upper < 0.6 * total
        or max(on_scale, key=lambda code: on_scale[code]) < 3
        or on_scale[5] < 0.02 * total
    ):
        return None
    not_used = tuple(code_text(code) for code in beyond)
    no_answer = (*(("0",) if 0 in codes else ()), *found.blanks())
    why = Text("whole numbers 1–5, most of them 3 or more", "1–5 的整数，且多为 3 及以上")
    return Scale(metric_of(f"{found.name} {found.column.label or ''}"), why, 1, 5, 0, not_used, no_answer)


def choice_of(found: ColumnProfile) -> Scale | None:
    """A question with few coded answers: its name is numbered (Q4BAGS), or has words for its codes."""
    if found.column.labels and 2 <= found.distinct <= 20:
        return Scale("choice", Text("coded, with words in the file", "为代码，文件中有其含义"))
    codes = found.codes()
    if question_number(found.name) is None or not codes or not set(codes) <= {0, 1, 2, 3, 4}:
        return None
    answered = codes.get(1, 0) + codes.get(2, 0)
    if answered < 0.8 * sum(codes.values()) or found.filled < 0.5 * found.rows:
        return None
    no_answer = ("0",) if 0 in codes else ()
    return Scale(
        "choice", Text("mostly codes 1 and 2: yes and no?", "多为代码 1 和 2：是与否？"), no_answer=no_answer
    )


def words_of(found: ColumnProfile) -> Scale | None:
    """Free text, or coded comments written out: told by its name and the length of its texts."""
    fit = concepts(found.name).get("comment", 0)
    chinese = any("\u4e00" <= letter <= "\u9fff" for text in found.top for letter in text)
    if not fit or found.numeric > 0.5 or found.length < (_SHORT_ZH if chinese else _SHORT):
        return None
    if found.filled >= _FEW and found.distinct * 5 < found.filled:
        return Scale("choice", Text("the same texts again and again", "文字大量重复"))
    return Scale("text", Text("long texts", "较长的文字"))

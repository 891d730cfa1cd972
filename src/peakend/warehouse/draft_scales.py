"""Whether a column holds the answers to a question, and on which scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.draft_names import concepts, metric_of, question_number
from peakend.warehouse.readers.spss import code_text

if TYPE_CHECKING:
    from peakend.warehouse.draft_profile import ColumnProfile


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


def scale_of(found: ColumnProfile) -> Scale | None:
    """The scale of the column's answers, or None when it does not look like a question."""
    return _recommendation(found) or _worded(found) or _rating(found)


def _recommendation(found: ColumnProfile) -> Scale | None:
    codes = found.codes()
    named = "recommend" in concepts(found.name) or "recommend" in (found.column.label or "").casefold()
    if codes is None or len(codes) < 9 or not set(codes) <= set(range(12)):
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
    if "comment" not in concepts(found.name) or found.length < 12 or found.numeric > 0.5:
        return None
    if found.distinct * 5 < found.filled:
        return Scale("choice", Text("the same texts again and again", "文字大量重复"))
    return Scale("text", Text("long texts", "较长的文字"))

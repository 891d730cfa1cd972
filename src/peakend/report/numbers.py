"""How numbers, shares, intervals, days and lists are written in each language."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.language import Language, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

MINUS = "−"
NOTHING = "–"

Number = int | float | Decimal


def is_number(value: object) -> bool:
    """Whether `value` can be written as a number (None, NaN and infinities cannot)."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)


def number(value: Number | None, decimals: int = 0) -> str:
    """`value` with thousands separated and a true minus sign; an en dash when there is none.

    >>> number(1234.56, 1), number(-0.04, 1), number(None)
    ('1,234.6', '0.0', '–')
    """
    if value is None or not is_number(value):
        return NOTHING
    written = f"{value:,.{decimals}f}"
    if written.startswith("-") and not any(digit in written for digit in "123456789"):
        written = written[1:]
    return written.replace("-", MINUS)


def signed(value: Number | None, decimals: int = 0) -> str:
    """Like `number`, with a plus sign for what is above zero."""
    written = number(value, decimals)
    above = (
        value is not None
        and is_number(value)
        and value > 0
        and any(digit in written for digit in "123456789")
    )
    return f"+{written}" if above else written


def percent(share: Number | None, language: Language, decimals: int | None = None) -> str:
    """`share` (0 to 1) as a percentage.

    Without `decimals`: none from 10 % on, one below; never a 0 % or 100 % that is none.
    """
    if share is None or not is_number(share):
        return NOTHING
    value = float(share) * 100
    space = _space(language)
    if decimals is None:
        decimals = 0 if abs(value) >= 10 or value == 0 else 1
        step = 10.0**-decimals
        if 0 < value < step / 2:
            return f"< {number(step, decimals)}{space}%"
        if 100 - step / 2 < value < 100:
            decimals = 1
            if value > 99.95:
                return f"> 99.9{space}%"
    return f"{number(value, decimals)}{space}%"


def interval(low: Number | None, high: Number | None, language: Language, decimals: int = 0) -> str:
    """`low` to `high`, in words that survive negative numbers."""
    if low is None or high is None:
        return Text("no interval", "无区间").in_(language)
    between = " to " if language == "en" else " 至 "
    return f"{number(low, decimals)}{between}{number(high, decimals)}"


def share_interval(low: Number | None, high: Number | None, language: Language, decimals: int = 1) -> str:
    """An interval of shares (0 to 1) in percent."""
    if low is None or high is None:
        return Text("no interval", "无区间").in_(language)
    space = _space(language)
    return f"{interval(float(low) * 100, float(high) * 100, language, decimals)}{space}%"


def level(confidence: float, language: Language) -> str:
    """The name of an interval: "95 %" or "95% 区间"."""
    written = percent(confidence, language, 0)
    return written if language == "en" else f"{written} 区间"


def money(value: Number | None, currency: str | None, decimals: int = 0) -> str:
    """`value` with its currency code; thousands and millions are written out."""
    written = number(value, decimals)
    return f"{currency} {written}" if currency and written != NOTHING else written


def day(value: date | datetime | None, language: Language) -> str:
    """A day: "9 December 2011" or "2011年12月9日"."""
    if value is None:
        return NOTHING
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def period(label: str, language: Language) -> str:
    """A period's label in words where it is a year, a quarter, a month or some months taken together; a
    wave's own name as it is.

    >>> period("2024-03", "en"), period("2024-Q3", "zh"), period("2017", "zh"), period("Spring", "en")
    ('March 2024', '2024年第三季度', '2017年', 'Spring')
    >>> period("2024-07 to 2025-06", "en"), period("2024-07 to 2025-06", "zh")
    ('July 2024 to June 2025', '2024年7月至2025年6月')
    """
    if months := _SPAN.fullmatch(label):
        first, last = (period(month, language) for month in months.groups())
        return Text(f"{first} to {last}", f"{first}至{last}").in_(language)
    found = _PERIOD.fullmatch(label)
    if not found:
        return label
    year, quarter, month = found.group("year", "quarter", "month")
    if quarter:
        return Text(f"Q{quarter} {year}", f"{year}年第{'一二三四'[int(quarter) - 1]}季度").in_(language)
    if month:
        return Text(f"{_MONTHS[int(month) - 1]} {year}", f"{year}年{int(month)}月").in_(language)
    return Text(year, f"{year}年").in_(language)


def listing(items: Sequence[str], language: Language) -> str:
    """ "a, b and c" or "a、b和c"."""
    if len(items) < 2:
        return "".join(items)
    if language == "zh":
        return "、".join(items[:-1]) + "和" + items[-1]
    return ", ".join(items[:-1]) + " and " + items[-1]


def capitalised(sentence: str) -> str:
    """`sentence` with its first letter in upper case, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


def _space(language: Language) -> str:
    """Before a percent sign: English sets a space that never breaks, Chinese none."""
    return "\u00a0" if language == "en" else ""


_PERIOD = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
_SPAN = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])) to (\d{4}-(?:0[1-9]|1[0-2]))")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

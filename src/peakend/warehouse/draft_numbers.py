"""How numbers are written in a column: with a decimal comma, marks of thousands, a currency sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.warehouse.readers.naming import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

# Sign → currency; the dollar and the yen sign stand for several.
SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "CNY", "￥": "CNY", "元": "CNY"}
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class NumberForm:
    """Marks in numbers. `sign`: the currency sign to remove."""

    decimal: str = "."
    thousands: str | None = None
    sign: str | None = None

    @property
    def plain(self) -> bool:
        return self == NumberForm()

    def sql(self, text: str) -> str:
        """SQL of `text` as DuckDB reads numbers."""
        for mark in (self.sign, self.thousands):
            if mark:
                text = f"replace({text}, {literal(mark)}, '')"
        if self.decimal != ".":
            text = f"replace({text}, {literal(self.decimal)}, '.')"
        return text if self.plain else f"trim({text})"


PLAIN = NumberForm()
_FORMS = (
    (re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?"), NumberForm()),
    # 1,234 alone is thousands: a decimal comma shows itself in some row.
    (re.compile(r"[-+]?\d{1,3}(,\d{3})*(\.\d+)?"), NumberForm(thousands=",")),
    (re.compile(r"[-+]?\d+(,\d+)?"), NumberForm(decimal=",")),
    (re.compile(r"[-+]?\d{1,3}(\.\d{3})*(,\d+)?"), NumberForm(decimal=",", thousands=".")),
)


def number_form(values: Iterable[str]) -> NumberForm:
    """The first form that nearly all of `values` have; the plain one when none fits."""
    texts = list(values)
    if not texts:
        return NumberForm()
    sign = next((mark for mark in SIGNS if sum(mark in text for text in texts) > len(texts) / 2), None)
    bare = [text.replace(sign, "").strip() if sign else text for text in texts]
    for pattern, form in _FORMS:
        if sum(bool(pattern.fullmatch(text)) for text in bare) >= _ENOUGH * len(bare):
            return NumberForm(form.decimal, form.thousands, sign)
    return NumberForm()

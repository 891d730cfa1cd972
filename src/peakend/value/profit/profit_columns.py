"""Columns that several tables of customers' profit have, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.feedback.score_columns import column

if TYPE_CHECKING:
    from peakend.declaration import ResultColumn

MONEY = "money"
CUSTOMERS = "customers"


def money(name: str, en: str, zh: str) -> ResultColumn:
    """A column of sums of money, to the cent."""
    return column(name, "money", en, zh, MONEY)


POSITION = column("position", "integer", "Order of the rows", "行次")
CURRENCY = column("currency", "string", "Currency (ISO 4217)", "币种")
AS_OF = column("as_of_on", "day", "As of the start of this day", "截至该日零时")
LABELS = (
    column("label_en", "string", "Name in English", "英文名称"),
    column("label_zh", "string", "Name in Chinese", "中文名称"),
)

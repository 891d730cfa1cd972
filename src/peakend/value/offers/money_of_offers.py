"""The one currency in which offers are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.value.revenue import NoSuchCurrencyError, SeveralCurrenciesError

if TYPE_CHECKING:
    from peakend.declaration import Inputs


def currency_of(inputs: Inputs, table: str) -> str | None:
    """The chosen currency, or the only one in `table`; None where none is stated.

    Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    rows = inputs[table].query("value/offers/currencies_of", name="money_of").to_arrow().to_pylist()
    counted = {str(row["currency"]): int(row["lines"]) for row in rows}
    chosen = inputs.settings.currency
    listed = ", ".join(f"{name} ({lines})" for name, lines in counted.items())
    choose = Text(
        "Choose one in the settings (currency), or convert the others before loading.",
        "请在设置中指定币种（currency），或在导入前折算为同一币种。",
    )
    if chosen is None and len(counted) > 1:
        raise SeveralCurrenciesError(
            Text(f"{table} is in several currencies: {listed}.", f"`{table}` 涉及多个币种：{listed}。"),
            choose,
            currencies=counted,
        )
    if chosen is not None and counted and chosen not in counted:
        raise NoSuchCurrencyError(
            Text(
                f"No row of {table} is in {chosen}; there are {listed}.",
                f"`{table}` 中没有币种为 {chosen} 的行；现有 {listed}。",
            ),
            choose,
            currency=chosen,
            currencies=counted,
        )
    return chosen if chosen is not None else next(iter(counted), None)

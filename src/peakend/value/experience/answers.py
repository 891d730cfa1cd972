"""Whose last answer counts, and what they spent around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from peakend.value.revenue import revenue_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation

FOLLOWED_DAYS = 180
"""Days of money before and after an answer: half a year evens out most seasons' quarters."""


@dataclass(frozen=True, slots=True)
class Followed:
    """stratified: one row a customer who answered and was followed all the days; currency of the money."""

    stratified: Relation
    currency: str


def latest(inputs: Inputs, until: datetime | None = None) -> Relation:
    """One row a customer: the last recommendation score about the whole (before `until`), and its group."""
    answers = inputs.query("value/experience/overall_answers")
    end = until
    if end is None:
        row = answers.query("value/experience/answer_span", name="overall_answers").to_arrow().to_pylist()[0]
        end = row["last_at"] + timedelta(days=1) if row["last_at"] else None
    return inputs.query(
        "value/experience/latest_answers", {"until": end or datetime(1970, 1, 1)}, overall_answers=answers
    )


def followed(inputs: Inputs) -> Followed | None:
    """Customers whose last answer is old enough for their money to have been seen; None without money.

    Money is revenue, net of refunds. Raises `SeveralCurrenciesError`,
    `NoSuchCurrencyError`.
    """
    revenue = revenue_of(inputs["transactions"], inputs.settings.currency)
    if revenue is None:
        return None
    until = revenue.last_at.replace(tzinfo=None) - timedelta(days=FOLLOWED_DAYS)
    asked: dict[str, Any] = {"currency": revenue.currency, "days": FOLLOWED_DAYS}
    money = inputs.query("value/experience/money_around", asked, latest=latest(inputs, until))
    stratified = inputs.engine.query("value/experience/stratified", money=money)
    return Followed(stratified, revenue.currency)

"""Competitors' prices and ratings beside ours, by competitor, product and quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from peakend.value.offers.money_of_offers import currency_of

if TYPE_CHECKING:
    from datetime import date

    from peakend.declaration import Inputs
    from peakend.engine import Relation

    Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OwnRating:
    """Our rating (1 to 5) of a quarter or several: responses, sum and sum of squares of their means."""

    responses: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.responses

    @property
    def standard_error(self) -> float | None:
        """Of the mean; None where fewer than two responses or no difference between them."""
        if self.responses < 2:
            return None
        spread = self.squares - self.responses * self.mean**2
        # Below this, what is left of the squares is the rounding of their sum.
        if spread <= 1e-10 * self.squares:
            return None
        return float((spread / (self.responses - 1) / self.responses) ** 0.5)


def rival_rows(inputs: Inputs, currency: str | None) -> Relation:
    """Every row of `competitors` with our price and what is wrong with it."""
    own = inputs.query("value/offers/own_prices", {"currency": currency or ""})
    return inputs.query(
        "value/offers/rival_rows",
        {"currency": currency or "", "today": datetime.now(UTC).date()},
        own_prices=own,
    )


def rival_cells(inputs: Inputs) -> tuple[list[Row], list[Row], str | None]:
    """(usable cells, problems counted, currency)."""
    currency = currency_of(inputs, "competitors")
    rows = rival_rows(inputs, currency)
    cells = inputs.query("value/offers/rival_cells", rival_rows=rows).to_arrow().to_pylist()
    problems = inputs.query("value/offers/rival_problem_counts", rival_rows=rows).to_arrow().to_pylist()
    return cells, problems, currency


def own_ratings(inputs: Inputs) -> dict[date, OwnRating]:
    """Our rating by quarter (its first day)."""
    rows = inputs.query("value/offers/own_ratings").to_arrow().to_pylist()
    return {
        row["quarter_on"]: OwnRating(int(row["responses"]), row["ratings"], row["squares"]) for row in rows
    }


def together(ratings: list[OwnRating]) -> OwnRating:
    """Ratings of several quarters as one."""
    return OwnRating(
        sum(one.responses for one in ratings),
        sum(one.total for one in ratings),
        sum(one.squares for one in ratings),
    )

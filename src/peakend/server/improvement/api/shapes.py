"""What the operations of the area share: texts, moments, figures, pages of a list, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import AfterValidator, AwareDatetime, Field

from peakend.server.improvement import figures
from peakend.server.web.paging import cut


def _no_zero(text: str) -> str:
    """PostgreSQL keeps no character zero."""
    if "\x00" in text:
        raise ValueError("a text has no character U+0000")
    return text


def _near(moment: datetime) -> datetime:
    """A moment that clocks of every zone can show."""
    if not 1970 <= moment.year <= 2200:
        raise ValueError("a moment lies between 1970 and 2200")
    return moment.astimezone(UTC)


def _near_day(day: date) -> date:
    """A day that clocks of every zone can show."""
    if not 1970 <= day.year <= 2200:
        raise ValueError("a day lies between 1970 and 2200")
    return day


Clean = AfterValidator(_no_zero)
Line = Annotated[str, Field(min_length=1, max_length=300), Clean]
Named = Annotated[str, Field(min_length=1, max_length=200), Clean]
Short = Annotated[str, Field(max_length=200), Clean]
Note = Annotated[str, Field(max_length=400), Clean]
Words = Annotated[str, Field(max_length=4000), Clean]
Written = Annotated[str, Field(min_length=1, max_length=4000), Clean]
Code = Annotated[str, Field(min_length=1, max_length=125), Clean]
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
Day = Annotated[date, AfterValidator(_near_day)]
Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0, lt=1e9)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


class FigureOut(Schema):
    """A figure with its 95 % interval; value and interval are null where n is under ten."""

    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None


def figure(one: figures.Figure) -> dict[str, Any]:
    """The figure as it goes out."""
    return {"metric": one.metric, "n": one.n, "value": one.value, "low": one.low, "high": one.high}


def paged(rows: Any, cursor: str | None, limit: int, out: Callable[[Any], Any]) -> dict[str, Any]:  # noqa: ANN401
    """One page of a query's rows."""
    found, following = cut(rows, cursor, limit)
    return {"items": [out(row) for row in found], "next": following}


def key_of(row: Any, name: str = "key") -> str | None:  # noqa: ANN401 - any model
    """The key (or code) of a row; None for none."""
    return str(getattr(row, name)) if row is not None else None

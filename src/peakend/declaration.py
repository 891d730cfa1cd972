"""What an analysis is: its name, what it needs, what it gives, what it means, and what computes it.

An analysis is declared once, beside the code that computes it (`feedback/analyses.py`, …); the registry and
the runner in `peakend.analyses`, the report, the command line and the documentation all read the declaration.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Engine, Relation

Chapter = Literal[
    "feel", "why", "words", "journey", "worth", "loyalty", "decide", "prove", "listening", "data"
]

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.decimal128(18, 4),
    "day": pa.date32(),
    "time": pa.timestamp("us"),
    "flag": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column of a result: `type` is a key of `ARROW_TYPES`; `unit` e.g. "NPS points", "share", "days"."""

    name: str
    type: str
    meaning: Text
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table an analysis saves in the warehouse under `name`; `key`: the columns that identify a row.

    behind: for one row (its values by column) the customers it counts, from the query that counted them: a
    relation with `customer_id` first; None where there is no such list.
    """

    name: str
    columns: tuple[ResultColumn, ...]
    key: tuple[str, ...]
    meaning: Text
    behind: Callable[[Inputs, Mapping[str, Any]], Relation] | None = None

    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in self.columns])

    def of(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """`rows` in the shape of this table; what a row lacks is null, and what it has beyond is left out."""
        arrays = {
            c.name: pa.array([row.get(c.name) for row in rows], ARROW_TYPES[c.type]) for c in self.columns
        }
        return pa.table(arrays, schema=self.schema())


class SettingsError(PeakendError):
    """A setting is outside its range. `data` has setting and value."""

    code = "settings.out_of_range"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a company may set for all analyses; part of every run's fingerprint.

    minimum_base: cells with fewer answers are hidden. confidence: of intervals. alpha: family-wise error
    of verdicts within a metric and wave. currency: the one money is reported in (None: the only one found).
    journey_gap_days: a customer's events further apart than this belong to different journeys, where no case
    tells. discount_rate: a year's, by which future money counts less. value_horizon_days: how far ahead
    customers' value is counted. Raises `SettingsError` where a number is outside its range.
    """

    minimum_base: int = 10
    confidence: float = 0.95
    alpha: float = 0.05
    currency: str | None = None
    journey_gap_days: float = 30.0
    discount_rate: float = 0.10
    value_horizon_days: int = 365

    def __post_init__(self) -> None:
        if not (_is_number(self.minimum_base, int) and self.minimum_base >= 1):
            raise SettingsError(
                Text(
                    f"The minimum base is a whole number of answers, 1 or more, not {self.minimum_base!r}.",
                    f"最小基数应为不小于 1 的整数（答案数），而不是 {self.minimum_base!r}。",
                ),
                Text("Usual is 10.", "通常用 10。"),
                setting="minimum_base",
                value=self.minimum_base,
            )
        _require_share("confidence", self.confidence, Text("The confidence", "置信水平"), "0.95")
        _require_share("alpha", self.alpha, Text("The error of verdicts", "结论的总体错误率"), "0.05")
        if not (_is_number(self.journey_gap_days, (int, float)) and 0 < self.journey_gap_days < math.inf):
            raise SettingsError(
                Text(
                    f"The gap between journeys is a number of days above 0, not {self.journey_gap_days!r}.",
                    f"旅程间隔应为大于 0 的天数，而不是 {self.journey_gap_days!r}。",
                ),
                Text("Usual is 30.", "通常用 30。"),
                setting="journey_gap_days",
                value=self.journey_gap_days,
            )
        self._require_value_settings()

    def _require_value_settings(self) -> None:
        if not (_is_number(self.discount_rate, (int, float)) and 0 <= self.discount_rate < 1):
            do = Text("Usual is 0.10 a year.", "通常用每年 0.10。")
            if _is_number(self.discount_rate, (int, float)) and 1 <= self.discount_rate < 100:
                rate = self.discount_rate
                do = Text(f"{rate:g} % is written {rate / 100:g}.", f"{rate:g}% 请写作 {rate / 100:g}。")
            raise SettingsError(
                Text(
                    f"The discount rate is at least 0 and below 1, not {self.discount_rate!r}.",
                    f"折现率应不小于 0 且小于 1，而不是 {self.discount_rate!r}。",
                ),
                do,
                setting="discount_rate",
                value=self.discount_rate,
            )
        if not (_is_number(self.value_horizon_days, int) and 1 <= self.value_horizon_days <= 36_525):
            raise SettingsError(
                Text(
                    "The horizon of customers' value is a whole number of days from 1 to 36,525, not "
                    f"{self.value_horizon_days!r}.",
                    f"客户价值的预测期应为 1 至 36,525 的整数天，而不是 {self.value_horizon_days!r}。",
                ),
                Text("Usual is 365, or 1,826 for five years.", "通常用 365，五年为 1826。"),
                setting="value_horizon_days",
                value=self.value_horizon_days,
            )


def _is_number(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _require_share(setting: str, value: float, what: Text, usual: str) -> None:
    if _is_number(value, (int, float)) and 0 < value < 1:
        return
    do = Text(f"Usual is {usual}.", f"通常用 {usual}。")
    if _is_number(value, (int, float)) and 1 < value < 100:
        do = Text(f"{value:g} % is written {value / 100:g}.", f"{value:g}% 请写作 {value / 100:g}。")
    raise SettingsError(
        Text(
            f"{what.en} lies between 0 and 1, not {value!r}.",
            f"{what.zh}应在 0 与 1 之间，而不是 {value!r}。",
        ),
        do,
        setting=setting,
        value=value,
    )


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an analysis computes from: the engine, relations over the tables it declared, the settings."""

    engine: Engine
    relations: Mapping[str, Relation]
    settings: Settings

    def __getitem__(self, table: str) -> Relation:
        """The relation over `table`; KeyError when the analysis declared it under neither needs nor uses."""
        return self.relations[table]

    def query(self, sql: str, params: Mapping[str, Any] | None = None, **extra: Relation) -> Relation:
        """`engine.query` with every needed table (and `extra`) available by name."""
        return self.engine.query(sql, params, analysis=None, **{**self.relations, **extra})


Results = Mapping[str, "pa.Table | Relation"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis, declared once.

    name: unique, snake_case. version: raise it when the result changes for the same input.
    needs: canonical tables or results of other analyses; a missing or empty one skips the analysis with a
        word. "*" stands for every canonical table that is present.
    uses: tables it reads when they are there; where one is missing its relation is empty.
    sql: names of the SQL files it runs ("feedback/score_counts"); their text is part of its fingerprint.
    compute: returns every table of `gives` by name, as Arrow or as a relation that the runner saves unread.
    chart: name in `report/charts`, or None when the table is the best picture.
    """

    name: str
    version: int
    chapter: Chapter
    title: Text
    meaning: Text
    needs: tuple[str, ...]
    gives: tuple[ResultTable, ...]
    compute: Callable[[Inputs], Results]
    sql: tuple[str, ...] = ()
    chart: str | None = None
    uses: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=())

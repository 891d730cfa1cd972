"""What an analysis is: its name, what it needs, what it gives, what it means, and what computes it.

An analysis is declared once, beside the code that computes it (`feedback/analyses.py`, …); the registry and
the runner in `peakend.analyses`, the report, the command line and the documentation all read the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

if TYPE_CHECKING:
    from peakend.engine import Engine, Relation
    from peakend.language import Text

Chapter = Literal["data", "feel", "journey", "worth", "loyalty", "decide", "prove"]

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
    """A table an analysis saves in the warehouse under `name`; `key`: the columns that identify a row."""

    name: str
    columns: tuple[ResultColumn, ...]
    key: tuple[str, ...]
    meaning: Text

    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in self.columns])


@dataclass(frozen=True, slots=True)
class Settings:
    """What a company may set for all analyses; part of every run's fingerprint.

    minimum_base: cells with fewer answers are hidden. confidence: of intervals. alpha: family-wise error
    of verdicts within a metric and wave. currency: the one money is reported in (None: the only one found).
    """

    minimum_base: int = 10
    confidence: float = 0.95
    alpha: float = 0.05
    currency: str | None = None


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

"""Small result tables, made row by row, in the shape that the analyses declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.analyses.catalogue import MODULES
from peakend.engine import Engine, connect
from peakend.feedback import analyses as feedback
from peakend.report.charts import Basis
from peakend.segments import analyses as segments
from peakend.value import analyses as value
from peakend.warehouse import analyses as warehouse

if TYPE_CHECKING:
    from peakend.declaration import Analysis, ResultTable

Row = dict[str, Any]
MakeRow = Callable[..., Row]
MakeTables = Callable[..., dict[str, pa.Table]]

ANALYSES: tuple[Analysis, ...] = (
    *feedback.ANALYSES,
    *segments.ANALYSES,
    *value.ANALYSES,
    *warehouse.ANALYSES,
)
DECLARED: Mapping[str, ResultTable] = {
    table.name: table for module in MODULES for one in import_module(module).ANALYSES for table in one.gives
}


@pytest.fixture
def analyses() -> tuple[Analysis, ...]:
    """The analyses whose results are reported, without what installed packages may add."""
    return ANALYSES


@pytest.fixture
def score() -> MakeRow:
    """`score("Shops", 3.6, half=0.05)`: one row of a score table; anything else by column name."""

    def make(label: str, value: float | None, *, half: float = 0.05, **given: object) -> Row:
        hidden = value is None
        row: Row = {
            "programme": "survey",
            "period": "2024",
            "period_kind": "wave",
            "question_id": f"q_{label}",
            "label_en": label,
            "label_zh": f"{label}（中）",
            "overall": False,
            "scale_low": 1.0,
            "scale_high": 5.0,
            "touchpoint_id": f"t_{label}",
            "touchpoint_en": label,
            "touchpoint_zh": f"{label}（中）",
            "segmentation": "all",
            "segment": "all",
            "n": None if hidden else 500,
            "value": value,
            "low": None if hidden else value - half,
            "high": None if hidden else value + half,
            "verdict": None if hidden else "no_previous_period",
            "hidden": hidden,
        }
        return {**row, **given}

    return make


@pytest.fixture
def tables() -> MakeTables:
    """`tables(rating_by_touchpoint=[…])`: Arrow tables as declared; those not given are empty."""

    def make(**rows: Iterable[Row]) -> dict[str, pa.Table]:
        return {
            name: pa.Table.from_pylist(
                [_filled(row, declared) for row in rows.get(name, ())], schema=declared.schema()
            )
            for name, declared in DECLARED.items()
        }

    return make


def _filled(row: Row, declared: ResultTable) -> Row:
    unknown = set(row) - {column.name for column in declared.columns}
    assert not unknown, f"{declared.name} has no {unknown}"
    return {column.name: row.get(column.name) for column in declared.columns}


@pytest.fixture
def basis(tables: MakeTables) -> Callable[..., Basis]:
    """`basis(rating_by_touchpoint=[…])`: what a chart is made from."""

    def make(**rows: Iterable[Row]) -> Basis:
        return Basis(tables(**rows))

    return make


@pytest.fixture
def engine_with() -> Iterable[Callable[[Mapping[str, pa.Table]], Engine]]:
    """`engine_with(tables)`: a warehouse in memory that holds those of `tables` that have rows."""
    opened: list[Engine] = []

    def make(stored: Mapping[str, pa.Table]) -> Engine:
        engine = connect("duckdb://")
        opened.append(engine)
        for name, table in stored.items():
            if table.num_rows:
                engine.from_arrow(table).save(name)
        return engine

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def everything(score: MakeRow, tables: MakeTables) -> dict[str, pa.Table]:
    """Results of every analysis: two waves of a survey, customers who buy, and the quality of the data."""
    return tables(
        nps_by_touchpoint=_nps_rows(score),
        rating_by_touchpoint=_rating_rows(score),
        response_mix=_mix_rows(),
        rfm_segments=_rfm_rows(),
        revenue_concentration=_concentration_rows(),
        revenue_lorenz=_lorenz_rows(),
        data_quality=_quality_rows(),
    )


def _nps_rows(score: MakeRow) -> list[Row]:
    whole: Row = {"overall": True, "question_id": "nps", "scale_low": 0.0, "scale_high": 10.0}
    shares: Row = {"promoters": 0.52, "passives": 0.36, "detractors": 0.12}
    cuts = [("age", "18-24", 47.0, 400), ("age", "65 and over", 20.0, 300), ("age", "under 18", None, 4)]
    rows = [
        score(
            "Would recommend",
            40.0,
            half=2.6,
            **whole,
            **shares,
            weighted_value=41.0,
            weighted_low=38.0,
            weighted_high=44.0,
            effective_n=410.0,
            clusters=60,
        )
    ]
    for cut, name, points, n in cuts:
        given: Row = {**whole, "segmentation": cut, "segment": name}
        rows.append(score("Would recommend", points, half=5.0, **given) | {"n": n if points else None})
    return rows


def _rating_rows(score: MakeRow) -> list[Row]:
    rows: list[Row] = []
    earlier: Row = {"period": "2023"}
    for label, points in (("Screens", 4.2), ("Signs", 4.1), ("Wi-Fi", 4.0), ("Shops", 3.5)):
        rows.append(score(label, points - 0.01, **earlier))
        verdict = "better" if label == "Wi-Fi" else "cannot_tell"
        rows.append(
            score(
                label,
                points,
                previous_period="2023",
                difference=0.01,
                difference_low=-0.06,
                difference_high=0.08,
                adjusted_p=0.001 if verdict == "better" else 0.9,
                verdict=verdict,
            )
        )
    rows.append(score("Lounge", None))
    rows.append(score("Airport", 4.05, overall=True, previous_period="2023", verdict="cannot_tell"))
    rows.append(score("Airport", 4.04, overall=True, **earlier))
    return rows


def _mix_rows() -> list[Row]:
    common: Row = {"programme": "survey", "period": "2024", "period_kind": "wave", "hidden": False, "n": 900}
    whole: Row = {"dimension_kind": "all", "dimension": "all", "category": "all", "share": 1.0}
    question: Row = {"dimension_kind": "question", "dimension": "question"}
    rows = [common | whole | {"label_en": "Everybody", "label_zh": "全体"}]
    for label, share in (("Screens", 0.95), ("Lounge", 0.2)):
        rows.append(
            common
            | question
            | {
                "category": label,
                "label_en": label,
                "label_zh": f"{label}（中）",
                "answered": share,
                "answered_low": share - 0.02,
                "answered_high": share + 0.02,
                "not_used": 0.9 * (1 - share),
                "no_answer": 0.1 * (1 - share),
            }
        )
    return rows


def _rfm_rows() -> list[Row]:
    names = (
        ("champions", "Champions", "重要价值客户", 20, 0.2, "700", 0.7, 5.0),
        ("at_risk", "At risk", "有流失风险的客户", 80, 0.8, "200", 0.2, 150.0),
    )
    rows: list[Row] = [
        {
            "position": place,
            "segment": key,
            "kind": "segment",
            "label_en": en,
            "label_zh": zh,
            "customers": customers,
            "customer_share": share,
            "revenue": Decimal(revenue),
            "revenue_share": of_revenue,
            "recency_days": days,
            "as_of_on": date(2024, 12, 31),
            "currency": "EUR",
        }
        for place, (key, en, zh, customers, share, revenue, of_revenue, days) in enumerate(names)
    ]
    rest: Row = {"customers": None, "currency": "EUR"}
    rows.append(
        rest
        | {
            "position": 8,
            "segment": "unidentified",
            "kind": "other",
            "label_en": "Not identified",
            "label_zh": "未识别",
            "revenue": Decimal(100),
            "revenue_share": 0.1,
        }
    )
    rows.append(
        rest
        | {
            "position": 9,
            "segment": "total",
            "kind": "total",
            "label_en": "Total",
            "label_zh": "合计",
            "revenue": Decimal(1000),
            "revenue_share": 1.0,
        }
    )
    return rows


def _concentration_rows() -> list[Row]:
    measures = (
        ("top_1", "pareto", 1, 0.3, "share"),
        ("top_20", "pareto", 20, 0.74, "share"),
        ("gini", "inequality", 100, 0.7, "index"),
        ("biggest_customer", "dependency", 1, 0.05, "share"),
        ("customers_for_80", "dependency", 27, 27.0, "customers"),
    )
    return [
        {
            "position": place,
            "measure": name,
            "kind": kind,
            "label_en": name,
            "label_zh": f"{name}（中）",
            "customers": customers,
            "value": value,
            "unit": unit,
            "low": value - 0.02 if name == "gini" else None,
            "high": value + 0.02 if name == "gini" else None,
            "warning": False,
            "currency": "EUR",
        }
        for place, (name, kind, customers, value, unit) in enumerate(measures)
    ]


def _lorenz_rows() -> list[Row]:
    return [
        {
            "percentile": p,
            "customers": p,
            "customer_share": p / 100,
            "revenue": Decimal(p),
            "revenue_share": (p / 100) ** 5,
            "currency": "EUR",
        }
        for p in range(101)
    ]


def _quality_rows() -> list[Row]:
    def column(table: str, name: str, share: float, **given: object) -> Row:
        row: Row = {"table_name": table, "column_name": name, "rows": 1000, "filled": int(1000 * share)}
        return row | {"completeness": share, "invalid": 0, "refused": 0} | given

    whole: Row = {"filled": None, "completeness": None, "invalid": None}
    return [
        column("answers", "*", 0, **whole, uniqueness=1.0, refused=3),
        column("answers", "score", 0.9, invalid=2, refused=3),
        column("answers", "choice", 0.0),
        column("responses", "*", 0, **whole, uniqueness=1.0),
        column("responses", "response_id", 1.0),
    ]

"""Run one SQL dialect on DuckDB, Apache Spark and PostgreSQL. Knows no customer."""

from peakend.engine.connect import connect
from peakend.engine.errors import (
    ConnectionFailedError,
    EngineError,
    PortabilityError,
    WarehouseLockedError,
)
from peakend.engine.interface import Engine, sql_text
from peakend.engine.relation import Relation, identifier
from peakend.engine.shape import ArrowData

__all__ = [
    "ArrowData",
    "ConnectionFailedError",
    "Engine",
    "EngineError",
    "PortabilityError",
    "Relation",
    "WarehouseLockedError",
    "connect",
    "identifier",
    "sql_text",
]

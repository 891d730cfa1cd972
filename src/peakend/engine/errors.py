"""What can go wrong in an engine, said with the analysis, the engine and the SQL."""

from __future__ import annotations

from peakend.errors import PeakendError
from peakend.language import Text


class EngineError(PeakendError):
    """A database refused or failed a statement. `data` has engine, analysis, sql and cause."""

    code = "engine.failed"

    def __init__(self, *, engine: str, sql: str, cause: str, analysis: str | None = None) -> None:
        where = f" while computing {analysis}" if analysis else ""
        where_zh = f"计算 {analysis} 时" if analysis else ""
        super().__init__(
            Text(
                f"{engine} could not run a query{where}: {cause}\nThe SQL was:\n{sql}",
                f"{where_zh}{engine} 未能执行查询：{cause}\nSQL 语句：\n{sql}",
            ),
            engine=engine,
            analysis=analysis,
            sql=sql,
            cause=cause,
        )


class PortabilityError(PeakendError):
    """A query uses SQL outside the subset that means the same on every engine."""

    code = "engine.not_portable"

    def __init__(self, reasons: list[str], *, query: str) -> None:
        listed = "; ".join(reasons)
        super().__init__(
            Text(
                f"The query {query} is outside the portable SQL subset: {listed}.",
                f"查询 {query} 超出了可移植 SQL 子集：{listed}。",
            ),
            reasons=tuple(reasons),
            query=query,
        )


class ConnectionFailedError(PeakendError):
    """A warehouse URL is malformed, or nothing answers there."""

    code = "engine.cannot_connect"


class WarehouseLockedError(ConnectionFailedError):
    """Another process writes to the same DuckDB file."""

    code = "engine.locked"

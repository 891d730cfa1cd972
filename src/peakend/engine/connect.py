"""From a URL to an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.engine.errors import ConnectionFailedError
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine.interface import Engine


def connect(url: str, *, read_only: bool = False) -> Engine:
    """The engine at `url`.

    `duckdb:///file.duckdb` (three slashes relative, four absolute; `duckdb://` in memory),
    `postgresql://user@host/database`, `spark://host:port` or `spark:local[2]`. Settings follow a question
    mark: `?memory_limit=2GB&threads=2&read_only=1` (DuckDB), `?warehouse=folder` (Spark), and those of libpq.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "duckdb" and rest.startswith("//"):
        from peakend.engine import duckdb

        return duckdb.at(url, read_only=read_only)
    if scheme in {"postgresql", "postgres"}:
        from peakend.engine.postgres import Postgres

        return Postgres(url, read_only=read_only)
    if scheme == "spark":
        from peakend.engine.spark import Spark

        return Spark(url, read_only=read_only)
    raise ConnectionFailedError(
        Text(f"{url!r} is not a warehouse URL.", f"{url!r} 不是数据仓库地址。"),
        Text(
            "Use duckdb:///file.duckdb, postgresql://user@host/database, spark://host:port "
            "or spark:local[2].",
            "请使用 duckdb:///文件.duckdb、postgresql://用户@主机/库名、spark://主机:端口 "
            "或 spark:local[2]。",
        ),
        url=url,
    )

"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peakend.cli.speech import both
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.workspace import Workspace

_URL_HELP = both(
    "Warehouse: duckdb:///file.duckdb, postgresql://user@host/database, spark://host:port or spark:local[2].",
    "数据仓库地址：duckdb:///文件.duckdb、postgresql://用户@主机/库名、spark://主机:端口 或 spark:local[2]。",
)

WarehouseOption = Annotated[
    str | None,
    typer.Option("--warehouse", "-w", metavar="URL", envvar="PEAKEND_WAREHOUSE", help=_URL_HELP),
]
IntoOption = Annotated[
    str | None,
    typer.Option("--into", "--warehouse", "-w", metavar="URL", envvar="PEAKEND_WAREHOUSE", help=_URL_HELP),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help=both("Write JSON for programs.", "以 JSON 输出，供程序读取。"))
]
LimitOption = Annotated[
    int,
    typer.Option("--limit", "-n", min=0, help=both("Rows to show; 0 for all.", "显示的行数；0 为全部。")),
]


class NoWarehouseError(PeakendError):
    """The command needs a warehouse and none is named, or none is there."""

    code = "cli.no_warehouse"


def warehouse_url(url: str | None) -> str:
    """`url`, or `NoWarehouseError` when neither option nor environment names one."""
    if url:
        return url
    raise NoWarehouseError(
        Text("Which warehouse? None is named.", "没有指定数据仓库。"),
        Text(
            "Add --warehouse duckdb:///file.duckdb, or set PEAKEND_WAREHOUSE.",
            "请加上 --warehouse duckdb:///文件.duckdb，或设置环境变量 PEAKEND_WAREHOUSE。",
        ),
    )


@contextmanager
def existing(url: str | None, *, read_only: bool = True) -> Iterator[Workspace]:
    """The workspace on a warehouse that is already there."""
    from peakend.workspace import open_workspace

    named = warehouse_url(url)
    file = duckdb_file(named)
    if file is not None and not file.exists():
        raise NoWarehouseError(
            Text(f"There is no warehouse at {file} yet.", f"{file} 处还没有数据仓库。"),
            Text(
                f"Make one by loading a folder: peakend load FOLDER --into {named}",
                f"请先载入数据来建立：peakend load 文件夹 --into {named}",
            ),
            url=named,
        )
    with open_workspace(named, read_only=read_only) as workspace:
        yield workspace


def duckdb_file(url: str) -> Path | None:
    """The file of a DuckDB URL; None in memory and for other engines."""
    scheme, _, rest = url.partition("://")
    path = re.split(r"\?(?=[A-Za-z_.]+=|$)", rest.removeprefix("/"), maxsplit=1)[0]
    return Path(path) if scheme == "duckdb" and path and path != ":memory:" else None

"""A Spark session as Peakend needs it: in UTC, in ANSI mode, quiet, and started with clear errors."""

from __future__ import annotations

import itertools
import os
import shutil
import socket

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from peakend.engine.address import split
from peakend.engine.errors import ConnectionFailedError
from peakend.language import Text

OPTIONS = frozenset({"warehouse", "memory"})
_ANSWERS_WITHIN = 5.0
# What the subset of SQL relies on; a session that says otherwise is refused.
REQUIRED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}
_SETTINGS = {
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
# What Spark remembers of queries that have run, for pages that are off: it would keep the plans of a
# thousand, and those of two analyses take a hundred megabytes of the driver's memory.
_FORGOTTEN = {
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
    "spark.sql.ui.retainedExecutions": "10",
    "spark.sql.ui.explainMode": "simple",
}
_open_engines = itertools.count()
_sessions: set[int] = set()
_started_here = False


def opened(url: str) -> tuple[SparkSession, str]:
    """(a session of its own, the folder of the warehouse) for a Spark URL."""
    place, options = split(url, OPTIONS, prefix="spark.")
    master = place if place.startswith("spark://") else place.removeprefix("spark:")
    _refuse_other_settings(url, options)
    _require_java()
    _require_answer(url, master)
    session = _session(url, master, options)
    return session, options.get("warehouse") or str(session.conf.get("spark.sql.warehouse.dir"))


def _session(url: str, master: str, options: dict[str, str]) -> SparkSession:
    """A session of its own: settings and temporary views are not shared, the Spark behind it is."""
    global _started_here
    context = SparkContext._active_spark_context
    if context is not None and context.master != master:
        raise ConnectionFailedError(
            Text(
                f"This process uses the Spark at {context.master} already, so {url} cannot be opened.",
                f"本进程已在使用位于 {context.master} 的 Spark，无法打开 {url}。",
            ),
            Text("Close it first.", "请先将其关闭。"),
            url=url,
        )
    if context is None:
        _start(url, master, options)
        _started_here = True
    # The catalogue is shared between sessions too; a database of its own keeps two warehouses apart.
    session = SparkSession.builder.getOrCreate().newSession()
    for name, value in {**REQUIRED, **_SETTINGS, **options}.items():
        if name.startswith("spark.") and session.conf.isModifiable(name):
            session.conf.set(name, value)
    database = f"peakend_{next(_open_engines)}"
    session.sql(f"create database {database}")
    session.sql(f"use {database}")
    _sessions.add(id(session))
    return session


def _start(url: str, master: str, options: dict[str, str]) -> None:
    settings = {**REQUIRED, **_SETTINGS}
    if master.startswith("local") or _is_loopback(master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    if master.startswith("local"):
        settings["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 2))
    if "memory" in options:
        settings["spark.driver.memory"] = options["memory"]
    settings |= {name: value for name, value in options.items() if name.startswith("spark.")}
    if settings["spark.ui.enabled"] == "false":
        settings = {**_FORGOTTEN, **settings}
    builder = SparkSession.builder.master(master).appName("peakend")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        builder.getOrCreate()
    except (PySparkException, Py4JError) as cause:
        raise ConnectionFailedError(
            Text(f"Spark does not start at {url}: {cause}", f"Spark 无法在 {url} 启动：{cause}"),
            Text(
                "Check the master's address, Java 17 and the options.", "请检查主节点地址、Java 17 与选项。"
            ),
            url=url,
        ) from cause


def release(session: SparkSession) -> None:
    """Stop Spark with the last of our sessions, if it was started here."""
    global _started_here
    _sessions.discard(id(session))
    if _started_here and not _sessions:
        session.stop()
        _started_here = False


def _is_loopback(master: str) -> bool:
    host = master.removeprefix("spark://").rpartition(":")[0]
    return host in {"localhost", "127.0.0.1"}


def _refuse_other_settings(url: str, options: dict[str, str]) -> None:
    for setting, value in REQUIRED.items():
        if options.get(setting, value).lower() != value.lower():
            raise ConnectionFailedError(
                Text(
                    f"{url} sets {setting} to {options[setting]}.",
                    f"{url} 将 {setting} 设为 {options[setting]}。",
                ),
                Text(f"Leave it out: it has to be {value}.", f"请去掉该设置：它必须为 {value}。"),
                url=url,
            )


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise ConnectionFailedError(
            Text("Spark needs Java 17, and there is none.", "Spark 需要 Java 17，但未找到。"),
            Text(
                "Install it (Debian: openjdk-17-jre-headless) or set JAVA_HOME.",
                "请安装（Debian：openjdk-17-jre-headless），或设置 JAVA_HOME。",
            ),
        )


def _require_answer(url: str, master: str) -> None:
    """Spark itself tries for a minute before it gives up."""
    if not master.startswith("spark://"):
        return
    host, _, port = master.removeprefix("spark://").split(",")[0].rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWERS_WITHIN).close()
    except (OSError, ValueError) as cause:
        raise ConnectionFailedError(
            Text(f"No Spark master answers at {url}: {cause}", f"{url} 没有 Spark 主节点响应：{cause}"),
            Text("Start it, or correct the address.", "请启动主节点，或更正地址。"),
            url=url,
        ) from cause

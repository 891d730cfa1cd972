"""What this machine has of what Peakend can use."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from importlib.metadata import PackageNotFoundError, version

from peakend.errors import PeakendError
from peakend.language import Text

_CORE = ("duckdb", "sqlglot", "pyarrow", "numpy", "scipy", "altair", "vl-convert-python")
_MISSING = Text("not found", "未找到")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is here, what was found (or is to be installed), and what it is for."""

    part: str
    here: bool
    found: Text
    purpose: Text


def examined(warehouse: str | None) -> list[Finding]:
    """Everything Peakend can use, in the order of how much depends on it; and a named warehouse."""
    return [
        *_base(),
        *_core(),
        _java(),
        _spark(),
        _postgres(),
        _driver(),
        _chromium(),
        *_warehouse(warehouse),
    ]


def _base() -> Iterator[Finding]:
    from peakend.release import version as release

    purpose = Text("everything", "全部功能")
    yield Finding("peakend", True, _same(release()), purpose)
    python = f"{platform.python_version()} · {platform.system()} {platform.machine()}"
    yield Finding("Python", True, _same(python), purpose)
    cores = os.cpu_count() or 1
    speed = Text("speed of analyses", "分析速度")
    yield Finding("CPU", True, Text(f"{cores} cores", f"{cores} 核"), speed)


def _core() -> Iterator[Finding]:
    for name in _CORE:
        found = _installed(name)
        yield Finding(
            name, found is not None, _same(found) if found else _MISSING, Text("everything", "全部功能")
        )


def _java() -> Finding:
    purpose = Text("warehouses on Spark (Java 17 or newer)", "Spark 数据仓库（需 Java 17 或更新版本）")
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin" if home else None)
    if program is None:
        return Finding("Java", False, _MISSING, purpose)
    said = subprocess.run(
        [program, "-version"], capture_output=True, text=True, check=False, timeout=20
    ).stderr
    line = next(iter(said.splitlines()), "?")
    number = line.partition('"')[2].partition('"')[0]
    major = number.partition(".")[0]
    return Finding("Java", major.isdigit() and int(major) >= 17, _same(number or line), purpose)


def _spark() -> Finding:
    found = _installed("pyspark")
    return Finding(
        "pyspark",
        found is not None,
        _same(found)
        if found
        else Text("pip install 'peakend[spark]'", "请运行 pip install 'peakend[spark]'"),
        Text("warehouses on Spark", "Spark 数据仓库"),
    )


def _postgres() -> Finding:
    programs = [shutil.which("postgres"), *sorted(glob("/usr/lib/postgresql/*/bin/postgres"), reverse=True)]
    program = next((path for path in programs if path), None)
    return Finding(
        "PostgreSQL",
        program is not None,
        _same(_first_line(program)) if program else _MISSING,
        Text(
            "a local PostgreSQL server (a remote one needs none)",
            "本机 PostgreSQL 服务器（连接远程时不需要）",
        ),
    )


def _driver() -> Finding:
    found = _installed("adbc-driver-postgresql")
    return Finding(
        "adbc-driver-postgresql",
        found is not None,
        _same(found)
        if found
        else Text("pip install 'peakend[postgres]'", "请运行 pip install 'peakend[postgres]'"),
        Text("warehouses on PostgreSQL", "PostgreSQL 数据仓库"),
    )


def _chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((path for path in map(shutil.which, names) if path), None)
    return Finding(
        "Chromium",
        program is not None,
        _same(program) if program else _MISSING,
        Text("pictures of the report in tests", "测试中为报告截图"),
    )


def _warehouse(url: str | None) -> Iterator[Finding]:
    if not url:
        return
    from peakend.cli.options import existing

    purpose = Text("this warehouse", "此数据仓库")
    try:
        with existing(url) as workspace:
            count = len(workspace.engine.tables())
            name = workspace.engine.name
    except PeakendError as error:
        yield Finding(url, False, error.what, purpose)
        return
    yield Finding(url, True, Text(f"{name}, {count} tables", f"{name}，{count} 个表"), purpose)


def _first_line(program: str) -> str:
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False, timeout=20
    ).stdout
    return next(iter(said.splitlines()), "?")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _same(text: str) -> Text:
    return Text(text, text)

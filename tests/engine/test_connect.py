from __future__ import annotations

import subprocess
import sys

import pytest

from peakend.engine import ConnectionFailedError, connect


@pytest.mark.parametrize("url", ["", "x.duckdb", "sqlite:///x", "duckdb:x", "http://example.org"])
def test_what_is_no_warehouse_is_refused(url: str) -> None:
    with pytest.raises(ConnectionFailedError, match="not a warehouse URL") as caught:
        connect(url)
    assert "不是数据仓库地址" in caught.value.in_("zh")


def test_drivers_are_loaded_only_when_asked_for() -> None:
    code = "import sys, peakend.engine; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'sqlglot'" in done.stdout
    for heavy in ("pyspark", "adbc_driver_manager", "duckdb", "pandas"):
        assert f"'{heavy}'" not in done.stdout

"""Fixtures every test may use: data that may not ship, and the loud account of what was skipped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.engine import Engine, connect
from peakend.warehouse.schema import canonical_tables

pytest_plugins = ["engines"]

# For the processes that pytest-xdist starts, one a core: on matrices of five rows the threads of OpenBLAS
# only wait for each other, and a fit takes fifteen times its CPU time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it puts in the background deaf to Ctrl-C, and tests of Ctrl-C press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

REQUIRE_ALL = os.environ.get("PEAKEND_REQUIRE_ALL") == "1"
_skipped: dict[str, list[str]] = {}


@pytest.fixture(scope="session")
def private_data() -> Callable[[str], Path]:
    """`private_data("cdnow")` is the folder of a data set that may not ship; skips where it is absent."""

    def find(name: str) -> Path:
        root = os.environ.get("PEAKEND_DATA")
        if not root:
            pytest.skip("PEAKEND_DATA is not set: data that may not ship is absent")
        path = Path(root) / name
        if not path.exists():
            pytest.skip(f"PEAKEND_DATA has no {name}")
        return path

    return find


# First: pytest-xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file that share what is made once for them in one process.

    Spread over processes, every one of them would simulate the same company again. A test that belongs to a
    server's group stays there.
    """
    # Not above: pytest rewrites the assertions of a plugin only when it is the first to import it.
    from engines import mark_servers

    mark_servers(items)
    for item in items:
        if item.get_closest_marker("xdist_group") is None and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _shares(item: pytest.Item) -> bool:
    """Whether a fixture of ours that `item` asks for outlives it."""
    info = getattr(item, "_fixtureinfo", None)
    known = info.name2fixturedefs.values() if info else ()
    return any(found[-1].baseid.startswith("tests") and found[-1].scope != "function" for found in known)


Rows = Sequence[Mapping[str, Any]]


@pytest.fixture
def memory() -> Iterator[Engine]:
    """An empty DuckDB in memory."""
    with connect("duckdb://") as engine:
        yield engine


@pytest.fixture
def inputs_of(memory: Engine) -> Callable[..., Inputs]:
    """`inputs_of(surveys=[{…}], …)`: what an analysis computes from, with these rows in the canonical tables.

    A table may be given as rows or as Arrow; columns that are not given are null, tables not given are empty.
    """

    def build(settings: Settings | None = None, **given: Rows | pa.Table) -> Inputs:
        relations = {}
        for name, table in canonical_tables().items():
            rows = given.get(name, [])
            schema = table.schema()
            arrow = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema)
            columns = [
                arrow[c.name].cast(c.type) if c.name in arrow.column_names else pa.nulls(len(arrow), c.type)
                for c in schema
            ]
            relations[name] = memory.from_arrow(pa.table(columns, schema=schema))
        return Inputs(memory, relations, settings or Settings())

    return build


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _skipped:
        return
    terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", red=REQUIRE_ALL, yellow=not REQUIRE_ALL)
    for reason, tests in sorted(_skipped.items()):
        terminalreporter.write_line(f"{len(tests):5d} × {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if REQUIRE_ALL and _skipped and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

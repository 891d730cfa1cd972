"""The same tables on every engine, loaded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.data import events
from engines import LOCAL_SPARK, within
from peakend.engine import Engine, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def duckdb_events() -> Iterator[Engine]:
    with connect("duckdb://?threads=2") as engine:
        engine.from_arrow(events()).save("events")
        yield engine


@pytest.fixture(scope="session")
def postgres_events(postgres_server: str) -> Iterator[Engine]:
    with connect(postgres_server) as engine:
        engine._execute("create schema conformance")
    with connect(within(postgres_server, "conformance")) as engine:
        engine.from_arrow(events()).save("events")
        yield engine
        engine._execute("drop schema conformance cascade")


@pytest.fixture(scope="session")
def spark_events(spark_running: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("warehouse")
    with connect(f"spark:local[2]?warehouse={folder}&{LOCAL_SPARK}") as engine:
        engine.from_arrow(events()).save("events")
        yield engine


@pytest.fixture
def with_events(request: pytest.FixtureRequest) -> Callable[[str], Engine]:
    """`with_events("spark")` is that engine with the table `events`."""
    return lambda name: request.getfixturevalue(f"{name}_events")

"""Databases for tests, started once and only when a test asks for one.

`engine` runs a test on DuckDB, PostgreSQL and Spark; `duckdb_engine`, `postgres_engine` and `spark_engine` on
one of them. Each gets an empty warehouse. Tests that share a server share an xdist group: it starts once.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from peakend.engine import Engine, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SERVERS = {"postgres": ("postgres_engine", "postgres_server"), "spark": ("spark_engine", "spark_cluster")}
_STARTS_WITHIN = 60.0


def only(name: str) -> pytest.param:
    """A parameter of a test that runs on the engine `name`, with its marks."""
    marks = [] if name == "duckdb" else [getattr(pytest.mark, name), pytest.mark.xdist_group(name)]
    return pytest.param(name, id=name, marks=marks)


ENGINES = [only("duckdb"), only("postgres"), only("spark")]
SERVERS = [only("postgres"), only("spark")]


def mark_servers(items: list[pytest.Item]) -> None:
    """Mark and group the tests that name a server's fixture."""
    for item in items:
        for name, fixtures in _SERVERS.items():
            if set(fixtures) & set(getattr(item, "fixturenames", ())):
                item.add_marker(name)
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """The test runs once on each engine."""
    opened: Engine = request.getfixturevalue(f"{request.param}_engine")
    return opened


@pytest.fixture
def duckdb_engine() -> Iterator[Engine]:
    with connect("duckdb://?threads=2") as opened:
        yield opened


@pytest.fixture
def postgres_engine(postgres_server: str) -> Iterator[Engine]:
    """An empty schema of its own."""
    schema = f"t_{uuid.uuid4().hex}"
    with connect(postgres_server) as opened:
        opened._execute(f"create schema {schema}")
        with connect(within(postgres_server, schema)) as inside:
            yield inside
        opened._execute(f"drop schema {schema} cascade")


def within(url: str, schema: str) -> str:
    """`url` with `schema` as its search path."""
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}options={quote(f'-csearch_path={schema}')}"


@pytest.fixture
def spark_engine(spark_running: None, tmp_path: Path) -> Iterator[Engine]:
    """A session of its own over an empty folder; Spark itself keeps running."""
    with connect(f"spark:local[2]?warehouse={tmp_path}/warehouse&{LOCAL_SPARK}") as opened:
        yield opened


# A test's Spark runs thousands of generated classes once each. The optimising compiler of a server takes
# two fifths of its CPU time and never earns it back, nor does a collector with threads of its own.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# C1 alone has less room for code and stops when it is full; a small first room for classes costs collections.
_ROOM = "-XX:ReservedCodeCacheSize=256m -XX:MetaspaceSize=512m -Xmn300m"
# Two partitions, so that what is put together from parts is put together from parts.
LOCAL_SPARK = (
    "spark.sql.shuffle.partitions=2&spark.default.parallelism=2&memory=1g"
    f"&spark.driver.extraJavaOptions={quote(f'{SHORT_LIVED} {_ROOM}')}"
)


@pytest.fixture(scope="session")
def spark_running() -> Iterator[None]:
    _require_spark()
    with (
        tempfile.TemporaryDirectory(prefix="peakend-") as folder,
        connect(f"spark:local[2]?warehouse={folder}&{LOCAL_SPARK}"),
    ):
        yield


def _require_spark() -> None:
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed")
    if shutil.which("java", path=_java_path()) is None:
        pytest.skip("there is no Java (Debian: openjdk-17-jre-headless)")


def _java_path() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin" if home else None


@pytest.fixture(scope="session")
def spark_cluster() -> Iterator[str]:
    """The URL of a standalone master with one worker, on loopback."""
    _require_spark()
    import pyspark

    start = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    host, port, pages = "127.0.0.1", str(_free_port()), str(_free_port())
    with tempfile.TemporaryDirectory(prefix="peakend-") as folder, contextlib.ExitStack() as stack:
        master = [start, "org.apache.spark.deploy.master.Master", "--host", host, "--port", port]
        worker = [
            start,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            host,
            "--cores",
            "2",
            "--memory",
            "1g",
        ]
        url = f"spark://{host}:{port}"
        log = stack.enter_context(Path(folder, "log").open("w+b"))
        stack.enter_context(_running([*master, "--webui-port", pages], folder, log))
        _wait(lambda: _answers(host, int(port)), log, "the Spark master")
        pages = str(_free_port())
        stack.enter_context(
            _running([*worker, "--webui-port", pages, "--work-dir", folder, url], folder, log)
        )
        _wait(lambda: b"Successfully registered with master" in _written(log), log, "the Spark worker")
        yield url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a database that sorts text in another order than code points, in a private cluster."""
    if given := os.environ.get("PEAKEND_TEST_POSTGRES"):
        yield given
        return
    folder = tempfile.mkdtemp(prefix="peakend-pg-")
    try:
        yield from _cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cluster(folder: str) -> Iterator[str]:
    programs = _postgres_programs()
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    made = subprocess.run(
        [
            programs / "initdb",
            "-D",
            f"{folder}/data",
            "-U",
            "peakend",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
            "--locale-provider=icu",
            "--icu-locale=zh",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_as_user(user),
    )
    if made.returncode:
        pytest.fail(f"initdb: {made.stderr}")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": folder,
        "fsync": "off",
        "shared_buffers": "64MB",
        "timezone": "Asia/Shanghai",
        "jit": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", f"{folder}/data", *options]
    with Path(folder, "log").open("w+b") as log, _running(command, "/", log, user=user):
        _wait(lambda: b"ready to accept connections" in _written(log), log, "PostgreSQL")
        yield f"postgresql://peakend@/postgres?host={folder}"


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql), and PEAKEND_TEST_POSTGRES is not set")
    return places[-1]


def _unprivileged() -> str | None:
    """The user PostgreSQL runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _running(command: Sequence[str], folder: str, log: IO[bytes], user: str | None = None) -> Iterator[None]:
    """`command` as a process that is ended, by its pid, with the block."""
    spark = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1", "JAVA_TOOL_OPTIONS": SHORT_LIVED}
    environment = {**os.environ, **spark, "PYTHONPATH": ""}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
        env=environment,
        **_as_user(user),
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT if user or "postgres" in command[0] else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], log: IO[bytes], what: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while not ready():
        if time.monotonic() > until:
            pytest.fail(f"{what} did not start:\n{_written(log).decode(errors='replace')[-3000:]}")
        time.sleep(0.05)


def _written(log: IO[bytes]) -> bytes:
    return Path(log.name).read_bytes()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False

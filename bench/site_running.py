"""A site as processes that benches may kill: web and worker in their own groups, a PostgreSQL, a disk."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

PROOF = Path(__file__).with_name("site_proof.py")
_UNLIMITED = resource.RLIM_INFINITY


class Postgres:
    """A private cluster that listens on a socket in its folder. With fsync, as in production."""

    def __init__(self, folder: Path) -> None:
        initdb = shutil.which("initdb") or next(
            map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None
        )
        if initdb is None:
            raise FileNotFoundError("PostgreSQL is not installed (Debian: postgresql)")
        self.folder, self.program = folder, str(Path(initdb).with_name("postgres"))
        folder.mkdir(parents=True)
        # PostgreSQL refuses to run as root.
        names = {one.pw_name for one in pwd.getpwall()}
        user = next(name for name in ("postgres", "nobody") if name in names) if not os.getuid() else None
        self.more: dict[str, Any] = {"cwd": "/", **({"user": user} if user else {})}
        if user:
            shutil.chown(folder, user)
        command = [initdb, "-D", f"{folder}/data", "-U", "peakend", "-A", "trust", "-E", "UTF8"]
        subprocess.run(command, check=True, capture_output=True, **self.more)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the database every cluster has."""
        return f"postgresql://peakend@/postgres?host={self.folder}"

    def start(self) -> None:
        """Until it answers."""
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"]
        self.process = subprocess.Popen(
            [self.program, "-D", f"{self.folder}/data", *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self.more,
        )
        import psycopg

        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url).close()
                return
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL did not start")

    def stop(self, how: int = signal.SIGQUIT) -> None:
        """SIGQUIT: at once, as a crash; it recovers from its log. SIGINT: connections are cut, in order."""
        if self.process is not None:
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process = None


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """`home` is its folder; `database` a URL, empty for the embedded one. Use within `with`."""

    home: Path
    database: str = ""
    more: dict[str, str] = field(default_factory=dict)
    logs: Path | None = None  # where its logs go; None: beside the home
    port: int = field(default_factory=free_port)
    wanted: bool = True
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    starts: int = 0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._logs: dict[str, IO[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What its processes get."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "PEAKEND_WAREHOUSE", "DJANGO_SETTINGS_MODULE")
        }
        mine = {
            "PEAKEND_HOME": str(self.home),
            "PEAKEND_SECRET_KEY": "bench " * 10,
            "PEAKEND_LOG_LEVEL": "WARNING",
            "PEAKEND_ANALYSE_AT": "never",
            "PEAKEND_API_RATE": "off",
            "PEAKEND_WEBHOOK_ALLOW": "127.0.0.1",
        }
        return kept | mine | ({"DATABASE_URL": self.database} if self.database else {}) | self.more

    def ask(self, *arguments: object, sent: object = None, seconds: float = 600) -> Any:  # noqa: ANN401
        """What `site_proof.py` prints, in a process of its own."""
        with tempfile.TemporaryDirectory(prefix="peakend-bench-") as folder:
            given = Path(folder, "given.json")
            given.write_text(json.dumps(sent), "utf-8")
            command = [sys.executable, str(PROOF), *map(str, arguments), str(given)]
            done = subprocess.run(
                command, env=self.environment, capture_output=True, text=True, check=False, timeout=seconds
            )
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        return json.loads(done.stdout.splitlines()[-1])

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self.wanted = False
        # Not while the supervisor starts another.
        with self._lock:
            for name in list(self.running):
                self.kill(name)
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        for log in self._logs.values():
            log.close()

    def start(self, name: str, *arguments: str) -> None:
        """`web` or `worker`, as an operator starts it."""
        web = ["serve", "--port", str(self.port), "--no-worker", "--processes", "2"]
        command = [sys.executable, "-m", "peakend", *(web if name == "web" else ["worker"]), *arguments]
        log = self._logs.setdefault(name, self.log(name).open("ab"))
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.groups.append(process.pid)
        self.running[name] = process
        self.starts += 1

    def wait_ready(self, seconds: float = 60) -> float:
        """Until it answers; how many seconds that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return time.monotonic() - began
            time.sleep(0.1)
        raise TimeoutError(self.said("web"))

    def supervise(self) -> threading.Thread:
        """Start again what ended, as an operating system's supervisor does, until `wanted` is False."""

        def watch() -> None:
            while self.wanted:
                with self._lock:
                    for name, process in list(self.running.items()):
                        if process.poll() is not None and self.wanted:
                            self.start(name)
                time.sleep(0.3)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        return thread

    def kill(self, name: str) -> None:
        """The process itself, at once."""
        process = self.running.get(name)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

    def end(self, name: str, seconds: float = 60) -> float:
        """In order; how many seconds it took. `TimeoutExpired` where it does not end."""
        with self._lock:
            process = self.running.pop(name)
        began = time.monotonic()
        process.terminate()
        process.wait(seconds)
        return time.monotonic() - began

    def children(self, name: str) -> list[int]:
        """Processes that `name` has started itself."""
        process = self.running.get(name)
        found: list[int] = []
        if process is not None:
            for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    found += map(int, task.read_text().split())
        return found

    def kill_child(self, chance: random.Random) -> bool:
        """One of the web processes."""
        found = self.children("web")
        if not found:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)
        return True

    def limit_files(self, size: int = _UNLIMITED) -> None:
        """No file of the running processes may grow beyond `size` bytes: a full disk without a disk."""
        for name in self.running:
            for pid in [self.running[name].pid, *self.children(name)]:
                with contextlib.suppress(ProcessLookupError):
                    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))

    def log(self, name: str) -> Path:
        """The file of its log."""
        return (self.logs or self.home.parent) / f"{name}.log"

    def said(self, name: str) -> str:
        """The end of its log."""
        file = self.log(name)
        return file.read_text("utf-8", "replace")[-3000:] if file.exists() else ""

    def tracebacks(self) -> dict[str, int]:
        """How many errors with a traceback each log has, by their last line."""
        found: dict[str, int] = {}
        for of in ("web", "worker"):
            file = self.log(of)
            if not file.exists():
                continue
            for line in file.read_text("utf-8", "replace").splitlines():
                with contextlib.suppress(ValueError):
                    record = json.loads(line)
                    if isinstance(record, dict) and record.get("exception"):
                        name = f"{of}: {record['exception'].strip().splitlines()[-1][:160]}"
                        found[name] = found.get(name, 0) + 1
        return found


@contextlib.contextmanager
def site(folder: Path, server: Postgres | None, logs: Path | None = None) -> Iterator[Site]:
    """A fresh site in `folder`, its database on `server` if there is one."""
    url = ""
    if server is not None:
        import psycopg

        name = f"faults_{uuid4().hex[:10]}"
        with psycopg.connect(server.url, autocommit=True) as link:
            link.execute(f"create database {name}")
        url = server.url.replace("/postgres?", f"/{name}?")
    with Site(folder / "home", url, logs=logs) as made:
        yield made


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """A disk of so many megabytes at `folder`; None where this user may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)

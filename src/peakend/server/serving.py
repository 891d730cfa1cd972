"""Start a site: its folder, its tables, its web processes and, beside them, its worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.home import VARIABLE, Home, home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SETTINGS = "peakend.server.settings"


class PortTakenError(PeakendError):
    """Another program listens there."""

    code = "site.port_taken"


class DatabaseBehindError(PeakendError):
    """The database lacks migrations, or cannot be reached."""

    code = "site.database_behind"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the site is served: where it listens, its web processes and their threads, with a worker or not."""

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 2
    threads: int = 4
    worker: bool = True

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else shown}:{self.port}"


def begin(folder: Path | None = None, *, counting: bool = False) -> Home:
    """Set Django up on the site in `folder` (None: `PEAKEND_HOME`, else the default).

    `counting`: several web processes will share what they count for Prometheus.
    """
    if folder is not None:
        os.environ[VARIABLE] = str(folder.resolve())
    if counting:
        # The library reads this when it is first imported, which setting Django up does.
        _share_counts(home().make().folder / "metrics")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    return home().make()


def migrate() -> None:
    """Bring the tables up to date. `DatabaseBehindError` where the database does not answer."""
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise DatabaseBehindError(
            Text(f"The site's database does not answer: {error}", f"站点数据库没有响应：{error}"),
            Text(
                "Check DATABASE_URL, that the server runs and that the disk has room.",
                "请检查 DATABASE_URL、数据库服务是否运行以及磁盘空间。",
            ),
        ) from error


def serve(serving: Serving, started: Callable[[], None]) -> None:
    """Serve until told to end; `started` is called once the address listens. After `begin` and `migrate`."""
    _free(serving)
    with _beside(serving.worker):
        _web(serving, started).run()


def _web(serving: Serving, started: Callable[[], None]) -> Any:  # noqa: ANN401 - gunicorn has no types
    from gunicorn.app.base import BaseApplication

    options = {
        "bind": f"{f'[{serving.host}]' if ':' in serving.host else serving.host}:{serving.port}",
        "workers": serving.processes,
        "threads": serving.threads,
        "worker_class": "gthread",
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 5,
        # A web process lives for so many requests: memory that a library loses comes back.
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": lambda _: started(),
        "pre_fork": lambda _, __: _let_go(),
        "post_fork": lambda _, __: _make_room(),
        "child_exit": lambda _, gone: _forget(gone.pid),
    }

    class Web(BaseApplication):
        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:  # noqa: ANN401 - as above
            from peakend.server.wsgi import application

            return application

    return Web()


@contextmanager
def _beside(wanted: bool) -> Iterator[None]:
    """The worker as a process of its own while the body runs."""
    if not wanted:
        yield
        return
    worker = subprocess.Popen([sys.executable, "-m", "peakend", "worker"], env=os.environ.copy())
    owner = os.getpid()
    try:
        yield
    finally:
        # A web process that ends leaves through here as well, and must not take the worker with it.
        if os.getpid() == owner:
            worker.send_signal(signal.SIGTERM)
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def _let_go() -> None:
    """Close the database before a process is forked: a connection that two hold ruins an SQLite file.

    The child would believe in locks that only its parent has. Once the parent is gone, whoever opens the file
    next finds nobody there and begins its write-ahead index anew, under the hands of the child.
    """
    from django.db import connections

    connections.close_all()


def _share_counts(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _make_room() -> None:
    from peakend.server.web.metrics import reserve_room

    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        reserve_room(Path(folder), os.getpid())


def _forget(pid: int) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)


def _free(serving: Serving) -> None:
    import socket

    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((serving.host, serving.port))
        except OSError as error:
            raise PortTakenError(
                Text(
                    f"{serving.host}:{serving.port} cannot be listened on: {error.strerror}.",
                    f"无法监听 {serving.host}:{serving.port}：{error.strerror}。",
                ),
                Text("Choose another port with --port.", "请用 `--port` 换一个端口。"),
                host=serving.host,
                port=serving.port,
            ) from error

"""What an answer costs: validated, stored, rules run; beside a bare Django view that inserts one row.

    python bench/survey_submit.py [--requests 2000] [--runs 5] [--seconds 8] [--database sqlite,postgres]

`bare` has no middleware, checks nothing and inserts one row into the same table, with the same indexes.
`submit` is the page customers send: the whole middleware, the signed form, every check, flags, quotas, one
insert, the rules of cases and whatever else listens, and the thank-you page. `detractors` is the same where
one answer in ten opens a case. CPU is of the process that runs the application (user + system, per
request), each variant in a process of its own, rounds in turn, median of the runs. Then gunicorn with 2
processes serves each on loopback to 8 clients: requests a second and the 99th percentile, on a machine that
also runs the clients and the database.

PostgreSQL is the server at PEAKEND_BENCH_POSTGRES, else a private one made for the run. The bound is 3
times the CPU of the bare view.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import measure

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUND = 3.0
VARIANTS = ("bare", "submit", "detractors")
CLIENTS = 8
QUESTIONS: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Your visit", "zh": "您的到访"},
    "thanks": {"en": "Thank you.", "zh": "谢谢您。"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "item": "recommend",
                    "required": True,
                    "overall": True,
                    "text": {"en": "How likely are you to recommend us?", "zh": "您会推荐我们吗？"},
                },
                {"id": "why", "type": "text", "text": {"en": "Why?", "zh": "为什么？"}},
            ],
        }
    ],
}


# The application, in a process of its own
# ------------------------------------------------------------------------------------------------------


def begin(variant: str) -> Any:  # noqa: ANN401 - Django has no types
    """The WSGI application of a variant."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
    import django
    from django.conf import settings

    if variant == "bare":
        settings.MIDDLEWARE = []
        settings.ROOT_URLCONF = __name__
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def _bare_urls() -> list[Any]:
    """One view: one insert of what was sent, as it was sent."""
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.utils import timezone

    from peakend.server.acting.keys import new_key
    from peakend.server.answering.models import Response

    def bare(request: HttpRequest, key: str) -> HttpResponse:
        answers = {name.removeprefix("q."): {"text": value} for name, value in request.POST.items()}
        now = timezone.now()
        Response.objects.create(
            key=new_key(),
            survey_id=1,
            version_id=1,
            place_id=1,
            language="en",
            channel="qr",
            state="completed",
            answers=answers,
            started_at=now,
            completed_at=now,
        )
        return HttpResponse("Thank you.")

    return [path("s/p/<str:key>/", bare)]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - Django asks its map of addresses for them
    if name == "urlpatterns":
        found = globals()["urlpatterns"] = _bare_urls()
        return found
    raise AttributeError(name)


def prepare() -> None:
    """Tables, a published survey and a poster."""
    begin("submit")
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from peakend.server.channels.models import Place
    from peakend.server.company.models import Site
    from peakend.server.surveys.models import Survey, SurveyVersion
    from peakend.server.surveys.questionnaire import Questionnaire

    whole = Questionnaire.model_validate(QUESTIONS).model_dump(mode="json")
    site = Site.objects.create(code="north", name="North")
    survey = Survey.objects.create(name=whole["title"], status="live", draft=whole, programme="visit")
    survey.current = SurveyVersion.objects.create(
        survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=datetime.now(UTC)
    )
    survey.save()
    Place.objects.create(survey=survey, kind="qr", name="poster", site=site, key="bench-poster-0000000001")


def bodies(variant: str, count: int) -> list[bytes]:
    """Forms as `count` people send them, each drawn for one of them."""
    from peakend.server.answering import tokens

    made = []
    for n in range(count):
        score = 2 if variant == "detractors" and n % 10 == 0 else 9
        fields = {
            "q.recommend": str(score),
            "q.why": f"The staff were kind, number {n}.",
            "step": "0",
            "in": "en",
            "website": "",
            "go": "next",
            "t": tokens.sealed(tokens.fresh(1), "pbench-poster-0000000001"),
        }
        made.append(urlencode(fields).encode())
    return made


def cpu(variant: str, requests: int) -> None:
    """Print CPU milliseconds a request of `variant`, in this process and without a network."""
    application = begin(variant)
    _no_limits()
    sent = bodies(variant, requests + 200)

    def call(body: bytes) -> None:
        environment = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/s/p/bench-poster-0000000001/",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        found: list[str] = []
        response = application(environment, lambda status, headers: found.append(status))
        b"".join(response)
        response.close()
        if not found[0].startswith("200"):
            raise RuntimeError(found[0])

    for body in sent[:200]:
        call(body)
    began = time.process_time()
    for body in sent[200:]:
        call(body)
    print(json.dumps({"ms": (time.process_time() - began) / requests * 1000}))


def _no_limits() -> None:
    from peakend.server.answering import limits

    # All the load comes from one address.
    limits.SUSPECT = limits.ABSURD = 10**9


def serve(variant: str, port: int) -> None:
    """gunicorn, as `peakend serve` runs it, with two processes."""
    from gunicorn.app.base import BaseApplication

    options = {
        "bind": f"127.0.0.1:{port}",
        "workers": 2,
        "threads": 4,
        "worker_class": "gthread",
        "keepalive": 5,
        "preload_app": True,
        "loglevel": "warning",
        "control_socket_disable": True,
    }

    class Web(BaseApplication):
        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:  # noqa: ANN401
            from django.urls import get_resolver

            made = begin(variant)
            _no_limits()
            get_resolver().url_patterns  # noqa: B018 - as wsgi.py does
            return made

    Web().run()


def load(variant: str, port: int, seconds: float) -> None:
    """Eight clients for so long; print requests a second and percentiles in milliseconds."""
    begin("submit")
    sent = bodies(variant, int(seconds * 1500) + 1000)
    supply, lock = iter(sent), threading.Lock()
    taken: list[float] = []
    failed: list[int] = []
    end = time.monotonic() + seconds

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": "localhost"}
        while time.monotonic() < end:
            with lock:
                body = next(supply, None)
            if body is None:
                return
            began = time.perf_counter()
            try:
                link.request("POST", "/s/p/bench-poster-0000000001/", body, headers)
                response = link.getresponse()
                response.read()
            except OSError:
                failed.append(0)
                continue
            taken.append(time.perf_counter() - began)
            if response.status != 200:
                failed.append(response.status)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    passed = time.monotonic() - began
    taken.sort()
    print(
        json.dumps(
            {
                "rate": len(taken) / passed,
                "p50": taken[len(taken) // 2] * 1000,
                "p99": taken[int(len(taken) * 0.99)] * 1000,
                "failed": len(failed),
            }
        )
    )


# The comparison
# ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of a server: the one named, else a private one that writes to disk; None: no programs."""
    given = os.environ.get("PEAKEND_BENCH_POSTGRES")
    if given:
        yield given
        return
    initdb = shutil.which("initdb") or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None
    )
    if initdb is None:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="peakend-bench-pg-")
    # PostgreSQL refuses to run as root.
    user = (
        None
        if os.getuid()
        else next(
            name for name in ("postgres", "nobody") if any(one.pw_name == name for one in pwd.getpwall())
        )
    )
    if user:
        shutil.chown(folder, user)
    more: dict[str, Any] = {"cwd": "/", **({"user": user} if user else {})}
    subprocess.run(
        [initdb, "-D", f"{folder}/data", "-U", "peakend", "-A", "trust", "-E", "UTF8"],
        check=True,
        capture_output=True,
        **more,
    )
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen(
        [str(Path(initdb).with_name("postgres")), "-D", f"{folder}/data", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **more,
    )
    try:
        import psycopg

        url = f"postgresql://peakend@/postgres?host={folder}"
        for _ in range(200):
            try:
                psycopg.connect(url).close()
                break
            except psycopg.OperationalError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(server: str | None) -> dict[str, str]:
    """A fresh site: its home, and its database on the server if there is one."""
    made = {
        **os.environ,
        "PEAKEND_HOME": tempfile.mkdtemp(prefix="peakend-bench-"),
        "PEAKEND_SECRET_KEY": "bench " * 10,
    }
    made.pop("DATABASE_URL", None)
    if server:
        import psycopg

        name = f"bench_{uuid4().hex[:10]}"
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f"create database {name}")
        made["DATABASE_URL"] = server.replace("/postgres?", f"/{name}?")
    return made


def _run(environment: dict[str, str], *arguments: object) -> dict[str, float]:
    command = [sys.executable, __file__, "--run", *map(str, arguments)]
    # Log lines are written, as in production, but nobody keeps them.
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    lines = done.stdout.splitlines()
    found: dict[str, float] = json.loads(lines[-1]) if lines else {}
    return found


def _served(environment: dict[str, str], variant: str, seconds: float) -> dict[str, float]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--run", "serve", variant, str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        _run(environment, "load", variant, port, min(1.0, seconds))
        return _run(environment, "load", variant, port, seconds)
    finally:
        server.terminate()
        server.wait()


def compare(database: str, server: str | None, requests: int, runs: int, seconds: float) -> float:
    """Measure one database and print its table; the CPU of `submit` over that of `bare`."""
    environment = _environment(server)
    _run(environment, "prepare")
    spent: dict[str, list[float]] = {one: [] for one in VARIANTS}
    for _ in range(runs):
        for variant in VARIANTS:
            spent[variant].append(_run(environment, "cpu", variant, requests)["ms"])
    served = {one: _served(environment, one, seconds) for one in VARIANTS} if seconds else {}
    base = median(spent["bare"])
    print(f"\n| {database} (median of {runs}) | CPU ms | × bare | requests/s | p50 ms | p99 ms | failed |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for variant in VARIANTS:
        ms, web = median(spent[variant]), served.get(variant, {})
        shown = [f"{web[name]:.0f}" if name in web else "" for name in ("rate", "p50", "p99", "failed")]
        print(f"| {variant} | {ms:.3f} | {ms / base:.2f} | {' | '.join(shown)} |", flush=True)
    _save(database, requests, spent, served)
    return median(spent["submit"]) / base


def _save(
    database: str, requests: int, spent: dict[str, list[float]], served: dict[str, dict[str, float]]
) -> None:
    path = measure.RESULTS / "survey_submit.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = json.loads(path.read_text("utf-8")) if path.exists() else []
    records.append(
        {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "database": database,
            "requests": requests,
            "cpu_ms": spent,
            "served": served,
        }
    )
    path.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


def main() -> None:
    """Measure; exit 1 above the bound."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of load on gunicorn; 0: none")
    parser.add_argument("--database", default="sqlite,postgres")
    asked = parser.parse_args()
    # Told to end, it ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    broken = []
    for database in asked.database.split(","):
        with postgres() if database == "postgres" else contextlib.nullcontext() as server:
            if database == "postgres" and server is None:
                print("\nPostgreSQL is not measured: there is no initdb on this machine")
                continue
            ratio = compare(database, server, asked.requests, asked.runs, asked.seconds)
        if ratio > BOUND:
            broken.append(f"an answer on {database} costs {ratio:.2f} × a bare insert, bound {BOUND}")
    measure.judge(broken)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        # Django asks for this file by name, as the bare view's map of addresses.
        sys.modules["survey_submit"] = sys.modules["__main__"]
        __name__ = "survey_submit"
        what, *rest = sys.argv[2:]
        if what == "prepare":
            prepare()
        elif what == "cpu":
            cpu(rest[0], int(rest[1]))
        elif what == "serve":
            serve(rest[0], int(rest[1]))
        elif what == "load":
            load(rest[0], int(rest[1]), float(rest[2]))
    else:
        main()

"""A worker killed while it sends loses no event; told to end, it ends soon."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from server.conftest import POSTGRES
from server.work.own_site import OwnSite, own_site

FILL = """
from peakend.server.acting.actors import Role, system, Reach, Actor
from peakend.server.notices import webhooks
from peakend.server.notices.outbox import announce
from peakend.server.people.models import User
user = User.objects.create_user("a@example.com", "A", Role.ADMINISTRATOR)
actor = Actor(kind="person", name="A", role=Role.ADMINISTRATOR, user_id=user.pk, reach=Reach(everything=True))
for url in sys.argv[1:]:
    webhooks.create_webhook(actor=actor, name=url, url=url, events=["*"])
for n in range(120):
    print(announce("case.opened", f"K{n}", {"n": n}).key)
"""
WORK = """
from datetime import timedelta
from peakend.server.notices import delivering
from peakend.server.work.worker import run
delivering.LEASE = timedelta(seconds=1.5)
print("begun", flush=True)
run(only=["notices.spread", "notices.deliver"])
"""
WAITING = """
from peakend.server.notices.models import Delivery, Event
print(Event.objects.filter(spread=False).count() + Delivery.objects.filter(delivered_at=None).count())
print(Delivery.objects.count())
"""


@pytest.fixture
def received() -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Two addresses, and (path, id) of everything that came there."""
    came: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, self.headers["webhook-id"]))
            time.sleep(0.01)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_address[1]}/{name}" for name in ("a", "b")], came
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> OwnSite:
    """A site of its own."""
    server = request.getfixturevalue("postgres_server") if POSTGRES else None
    found = own_site(tmp_path / "home", server)
    found.more["PEAKEND_WEBHOOK_ALLOW"] = "127.0.0.1"
    return found


def test_killed_while_sending_every_event_arrives_with_its_id(
    site: OwnSite, received: tuple[list[str], list[tuple[str, str]]]
) -> None:
    urls, came = received
    keys = site.run(FILL, *urls).split()
    assert len(set(keys)) == 120
    for kills in range(3):
        worker = site.start(WORK)
        wanted = len(came) + 20 + 7 * kills
        until = time.monotonic() + 60
        while len(came) < wanted and time.monotonic() < until:
            time.sleep(0.01)
        worker.kill()
        worker.communicate(timeout=30)
    workers = [site.start(WORK) for _ in range(2)]  # two at once
    until = time.monotonic() + 90
    while len(set(came)) < 240 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    began = time.monotonic()
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        worker.communicate(timeout=30)
        assert worker.returncode == 0
    assert time.monotonic() - began < 15
    assert set(came) == {(path, key) for path in ("/a", "/b") for key in keys}
    assert site.run(WAITING).split() == ["0", "240"]
    # At least once: only what was under way at a kill comes twice.
    twice = sum(times - 1 for times in Counter(came).values())
    assert twice <= 3 * 2 * 2

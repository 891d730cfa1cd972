"""Customers and programs that answer at once and send the same again until they are told that it arrived."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import random
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ARRIVED = "Your answer has arrived"
_TOKEN = re.compile(r'name="t" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sending:
    """One answer. `form`: by the page at `place`; else by the API, perhaps of a known `customer`."""

    number: int
    place: str
    score: int
    form: bool
    customer: str = ""

    @property
    def key(self) -> str:
        """Of an answer by the API; a form has the key its page was drawn with."""
        return hashlib.sha256(f"sending {self.number}".encode()).hexdigest()[:24]


def sendings(count: int, places: Sequence[str], seed: int) -> list[Sending]:
    """Forms and calls mixed, one in four of a detractor, one in four of a known customer."""
    chance = random.Random(seed)
    return [
        Sending(
            number,
            places[number % len(places)],
            chance.randint(0, 6) if number % 4 == 0 else chance.randint(7, 10),
            form=chance.random() < 0.5,
            customer=f"C{chance.randrange(200)}" if chance.random() < 0.5 else "",
        )
        for number in range(count)
    ]


@dataclass
class Clients:
    """`acknowledged` maps a response's key to its score; `statuses` counts every answer of the site.

    After the first third they wait for `met`: however fast the machine, two thirds meet the trouble.
    """

    port: int
    token: str
    ends: float
    twice: bool = False
    met: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, int] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def send(self, all_: Sequence[Sending], clients: int) -> float:
        """Send everything from so many clients; how many seconds it took."""
        supply: Iterator[tuple[int, Sending]] = iter(enumerate(all_))
        began = time.monotonic()

        def client() -> None:
            links = [_Link(self.port), _Link(self.port)]
            while time.monotonic() < self.ends:
                with self._lock:
                    number, one = next(supply, (0, None))
                if one is None:
                    return
                if number >= len(all_) // 3:
                    self.met.wait(max(0.0, self.ends - time.monotonic()))
                self._deliver(one, links)

        threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return time.monotonic() - began

    def _deliver(self, one: Sending, links: list[_Link]) -> None:
        calls = self._form(one, links[0]) if one.form else self._call(one)
        if calls is None:
            return
        if not self.twice:
            self._until(one, calls, links[0])
            return
        both = [threading.Thread(target=self._until, args=(one, calls, link)) for link in links]
        for each in both:
            each.start()
        for each in both:
            each.join()

    def _form(self, one: Sending, link: _Link) -> tuple[str, str, bytes, dict[str, str]] | None:
        path = f"/s/p/{one.place}/"
        page = self._ask(one, link, "GET", path, b"", {}, lambda status, text: status == 200)
        found = _TOKEN.search(page or "")
        if found is None:
            if page:
                self.wrong.append(f"no form at {path}: {page[:200]}")
            return None
        fields = {"q.recommend": one.score, "q.why": f"{one.number}", "t": found[1], "step": 0, "in": "en"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        # The key of the response stands at the beginning of the signed word.
        return found[1].split(":")[0], path, urlencode({**fields, "go": "next"}).encode(), headers

    def _call(self, one: Sending) -> tuple[str, str, bytes, dict[str, str]]:
        body: dict[str, Any] = {
            "key": one.key,
            "place": one.place,
            "answers": {"recommend": {"score": one.score}, "why": {"text": f"{one.number}"}},
        }
        if one.customer:
            body["customer_id"] = one.customer
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        if one.number % 2:
            headers["Idempotency-Key"] = one.key
        return one.key, "/api/v1/answers", json.dumps(body).encode(), headers

    def _until(self, one: Sending, call: tuple[str, str, bytes, dict[str, str]], link: _Link) -> None:
        key, path, body, headers = call

        def arrived(status: int, text: str) -> bool:
            return status in (200, 201) and (not one.form or ARRIVED in text)

        if self._ask(one, link, "POST", path, body, headers, arrived) is not None:
            with self._lock:
                self.acknowledged[key] = one.score

    def _ask(
        self,
        one: Sending,
        link: _Link,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        done: Callable[[int, str], bool],
    ) -> str | None:
        """The text of the answer that says it is done; None where it never came or was refused for good."""
        pause = 0.05
        while time.monotonic() < self.ends:
            began = time.monotonic()
            try:
                status, text, wait = link.ask(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self._count(type(error).__name__)
            else:
                self._count(f"{status}" if status < 500 or wait else f"{status} without Retry-After")
                self.slowest = max(self.slowest, time.monotonic() - began)
                if done(status, text):
                    return text
                if status < 500 and status != 429:
                    self.wrong.append(f"{method} {path} of {one}: {status} {text[:300]}")
                    return None
                if status == 500:
                    self.wrong.append(f"{method} {path} of {one}: {status} {text[:300]}")
            with self._lock:
                self.retries += 1
            time.sleep(pause)
            pause = min(pause * 2, 1.0)
        return None

    def _count(self, name: str) -> None:
        with self._lock:
            self.statuses[name] += 1


class _Link:
    """A connection that is made again after every failure."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        if self.open is None:
            self.open = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.open.request(method, path, body, {"Accept-Language": "en", **headers})
            response = self.open.getresponse()
            return response.status, response.read().decode(), response.headers.get("Retry-After", "")
        except (OSError, http.client.HTTPException):
            self.open.close()
            self.open = None
            raise


class Receiver:
    """Another system that webhooks tell. `rude` times it reads an event and hangs up."""

    def __init__(self, rude: int = 2) -> None:
        self.heard: dict[str, list[tuple[str, str]]] = {}  # id -> (event, subject) of each arrival
        self.rude = rude
        receiver, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    key = self.headers["webhook-id"]
                    receiver.heard.setdefault(key, []).append((body["type"], body["data"]["subject"]))
                    hang_up = receiver.rude > 0 and len(receiver.heard) % 20 == 10
                    receiver.rude -= hang_up
                if hang_up:
                    with contextlib.suppress(OSError):
                        self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.server.server_close()

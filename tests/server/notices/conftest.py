"""Servers on loopback to send to: one for webhooks, one for e-mails."""

from __future__ import annotations

import errno
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from peakend.server.notices.reaching import ALLOW


@dataclass
class Receiver:
    """What came to a webhook's address; `answers` are statuses given out in turn, the last for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids that came, in their order."""
        return [headers["webhook-id"] for headers, _ in self.calls]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server on loopback, let through by name."""
    monkeypatch.setenv(ALLOW, "127.0.0.1")
    with receiving() as found:
        yield found


@contextmanager
def receiving(ports: Iterable[int] = (0,)) -> Iterator[Receiver]:
    """A server on loopback at the first of `ports` that is free."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append(({name.lower(): text for name, text in self.headers.items()}, body))
            status = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            self.send_response(status)
            for name, text in found.headers.items():
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = _bound(ports, Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook?a=1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _bound(ports: Iterable[int], handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    for port in ports:
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise AssertionError("no port is free")


@dataclass
class Mailbox:
    """Mails a server took. `refuse(command line)` gives another answer than 250, or None."""

    url: str = ""
    mails: list[str] = field(default_factory=list)
    refuse: Callable[[str], str | None] = lambda line: None


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """An SMTP server; the site sends to it."""
    found = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            for raw in self.rfile:
                line = raw.decode().strip()
                refused = found.refuse(line)
                if refused:
                    self.say(refused)
                    if refused.startswith("421"):
                        return
                elif line.upper().startswith("DATA"):
                    self.say("354 go on")
                    lines: list[str] = []
                    for data in self.rfile:
                        if data == b".\r\n":
                            break
                        lines.append(data.decode())
                    found.mails.append("".join(lines))
                    self.say("250 taken")
                elif line.upper().startswith("QUIT"):
                    self.say("221 bye")
                    return
                else:
                    self.say("250 all right")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
    settings.EMAIL_TIMEOUT = 3
    settings.PUBLIC_URL = "https://feedback.example.com"
    yield found
    server.shutdown()
    server.server_close()

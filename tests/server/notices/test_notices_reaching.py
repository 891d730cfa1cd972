"""No webhook reaches into the company's own network, however its address is written or resolved."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from typing import Any

import pytest

from peakend.server.notices import reaching
from peakend.server.notices.reaching import ALLOW, UnreachableError, is_public, post, target_of

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",  # metadata of clouds
    "100.100.100.200",  # and of another
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo, carries 127.0.0.1
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",  # decimal
        "http://0177.0.0.1/",  # octal
        "http://0x7f.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://localhost./",
        "https://user:secret@example.com/",
        "https://example.com@127.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://1.1.1.1:22/",
        "http://1.1.1.1:6379/",
        "http://1.1.1.1:99999/",
        "http://1.1.1.1/#x",
        "http://1.1.1.1 /",
        "http://1.1.1.1\\@127.0.0.1/",
        "http://1.1.1.1/\r\nHost: x",
        "http:///x",
        "http://",
        "",
        "//1.1.1.1/",
        "http://１２７.0.0.1/",
        "http://[fe80::1%25eth0]/",
        "http://1.1.1.1/" + "a" * 600,
    ],
)
def test_an_address_that_no_webhook_may_be_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW, raising=False)

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was called")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(UnreachableError):
        post(url, b"{}", {})


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(UnreachableError, match=r"10\.0\.0\.5"):
        target_of("https://both.example.com/")


def test_rebinding_gains_nothing_the_checked_address_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is public when it is checked and loopback ever after: the call goes to what was checked."""
    asked: list[str] = []
    called: list[str] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> Any:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> Any:
        called.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        post("http://rebinding.example.com/", b"{}", {})
    assert asked == ["rebinding.example.com"]
    assert called == ["93.184.215.14"]


class _Server:
    def __init__(self, handle: Any) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                handle(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_redirect_is_an_answer_not_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "127.0.0.1")
    paths: list[str] = []

    def handle(request: Any) -> None:
        paths.append(request.path)
        request.send_response(302)
        request.send_header("Location", "/inside")
        request.end_headers()

    with _Server(handle) as server:
        answer = post(f"http://127.0.0.1:{server.port}/out", b"{}", {})
    assert (answer.status, paths) == (302, ["/out"])


def test_little_of_a_long_answer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "127.0.0.1")

    def handle(request: Any) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(64):
            request.wfile.write(b"x" * 65_536)

    with _Server(handle) as server:
        answer = post(f"http://127.0.0.1:{server.port}/", b"{}", {})
    assert len(answer.body) == reaching.MOST_BYTES


def test_an_answer_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "127.0.0.1")
    monkeypatch.setattr(reaching, "TOTAL_SECONDS", 0.6)

    def handle(request: Any) -> None:
        try:
            for _ in range(100):
                request.wfile.write(b"H")
                request.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    began = time.monotonic()
    with _Server(handle) as server, pytest.raises((OSError, http.client.HTTPException)):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {})
    assert time.monotonic() - began < 5


def test_only_the_named_host_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "hooks.internal, 127.0.0.1")
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *_, **__: [(2, 1, 6, "", ("10.0.0.9", port))]
    )
    assert target_of("http://hooks.internal:7777/").addresses == ("10.0.0.9",)
    with pytest.raises(UnreachableError):
        target_of("http://other.internal/")
    with pytest.raises(UnreachableError):
        target_of("http://hooks.internal.evil.example/")

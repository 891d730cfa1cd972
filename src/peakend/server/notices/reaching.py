"""Calling an address that somebody entered, without letting it reach into the company's own network.

The name is resolved once, every address it stands for must be public, and the connection goes to that very
address: a name that changes between check and call (DNS rebinding) gains nothing. The name stays in the Host
header and in the certificate's check. Redirects are not followed, proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from peakend.language import Text
from peakend.server.acting.errors import SiteError
from peakend.server.web.say import say

ALLOW = "PEAKEND_WEBHOOK_ALLOW"
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_BYTES = 4096
_PORTS = frozenset({80, 443})
_HIGH_PORTS = range(8000, 10000)
# Forms of IPv6 that carry an IPv4 address: what they carry is what is reached.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnreachableError(SiteError):
    """The site does not call this address."""

    code = "notices.unreachable"
    status = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status, the beginning of the body, seconds it took."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: `addresses` are those that were checked, in the resolver's order."""

    secure: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def named(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def allowed_hosts() -> frozenset[str]:
    """Hosts that an operator lets through by name (`PEAKEND_WEBHOOK_ALLOW=host,host`), whatever they
    resolve to."""
    return frozenset(filter(None, (one.strip().lower() for one in os.environ.get(ALLOW, "").split(","))))


def check_url(url: str) -> SplitResult:
    """The parts of `url`. `UnreachableError` for what no webhook may be, before any name is resolved."""
    if len(url) > 500 or any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise _refused(
            "It has spaces, backslashes or more than 500 characters.", "含有空格、反斜杠或超过 500 个字符。"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("It is not a web address.", "不是有效的网址。") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(
            "It must begin with https:// or http:// and name a host.",
            "须以 https:// 或 http:// 开头并包含主机名。",
        )
    if parts.username is not None or parts.password is not None:
        raise _refused("It must not carry a user name or password.", "不得包含用户名或密码。")
    if parts.fragment:
        raise _refused("It must not have a part after #.", "不得包含 # 之后的部分。")
    host = parts.hostname.lower()
    if host in allowed_hosts():
        return parts
    if "%" in host or not host.isascii():
        raise _refused("Write the host in ASCII.", "主机名请使用 ASCII 形式。")
    number = port if port is not None else (443 if parts.scheme == "https" else 80)
    if number not in _PORTS and number not in _HIGH_PORTS:
        raise _refused("Ports are 80, 443 and 8000 to 9999.", "端口仅限 80、443 以及 8000 至 9999。")
    return parts


def target_of(url: str) -> Target:
    """`url` with its name resolved and every address checked. `UnreachableError` where one is not public."""
    parts = check_url(url)
    host, secure = str(parts.hostname).lower().rstrip("."), parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(
            Text(f"The host {host} cannot be found.", f"找不到主机 {host}。"),
            Text("Check its spelling, or try again later.", "请检查拼写，或稍后重试。"),
            temporary=True,
        ) from error
    addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    if str(parts.hostname).lower() not in allowed_hosts():
        for address in addresses:
            if not is_public(address):
                raise _refused(
                    f"{host} stands for {address}, which is not on the public internet.",
                    f"{host} 解析为 {address}，不属于公共互联网。",
                )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port, path, addresses)


def is_public(address: str) -> bool:
    """Whether `address` is reached over the public internet and nothing but that."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(one.is_global and not _special(one) for one in _carried(found))


def _carried(found: Address) -> Iterable[Address]:
    yield found
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            yield found.ipv4_mapped
        if found.sixtofour:
            yield found.sixtofour
        if found.teredo:
            yield from found.teredo
        if any(found in network for network in _NAT64):
            yield ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)


def _special(found: Address) -> bool:
    return (
        found.is_multicast
        or found.is_loopback
        or found.is_link_local
        or found.is_private
        or found.is_reserved
        or found.is_unspecified
    )


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body` to `url` and read at most `MOST_BYTES` of the answer, whatever its status.

    Raises `UnreachableError` for an address that may not be called, OSError or `http.client.HTTPException`
    where the call fails; it never takes much longer than `TOTAL_SECONDS`.
    """
    target = target_of(url)
    began = time.monotonic()
    connection = _Pinned(target)
    # A peer that sends a byte now and then would keep every single read within its timeout.
    ending = threading.Timer(TOTAL_SECONDS, connection.cut)
    ending.daemon = True
    ending.start()
    try:
        connection.request("POST", target.path, body, {"Host": target.named, **headers})
        response = connection.getresponse()
        return Answer(response.status, response.read(MOST_BYTES), time.monotonic() - began)
    except ValueError as error:
        # Python's client raises it for an answer that is none; cut() may close a file under a read.
        raise http.client.HTTPException(str(error)[:200]) from error
    finally:
        ending.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses that were checked, under the name they were found by."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.target = target

    def connect(self) -> None:
        """Try the addresses in turn; TLS proves the name, not the address."""
        self.sock = self._reached()
        self.sock.settimeout(CONNECT_SECONDS * 2)
        if self.target.secure:
            # The handshake after the assignment, so that cut() ends a slow one too.
            self.sock = _trusting().wrap_socket(
                self.sock, server_hostname=self.target.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _reached(self) -> socket.socket:
        failure: OSError = ConnectionError("no address")
        for address in self.target.addresses[:4]:
            try:
                return socket.create_connection((address, self.target.port), CONNECT_SECONDS)
            except OSError as error:
                failure = error
        raise failure

    def cut(self) -> None:
        """End the call from another thread."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context()


def _refused(en: str, zh: str) -> UnreachableError:
    return UnreachableError(
        Text(f"This address is not called. {en}", f"此地址不可用。{zh}"),
        Text(
            f"Enter a public address; an operator may let a host through with {ALLOW}.",
            f"请填写公网地址；运维人员可通过 {ALLOW} 放行指定主机。",
        ),
        fields=[{"field": "url", "message": say(en, zh)}],
    )

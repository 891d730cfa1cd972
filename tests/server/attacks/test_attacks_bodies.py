"""Bodies that are too much, too deep, broken or something else than they say: refused, soon, and in words."""

from __future__ import annotations

import gzip
import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from server.attacks.filling import clients, path_of, populated, reader_of
from server.test_access import routes

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

pytestmark = pytest.mark.django_db
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DEEP = "[" * 10_000 + "]" * 10_000


def bodies(api: bool) -> list[tuple[str, bytes, str, dict[str, Any]]]:
    """Name, body, content type and headers of each attack."""
    claimed = {"CONTENT_LENGTH": str(10**9)}
    both = [
        ("a gigabyte announced", b"{}" if api else b"a=b", JSON if api else FORM, claimed),
        ("compressed", gzip.compress(b"{}" * 1000), JSON if api else FORM, {"HTTP_CONTENT_ENCODING": "gzip"}),
        ("no UTF-8", b'{"a": "\xff\xfe"}' if api else b"a=%ff%fe&\xff=\xfe", JSON if api else FORM, {}),
        ("another character set", b"a=b", "application/x-www-form-urlencoded; charset=utf-7", {}),
        (
            "a broken multipart",
            b"--x\r\nContent-Disposition: form-data",
            "multipart/form-data; boundary=x",
            {},
        ),
        ("a multipart without boundary", b"--x", "multipart/form-data", {}),
        ("a huge boundary", b"x", "multipart/form-data; boundary=" + "x" * 5000, {}),
    ]
    if api:
        return [
            *both,
            ("depth", DEEP.encode(), JSON, {}),
            ("depth of objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON, {}),
            ("a long number", b'{"a":' + b"9" * 5000 + b"}", JSON, {}),
            ("NaN", b'{"limit": NaN}', JSON, {}),
            ("a list", b"[1]", JSON, {}),
            ("a lone surrogate", b'{"name": "\\ud800", "text": "\\u0000"}', JSON, {}),
        ]
    many = "&".join(f"f{n}=1" for n in range(2500)).encode()
    return [
        *both,
        ("many fields", many, FORM, {}),
        ("JSON", b'{"a": 1}', JSON, {}),
        ("NUL", b"name=%00&q=%00", FORM, {}),
    ]


def test_no_body_breaks_an_address(
    company: Company, client_of: Callable[..., Client], faults: list[str]
) -> None:
    known = populated(company)
    of, problems = clients(client_of), []
    for number, route in enumerate(routes()):
        method = next((one for one in route.methods if one != "GET"), None)
        if method is None:
            continue
        path, who = path_of(route, known), reader_of(route)
        # Each address takes a third of them: every body comes to a hundred addresses.
        for name, body, kind, headers in bodies(route.api)[number % 3 :: 3]:
            faults.clear()
            began = time.perf_counter()
            with transaction.atomic():
                response = of(who).generic(method, path, body, kind, **headers)
                transaction.set_rollback(True)
            if response.status_code >= 500 or time.perf_counter() - began > 5:
                problems.append(f"{method} {route.name}, {name}: {response.status_code} {faults}")
            told = response.headers.get("Content-Type", "")
            if response.status_code == 413 and len(response.content) < 100 and "json" not in told:
                problems.append(f"{route.name}: a bare 413")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/surveys", "/s/p/{}/", "/c/{}/"])
def test_too_much_is_said_in_words_and_not_read(
    company: Company, client_of: Callable[..., Client], path: str
) -> None:
    from server.access_objects import Made, a_comment_page, a_place

    made = Made(company, "north", "north.supervisor")
    key = (a_place if "/s/" in path else a_comment_page)(made).key
    api = path.startswith("/api")
    client = client_of("administrator" if api else "", raise_request_exception=False)
    # The stream holds two bytes: reading what was announced would break.
    sent = client.generic("POST", path.format(key), b"{}", JSON if api else FORM, CONTENT_LENGTH=str(10**9))
    assert sent.status_code == 413
    assert sent.headers["Content-Type"].startswith("application/problem+json" if api else "text/html")


def test_invalid_paths_and_headers_are_no_fault(company: Company, client_of: Callable[..., Client]) -> None:
    client = client_of("administrator", raise_request_exception=False)
    for path in (
        "/%ff%fe/",
        "/cases/%c0%ae%c0%ae/",
        "/assets/0/%2e%2e%2f",
        "/customers/%00/",
        "//evil.example//",
        "/;/",
        "/" + "a" * 9000,
    ):
        assert client.get(path).status_code in (301, 302, 400, 404), path
    for name in (
        "ACCEPT_LANGUAGE",
        "AUTHORIZATION",
        "COOKIE",
        "REFERER",
        "X_FORWARDED_FOR",
        "IF_NONE_MATCH",
        "USER_AGENT",
        "IDEMPOTENCY_KEY",
        "HX_CURRENT_URL",
        "ACCEPT",
        "ORIGIN",
    ):
        for value in ("\xff\xfe", "é" * 3000, "=;,\x7f", "'\"><pkx>", "-1", "*;q=nan"):
            for path in ("/", "/api/v1/me", "/sign-in/", "/customers/"):
                status = client.get(path, **{f"HTTP_{name}": value}).status_code
                assert status < 500, (name, value[:9], path)


# Files that unfold
# ------------------------------------------------------------------------------------------------------


def archive(name: str, megabytes: int) -> bytes:
    """A small archive that unfolds to `megabytes` of zeros, as a sheet of a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open(name, "w") as file:
            for _ in range(megabytes):
                file.write(b"0" * 1_000_000)
    return target.getvalue()


def picture(side: int) -> bytes:
    """The head of a PNG of `side` × `side` pixels, with a stream that never holds them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + chunk(b"IEND", b"")
    )


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">'
    + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 10))
    + b"]><document><LimeSurveyDocType>&a9;</LimeSurveyDocType></document>"
)
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><document>&x;</document>'


def files() -> list[tuple[str, bytes]]:
    return [
        ("bomb.xlsx", archive("xl/worksheets/sheet1.xml", 300)),
        ("laughs.lss", LAUGHS),
        ("outside.lss", OUTSIDE),
        ("laughs16.lss", LAUGHS.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")),
        ("deep.qsf", b'{"SurveyEntry": ' + DEEP.encode() + b"}"),
        ("deep.csv", b'"' * 100_001),
        ("wide.csv", b"customer_id" + b",x" * 100_000 + b"\n"),
        ("huge.png", picture(60_000)),
        ("cut.zip", b"PK\x03\x04" + b"\0" * 40),
        ("empty.json", b""),
        ("../../evil.html", b"<script>1</script>"),
    ]


def test_no_file_unfolds_or_breaks_an_upload(
    company: Company, client_of: Callable[..., Client], faults: list[str]
) -> None:
    """Every form with a file, found by reading the pages."""
    known = populated(company)
    of, problems, uploads = clients(client_of), [], 0
    attacks = files()
    for route in routes():
        if route.api or "GET" not in route.methods:
            continue
        path, who = path_of(route, known), reader_of(route)
        response = of(who).get(path)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        for form in re.findall(r"<form\b.*?</form>", response.content.decode(), re.S):
            wanted = re.search(
                r'<input[^>]*type="file"[^>]*name="(\w+)"|<input[^>]*name="(\w+)"[^>]*type="file"', form
            )
            if wanted is None:
                continue
            uploads += 1
            action = re.search(r'<form[^>]*action="([^"]*)"', form)
            fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form))
            fields |= dict(re.findall(r'<select[^>]*name="(\w+)".*?value="(\w+)"', form, re.S))
            for name, content in attacks:
                faults.clear()
                began = time.perf_counter()
                sent = {**fields, wanted[1] or wanted[2]: SimpleUploadedFile(name, content, "text/plain")}
                with transaction.atomic():
                    answer = of(who).post(action[1] if action else path, sent, follow=True)
                    transaction.set_rollback(True)
                took = time.perf_counter() - began
                if answer.status_code >= 500 or took > 8:
                    problems.append(f"{route.name} {name}: {answer.status_code} after {took:.1f} s {faults}")
                if b"root:x:" in answer.content or b"hahahaha" in answer.content:
                    problems.append(f"{route.name} {name}: an entity was resolved")
    assert uploads >= 3
    assert not problems, "\n".join(problems)

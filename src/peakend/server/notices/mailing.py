"""The sender of e-mails: one try at a time for a mail, again and again until it is gone or refused for
good."""

from __future__ import annotations

import random
import re
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.notices.models import Mail
from peakend.server.notices.signals import mail_failed, mail_sent

# Longer than a whole conversation with a slow server takes.
LEASE = timedelta(minutes=10)
# Seconds to wait after each failure of a mail that may still go through: three days together.
WAITS = (60, 300, 900, 3600, 7200, 14_400, 28_800, 28_800, 43_200, 43_200, 43_200, 43_200)
_HEADERS = re.compile(
    r"(?i)reply-to|auto-submitted|precedence|list-[a-z-]+|in-reply-to|references|x-[a-z0-9-]+"
)


class MailServerError(PeakendError):
    """The mail server does not answer or does not let us in; mails wait. `data` has cause."""

    code = "notices.mail_server"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    ssl: bool


def server_of(url: str) -> Server | None:
    """`smtp://user:password@host:587?tls=1` or `smtps://…` (TLS from the start); None for an empty one.

    Raises `MailServerError` for anything else.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise MailServerError(
            Text(
                "PEAKEND_EMAIL_URL is not the address of a mail server.",
                "PEAKEND_EMAIL_URL 不是有效的邮件服务器地址。",
            ),
            Text(
                "Write smtp://user:password@host:587?tls=1 or smtps://user:password@host.",
                "请写成 smtp://user:password@host:587?tls=1 或 smtps://user:password@host。",
            ),
        )
    ssl = parts.scheme == "smtps"
    tls = not ssl and parse_qs(parts.query).get("tls", ["0"])[0] in ("1", "true", "yes")
    return Server(
        parts.hostname,
        port or (465 if ssl else 587 if tls else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls,
        ssl,
    )


def send_due(seconds: float = 10.0, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, for about so many seconds or until `stop` says so; how many mails were tried.

    Without a server nothing is touched. Raises `MailServerError` while the server is away: mails keep their
    turn, and the sweep waits before it comes again.
    """
    server = server_of(settings.EMAIL_URL)
    if server is None or not _due(clock.now()).exists():
        return 0
    connection, ends, done = _connected(server), time.monotonic() + seconds, 0
    try:
        while time.monotonic() < ends and not stop():
            mail = _claim()
            if mail is None:
                break
            _send(connection, mail)
            done += 1
    finally:
        connection.close()
    return done


def _due(now: datetime) -> Any:  # noqa: ANN401 - a QuerySet
    return Mail.objects.filter(due_at__lte=now, sent_at=None)


def _claim() -> Mail | None:
    """The mail that is due longest, leased: a conditional update lets one sender have it."""
    while True:
        now = clock.now()
        mail: Mail | None = _due(now).order_by("due_at", "pk").first()
        if mail is None:
            return None
        lease = now + LEASE
        if Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(
            due_at=lease, attempts=F("attempts") + 1
        ):
            mail.due_at, mail.attempts = lease, mail.attempts + 1
            return mail


def _connected(server: Server) -> EmailBackend:
    backend = EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls,
        use_ssl=server.ssl,
        timeout=settings.EMAIL_TIMEOUT,
    )
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        raise _away(error) from error
    return backend


def _away(error: Exception) -> MailServerError:
    said = str(error)[:200]
    return MailServerError(
        Text(f"The mail server cannot be used: {said}", f"无法使用邮件服务器：{said}"),
        Text("Check PEAKEND_EMAIL_URL and the server.", "请检查 PEAKEND_EMAIL_URL 与邮件服务器。"),
        cause=said,
    )


def _send(connection: EmailBackend, mail: Mail) -> None:
    try:
        validate_email(mail.to)
        message = message_of(mail)
        message.message()
    except (ValidationError, ValueError) as error:  # BadHeaderError is a ValueError
        _give_up(mail, f"not a valid e-mail: {error}", permanent=True)
        return
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()), (550, b"refused"))
        _refused(mail, code, said)
    except (
        smtplib.SMTPAuthenticationError,
        smtplib.SMTPServerDisconnected,
        smtplib.SMTPConnectError,
    ) as error:
        _put_back(mail)
        raise _away(error) from error
    except smtplib.SMTPResponseException as error:
        # It closes its doors, or does not take us as a sender (all mails have the same): not this mail's
        # fault.
        of_us = isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != 552
        if error.smtp_code == 421 or of_us:
            _put_back(mail)
            raise _away(error) from error
        _refused(mail, error.smtp_code, error.smtp_error)
    except OSError as error:  # other SMTPExceptions are OSErrors too
        _put_back(mail)
        raise _away(error) from error
    else:
        with transaction.atomic():
            Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), due_at=None, failure="")
            mail_sent.send(Mail, mail=mail)


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The message as it is sent. Line breaks in the subject become spaces; only harmless headers are
    taken over."""
    headers = {
        name: " ".join(str(text).split()) for name, text in mail.headers.items() if _HEADERS.fullmatch(name)
    }
    headers["Message-ID"] = f"<{mail.key}@{_domain()}>"
    headers.setdefault("Auto-Submitted", "auto-generated")
    message = EmailMultiAlternatives(
        " ".join(mail.subject.split()), mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _domain() -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname if settings.PUBLIC_URL else None
    return host or parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def _refused(mail: Mail, code: int, said: bytes | str) -> None:
    """4xx may go through later, 5xx will not."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    failure = f"{code} {words}"
    if code >= 500:
        _give_up(mail, failure, permanent=True)
    elif mail.attempts > len(WAITS):
        _give_up(mail, failure, permanent=False)
    else:
        wait = WAITS[mail.attempts - 1] * random.uniform(0.9, 1.1)
        due = clock.now() + timedelta(seconds=wait)
        Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=due, failure=_clean(failure))


def _give_up(mail: Mail, failure: str, *, permanent: bool) -> None:
    with transaction.atomic():
        mail.failure = _clean(failure)
        if Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=None, failure=mail.failure):
            mail_failed.send(Mail, mail=mail, permanent=permanent)


def _put_back(mail: Mail) -> None:
    """The try did not count: the server was away, not the mail refused."""
    Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=clock.now(), attempts=F("attempts") - 1)


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:400]

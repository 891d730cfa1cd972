"""E-mails leave once, wait while the server is away, and are given up when nobody is there."""

from __future__ import annotations

import email
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.notices import digests, mailing, services
from peakend.server.notices.mailing import MailServerError, send_due, server_of
from peakend.server.notices.models import Mail, Notification, Preference
from peakend.server.notices.outbox import notify, send_mail
from peakend.server.notices.signals import mail_failed

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def later(**time: float) -> Any:
    """Inside, it is so much later."""
    return clock.at(clock.now() + timedelta(**time))


def test_a_mail_leaves_once_with_its_key_as_message_id(mailbox: Any) -> None:
    mail = send_mail("guest@example.com", "您的到访", "谢谢您。", html="<p>谢谢</p>")
    assert send_due() == 1
    assert send_due() == 0
    (raw,) = mailbox.mails
    found = email.message_from_string(raw)
    assert found["Message-ID"] == f"<{mail.key}@feedback.example.com>"
    assert found["To"] == "guest@example.com"
    assert [part.get_content_type() for part in found.walk()][1:] == ["text/plain", "text/html"]
    assert Mail.objects.get().sent_at is not None


@pytest.mark.parametrize(
    ("to", "subject", "headers"),
    [
        ("guest@example.com", "Hello\r\nBcc: all@example.com", {}),
        ("guest@example.com", "Hello", {"Reply-To": "a@example.com\r\nBcc: all@example.com"}),
        ("guest@example.com", "Hello", {"Bcc": "all@example.com", "To": "x@example.com", "X-A\r\nBcc": "y"}),
        ("guest@example.com\r\nBcc: all@example.com", "Hello", {}),
        ("guest@example.com>, <all@example.com", "Hello", {}),
    ],
)
def test_no_header_is_smuggled_in(mailbox: Any, to: str, subject: str, headers: Any) -> None:
    Mail.objects.create(to=to, subject=subject, text="x", headers=headers, due_at=clock.now())
    send_due()
    for raw in mailbox.mails:
        found = email.message_from_string(raw)
        assert found["Bcc"] is None
        assert found.get_all("To") == ["guest@example.com"]
    if to != "guest@example.com":
        assert mailbox.mails == []
        assert "not a valid e-mail" in Mail.objects.get().failure


def test_nobody_there_is_given_up_and_told(mailbox: Any) -> None:
    heard: list[tuple[str, bool]] = []

    def hear(mail: Mail, permanent: bool, **_: object) -> None:
        heard.append((mail.to, permanent))

    mail_failed.connect(hear)
    mailbox.refuse = lambda line: "550 no such user" if "gone@" in line else None
    send_mail("gone@example.com", "a", "b")
    send_mail("here@example.com", "a", "b")
    try:
        assert send_due() == 2
    finally:
        mail_failed.disconnect(hear)
    gone = Mail.objects.get(to="gone@example.com")
    assert (gone.due_at, gone.sent_at) == (None, None)
    assert "550" in gone.failure
    assert heard == [("gone@example.com", True)]
    assert len(mailbox.mails) == 1


def test_a_full_mailbox_is_tried_again_for_days_and_then_given_up(mailbox: Any) -> None:
    mailbox.refuse = lambda line: "452 mailbox full" if line.upper().startswith("RCPT") else None
    send_mail("full@example.com", "a", "b")
    tries, hours = 0, 0.0
    while Mail.objects.get().due_at is not None:
        with later(hours=hours):
            tries += send_due()
        hours += 6
    assert tries == len(mailing.WAITS) + 1
    assert hours > 60


def test_while_the_server_is_away_mails_keep_their_turn(mailbox: Any, settings: Any) -> None:
    url, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    send_mail("a@example.com", "a", "b")
    for _ in range(30):
        with pytest.raises(MailServerError):
            send_due()
    assert Mail.objects.get().attempts == 0
    settings.EMAIL_URL = url
    mailbox.refuse = lambda line: "421 closing" if line.upper().startswith("MAIL") else None
    with pytest.raises(MailServerError):
        send_due()
    mailbox.refuse = lambda line: None
    assert send_due() == 1
    assert len(mailbox.mails) == 1


def test_a_sender_that_is_refused_condemns_no_mail(mailbox: Any) -> None:
    mailbox.refuse = lambda line: "550 who are you" if line.upper().startswith("MAIL") else None
    send_mail("a@example.com", "a", "b")
    with pytest.raises(MailServerError):
        send_due()
    assert Mail.objects.get().due_at is not None


def test_without_a_server_mails_wait(settings: Any, client_of: Callable[[str], Client]) -> None:
    settings.EMAIL_URL = ""
    send_mail("a@example.com", "a", "b")
    assert send_due() == 0
    assert "there is no mail server" in client_of("administrator").get("/mails/").content.decode()


def test_two_senders_never_have_one_mail(mailbox: Any) -> None:
    send_mail("a@example.com", "a", "b")
    mine = mailing._claim()
    assert mine is not None
    assert mailing._claim() is None
    with later(minutes=11):  # the first sender died
        again = mailing._claim()
    assert again is not None
    assert (again.pk, again.attempts) == (mine.pk, 2)
    # The one that was slow comes back: what it says does not count any more.
    mailing._give_up(mine, "550", permanent=True)
    assert Mail.objects.get().due_at is not None


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.com", "smtp://h:port"])
def test_a_wrong_address_of_the_server_is_told(url: str) -> None:
    with pytest.raises(MailServerError):
        server_of(url)


def test_the_address_of_the_server_is_read() -> None:
    found = server_of("smtp://me%40example.com:p%3Aw@mail.example.com:2525?tls=1")
    assert found is not None
    assert (found.user, found.password, found.port, found.tls) == ("me@example.com", "p:w", 2525, True)
    secure = server_of("smtps://mail.example.com")
    assert secure is not None
    assert (secure.port, secure.ssl, secure.tls) == (465, True, False)


def test_a_mail_given_up_is_tried_again_by_hand(company: Any, mailbox: Any) -> None:
    mailbox.refuse = lambda line: "550 no" if line.upper().startswith("RCPT") else None
    mail = send_mail("a@example.com", "a", "b")
    send_due()
    mailbox.refuse = lambda line: None
    services.retry_mail(actor=company.actor("administrator"), key=mail.key)
    assert send_due() == 1


def test_a_digest_comes_in_the_morning_in_ones_language_and_not_twice(company: Any) -> None:
    user = company.users["north.supervisor"]
    user.language = "zh"
    user.save()
    with clock.at(clock.now().replace(hour=3)):
        services.choose_digest(
            actor=company.actor("north.supervisor"), digest="daily", hour=8, timezone="Asia/Shanghai"
        )
        due = Preference.objects.get().next_at
        assert (due.hour, due > clock.now()) == (0, True)
        notify([user], Text("A case is late", "工单超时"), "/cases/x/")
        assert digests.send_digests() == 0
    with clock.at(due + timedelta(minutes=1)):
        assert digests.send_digests() == 1
        assert digests.send_digests() == 0
    mail = Mail.objects.get()
    assert mail.to == user.email
    assert "工单超时" in mail.text
    with clock.at(due + timedelta(days=1, minutes=1)):
        digests.send_digests()
    assert Mail.objects.count() == 1  # nothing new, no mail


def test_everybody_gets_a_digest_unless_they_say_no(company: Any) -> None:
    assert digests.prepare() == len(company.users)
    assert digests.prepare() == 0
    services.choose_digest(actor=company.actor("analyst"), digest="never", hour=8, timezone="Asia/Shanghai")
    notify([company.users["analyst"]], Text("x", "y"), "/")
    with later(days=8):
        digests.send_digests()
    assert not Mail.objects.exists()


def test_the_weekly_digest_comes_on_monday_also_over_a_change_of_summer_time(company: Any) -> None:
    kept = Preference(digest="weekly", hour=7, timezone="Europe/Berlin")
    moment = clock.now().replace(year=2026, month=3, day=27, hour=12)
    due = digests.next_digest(kept, moment)
    assert due is not None
    assert (due.isoformat(), due.weekday()) == ("2026-03-30T07:00:00+02:00", 0)


def test_notifications_are_ones_own(client_of: Callable[[str], Client], company: Any) -> None:
    notify([company.users["analyst"]], Text("<b>late</b>", "超时"), "https://evil.example/")
    row = Notification.objects.get()
    mine, other = client_of("analyst"), client_of("cx_manager")
    page = mine.get("/notifications/").content.decode()
    assert "&lt;b&gt;late" in page
    assert "1 new" in page
    assert "late" not in other.get("/notifications/").content.decode()
    assert other.post(f"/notifications/{row.key}/read/").status_code == 404
    opened = mine.post(f"/notifications/{row.key}/read/", {"open": "1"})
    assert opened["Location"] == "/notifications/"  # never to a foreign address
    row.refresh_from_db()
    assert row.read_at is not None
    assert "1 new" not in mine.get("/notifications/count/").content.decode()


def test_the_api_reads_and_marks(
    client: Client, token_of: Callable[..., dict[str, str]], company: Any
) -> None:
    notify([company.users["analyst"]], Text("a", "b"), "/x/")
    headers = token_of("analyst", "notices.own")
    assert client.get("/api/v1/notifications?unread=true", headers=headers).json()["unread"] == 1
    assert client.post("/api/v1/notifications/read", headers=headers).json() == {"count": 1}
    assert client.get("/api/v1/notifications?unread=true", headers=headers).json()["items"] == []
    body = '{"digest": "weekly", "hour": 9, "timezone": "No/Where"}'
    bad = client.put("/api/v1/notifications/digest", body, "application/json", headers=headers)
    assert bad.status_code == 422

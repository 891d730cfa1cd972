"""Personal links: one answer each, gone on with from anywhere; anonymous ones lead back to nobody."""

from __future__ import annotations

import io
import json
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.channels.links import digest_of, secret_of
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Consent, Customer
from peakend.server.surveys.models import Survey
from peakend.server.web.logs import JsonLines
from server.answering.questionnaires import LONG, fields_of

pytestmark = pytest.mark.django_db


def invite(survey: Survey, company: Any, name: str = "C-1", **more: Any) -> tuple[str, Invitation]:
    # Their numbers are far from those that responses get, so that one found beside a response is no chance.
    number = int(name[2:])
    customer, _ = Customer.objects.get_or_create(
        customer_id=name, defaults={"name": name, "pk": 500_000 + number}
    )
    if "pk" not in more:
        more["pk"] = 700_000 + Invitation.objects.count()
    made = Invitation(survey=survey, customer=customer, channel="email", due_at=clock.now(), **more)
    made.digest = digest_of(secret_of(made.key))
    made.site = company.sites["north"]
    made.employee_id = "E-7"
    made.save()
    return f"/s/i/{secret_of(made.key)}/", made


def test_one_answer_and_the_second_visit_says_thank_you(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path, invitation = invite(live_survey(), company, language="zh")
    page = client.get(path)
    assert 'lang="zh-Hans"' in page.content.decode()
    assert "/s/no/" in page.content.decode()
    invitation.refresh_from_db()
    assert invitation.status == "opened"
    other = fields_of(client.get(path))
    sent = fields_of(page) | {"q.recommend": "9"}
    assert "谢谢您" in client.post(path, sent).content.decode()
    row = Response.objects.get()
    assert (row.invitation_id, row.customer.customer_id) == (invitation.pk, "C-1")
    assert (row.employee_id, row.language, row.channel) == ("E-7", "zh", "email")
    invitation.refresh_from_db()
    assert (invitation.status, invitation.remind_at) == ("completed", None)
    assert "您已经回答过了" in client.get(path).content.decode()
    assert client.post(path, sent).status_code == 200
    assert client.post(path, sent | {"q.recommend": "1"}).status_code == 409
    assert "您已经回答过了" in client.post(path, other | {"q.recommend": "1"}).content.decode()
    assert Response.objects.get().answers["recommend"]["score"] == 9


def test_it_is_gone_on_with_on_another_device(company: Any, live_survey: Callable[..., Survey]) -> None:
    path, _ = invite(live_survey(LONG), company)
    first = Client()
    moved = first.post(path, fields_of(first.get(path)) | {"q.recommend": "10", "q.visited": ["shops"]})
    assert moved.status_code == 303
    assert not moved.cookies
    page = Client().get(path)
    assert "You have begun" in page.content.decode()
    done = Client().post(path, fields_of(page) | {"q.areas.lounge": "na", "q.areas.shops": "2"})
    assert "Thank you" in done.content.decode()
    assert Response.objects.get().state == "completed"


def test_wrong_old_and_declined_links_say_so(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    old, _ = invite(survey, company, expires_at=clock.now() - timedelta(minutes=1))
    no, _ = invite(survey, company, status="declined")
    codes = [client.get(one).status_code for one in ("/s/i/guess/", old, no)]
    assert codes == [404, 410, 200]
    assert "would rather not" in client.get(no).content.decode()


def test_what_is_piped_from_outside_is_escaped(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    asked = {
        "languages": ["en"],
        "default_language": "en",
        "title": {"en": "Hello {{@name}}"},
        "thanks": {"en": "Bye {{@name}}: {{q}}"},
        "pages": [{"id": "p", "questions": [{"id": "q", "type": "text", "text": {"en": "{{@name}}?"}}]}],
    }
    path, _ = invite(live_survey(asked), company, embedded={"name": "<script>x</script>"})
    page = client.get(path)
    done = client.post(path, fields_of(page) | {"q.q": "<img src=x onerror=y>{{@name}}"})
    for text in (page.content.decode(), done.content.decode()):
        assert "<script>x" not in text
        assert "<img" not in text
        assert "&lt;script&gt;x" in text


def test_what_a_customer_allows_is_their_last_word(
    client: Client, company: Any, live_survey: Callable[..., Survey]
) -> None:
    asked = {
        "languages": ["en"],
        "default_language": "en",
        "title": {"en": "T"},
        "pages": [
            {
                "id": "p",
                "questions": [
                    {"id": "ok", "type": "consent", "purpose": "research", "text": {"en": "May we call?"}}
                ],
            }
        ],
    }
    for answer, status in (("yes", "given"), ("no", "refused")):
        path, _ = invite(live_survey(asked), company)
        client.post(path, fields_of(client.get(path)) | {"q.ok": answer})
        assert Consent.objects.latest("pk").status == status
    path, _ = invite(live_survey(asked), company)
    client.post(path, fields_of(client.get(path)))
    assert Consent.objects.count() == 2


@pytest.mark.parametrize("questionnaire", [None, LONG], ids=["one page", "several"])
def test_no_column_leads_from_an_anonymous_answer_to_an_invitation(
    company: Any, live_survey: Callable[..., Survey], questionnaire: dict[str, Any] | None
) -> None:
    survey = live_survey(questionnaire, anonymous=True)
    invited = [invite(survey, company, f"C-{n}", embedded={"ticket": f"T{n}x"}) for n in range(8)]
    order = list(range(8))
    random.Random(7).shuffle(order)
    answered_by: dict[str, Invitation] = {}
    for n in order:
        client, (path, invitation) = Client(), invited[n]
        page = client.get(path)
        assert "anonymous" in page.content.decode()
        if questionnaire:
            moved = client.post(path, fields_of(page) | {"q.recommend": str(n), "q.visited": ["shops"]})
            page = client.get(moved.headers["Location"])
            sent = {"q.areas.lounge": "3", "q.areas.shops": "3"}
            if n <= 6:
                page = client.post(path, fields_of(page) | {"q.wrong": "x"}, follow=True)
        else:
            sent = {"q.recommend": str(n)}
        assert "Thank you" in client.post(path, fields_of(page) | sent).content.decode()
        answered_by[Response.objects.latest("pk").key] = invitation
        assert "already answered" in Client().get(path).content.decode()
    assert len(answered_by) == 8
    for row in Response.objects.values():
        assert row["invitation_id"] is row["customer_id"] is row["interaction_id"] is None
        assert row["employee_id"] == ""
        for name in ("started_at", "completed_at"):
            assert (row[name].minute, row[name].second, row[name].microsecond) == (0, 0, 0)
    _no_shared_identifier(answered_by)
    _no_shared_order(answered_by)


def test_no_log_line_tells_the_secret_of_a_link_or_who_opened_it(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(anonymous=True)
    path, invitation = invite(survey, company)
    old, _ = invite(survey, company, expires_at=clock.now() - timedelta(minutes=1))
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    client = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Curious/7")
    try:
        form = fields_of(client.get(path))
        for _ in range(2):
            client.get(old)
            client.get(f"{path}nothing/")
            client.post(path, form | {"q.recommend": "99"})
            client.post(path, form | {"q.salary": "99"})
        client.post(path, form | {"q.recommend": "9"})
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    lines = out.getvalue()
    assert "s/i/<str:secret>/" in lines
    assert "Bad Request: /s/i/…" in lines
    for private in (path.split("/")[3], old.split("/")[3], invitation.key, "203.0.113.7", "Curious"):
        assert private not in lines


def _no_shared_identifier(answered_by: dict[str, Invitation]) -> None:
    """No row of any table holds something of one response and something of its invitation."""
    rows = [json.dumps(row, default=str) for model in apps.get_models() for row in model.objects.values()]
    for key, invitation in answered_by.items():
        customer = invitation.customer
        theirs = (
            invitation.key,
            invitation.digest,
            secret_of(invitation.key),
            f'"{customer.customer_id}"',
            f"T{customer.customer_id[2:]}x",
            f": {invitation.pk},",
            f": {customer.pk},",
        )
        pk = Response.objects.get(key=key).pk
        for row in rows:
            about_response = key in row or f'"response_id": {pk}' in row
            assert not (about_response and any(one in row for one in theirs)), row


def _no_shared_order(answered_by: dict[str, Invitation]) -> None:
    """No column of the invitations stands in the order in which the answers came."""
    order = [invitation.pk for _, invitation in answered_by.items()]
    rows = {row["id"]: row for row in Invitation.objects.filter(pk__in=order).values()}
    for column in next(iter(rows.values())):
        values = [rows[pk][column] for pk in order]
        if len({str(one) for one in values}) > 1 and not isinstance(values[0], dict):
            assert values not in (sorted(values), sorted(values, reverse=True)), column

"""Notes come in once and are coded; public comments have a status and an age, and nothing in them runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting.actors import respondent
from peakend.server.acting.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
)
from peakend.server.acting.keys import new_key
from peakend.server.cases.models import Case
from peakend.server.improvement.models import Comment, CommentPage, Note
from peakend.server.improvement.selectors.voices import get_comment, get_note
from peakend.server.improvement.services import voices


def test_a_note_by_hand_becomes_a_coded_record(company: Any, client_of: Callable[..., Client]) -> None:
    client = client_of("north.front_line")
    client.post(
        "/notes/new/",
        {"text": "Nobody told us the gate", "source": "staff", "theme": "information", "sentiment": "-1"},
    )
    note = Note.objects.get()
    assert (note.theme, note.sentiment, note.site, note.team) == (
        "information",
        -1,
        company.sites["north"],
        company.teams["north"],
    )
    assert note.coded_at is not None
    with pytest.raises(NotFoundError):
        get_note(company.actor("south.supervisor"), note.key)


def test_an_uncoded_note_waits_and_takes_a_theme_of_ones_own(company: Any) -> None:
    actor = company.actor("north.supervisor")
    note = voices.write_note(actor=actor, source="call", text="Belt noisy")
    assert note.coded_at is None
    coded = voices.code_note(
        actor=actor, note=note.key, theme="belt noise", sentiment=-1, touchpoint="lounge"
    )
    assert (coded.theme, coded.touchpoint) == ("belt noise", company.touchpoints["lounge"])
    with pytest.raises(InvalidError):
        voices.code_note(actor=actor, note=note.key, theme="x", sentiment=5)


def test_a_source_brings_each_note_once(
    company: Any, client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    headers = token_of("cx_manager", "improvement.write_note")
    body = {
        "source": "social",
        "source_key": "post-9",
        "text": "Great lounge",
        "theme": "praise",
        "sentiment": 1,
    }
    sent = [
        client.post("/api/v1/notes", body, content_type="application/json", headers=headers) for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[0].json()["key"] == sent[1].json()["key"]
    other = client.post(
        "/api/v1/notes", {**body, "text": "other"}, content_type="application/json", headers=headers
    )
    assert other.status_code == 409
    zero = client.post(
        "/api/v1/notes", {**body, "text": "a\x00b"}, content_type="application/json", headers=headers
    )
    assert zero.status_code == 422
    assert Note.objects.count() == 1


@pytest.fixture
def page(company: Any) -> CommentPage:
    return voices.open_page(
        actor=company.actor("cx_manager"), title_en="Tell us", title_zh="请告诉我们", site="north"
    )


def written(page: CommentPage, text: str = "Too slow", address: str = "192.0.2.1", **more: Any) -> Comment:
    fields = {"key": new_key(), **more}
    return voices.comment(actor=respondent(), page=page.key, text=text, address=address, **fields)


def test_anybody_comments_without_a_name_and_twice_is_once(page: CommentPage, client: Client) -> None:
    key = new_key()
    for _ in range(2):
        sent = client.post(f"/c/{page.key}/", {"text": "Too slow", "key": key})
        assert sent["Location"] == f"/c/{page.key}/?thanks=1"
    comment = Comment.objects.get()
    assert (comment.status, comment.name, comment.publish) == ("new", "", False)
    assert "192.0.2" not in comment.sender
    assert "127.0.0.1" not in comment.sender


def test_a_robot_is_thanked_and_dropped(page: CommentPage, client: Client) -> None:
    sent = client.post(f"/c/{page.key}/", {"text": "buy", "key": new_key(), "website": "http://spam"})
    assert sent.status_code == 302
    assert not Comment.objects.exists()


def test_an_address_that_writes_all_day_is_slowed_and_others_are_not(page: CommentPage) -> None:
    for _ in range(voices.MOST_AN_ADDRESS):
        written(page)
    with pytest.raises(TooManyError):
        written(page)
    assert written(page, address="192.0.2.2").pk


def test_csrf_is_asked_for_on_the_public_page(page: CommentPage) -> None:
    sent = Client(enforce_csrf_checks=True).post(f"/c/{page.key}/", {"text": "x", "key": new_key()})
    assert sent.status_code == 403
    assert not Comment.objects.exists()


def test_a_comment_is_answered_published_and_escaped(company: Any, page: CommentPage, client: Client) -> None:
    actor = company.actor("north.supervisor")
    shown = written(page, "<script>alert(1)</script>", name="<b>Li</b>", contact="li@example.com")
    kept = written(page, "for you alone", publish=False)
    voices.work_on_comment(actor=actor, comment=shown.key)
    with pytest.raises(InvalidError):
        voices.answer_comment(actor=actor, comment=shown.key, reply=" ", publish=True)
    voices.answer_comment(actor=actor, comment=shown.key, reply="We opened <i>a desk</i>", publish=True)
    with pytest.raises(ConflictError):
        voices.answer_comment(actor=actor, comment=kept.key, reply="Thank you", publish=True)
    assert voices.answer_comment(actor=actor, comment=kept.key, reply="Thank you").status == "answered"
    text = client.get(f"/c/{page.key}/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "We opened &lt;i&gt;a desk" in text
    for hidden in ("<script>alert", "<b>Li", "<i>a desk", "li@example.com", "for you alone"):
        assert hidden not in text


def test_a_rejection_needs_its_reason(company: Any, page: CommentPage) -> None:
    actor, one = company.actor("north.supervisor"), written(page)
    with pytest.raises(InvalidError):
        voices.reject_comment(actor=actor, comment=one.key, reason=" ")
    done = voices.reject_comment(actor=actor, comment=one.key, reason="An advertisement")
    assert (done.status, done.reason) == ("rejected", "An advertisement")
    assert done.settled_at is not None


def test_a_comment_opens_one_case(company: Any, page: CommentPage) -> None:
    actor, one = company.actor("north.supervisor"), written(page)
    first = voices.open_case(actor=actor, comment=one.key).case
    assert voices.open_case(actor=actor, comment=one.key).case == first
    assert Case.objects.get().site == company.sites["north"]
    assert get_comment(actor, one.key).status == "working"


def test_comments_are_their_sites_own(company: Any, page: CommentPage) -> None:
    one = written(page)
    with pytest.raises(NotFoundError):
        voices.answer_comment(actor=company.actor("south.supervisor"), comment=one.key, reply="x")
    with pytest.raises(NotAllowedError):
        voices.answer_comment(actor=company.actor("north.front_line"), comment=one.key, reply="x")


def test_a_closed_page_takes_nothing(company: Any, page: CommentPage, client: Client) -> None:
    voices.close_page(actor=company.actor("cx_manager"), page=page.key)
    assert client.post(f"/c/{page.key}/", {"text": "x", "key": new_key()}).status_code == 422
    assert not Comment.objects.exists()
    assert client.get("/c/nothing-here/").status_code == 404


def test_the_desk_says_how_long_the_oldest_waits(
    company: Any, page: CommentPage, client_of: Callable[..., Client]
) -> None:
    from datetime import timedelta

    from peakend.server.acting import clock

    with clock.at(clock.now() - timedelta(days=5)):
        written(page)
    text = client_of("north.supervisor").get("/comments/").content.decode()
    assert "Comments that wait: 1; the oldest for 5 days" in text

"""A lock that lasts: customers, programs and staff are told to send the same again, and it counts once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from peakend.server.answering import limits
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.channels.models import Place
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import fields_of
from server.faults.conftest import PATIENCE

Held = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def place(held: Held, company: Any, live_survey: Callable[..., Survey]) -> Place:
    """A poster."""
    made: Place = Place.objects.create(survey=live_survey(), kind="qr", name="x", site=company.sites["north"])
    return made


def stranger(**options: Any) -> Client:
    """A browser that shows what a process of the web would send, faults included."""
    return Client(raise_request_exception=False, **options)


@pytest.mark.parametrize(("accepted", "said"), [("en", "Send again"), ("zh-CN", "再次提交")])
def test_a_form_is_kept_on_the_page_and_counts_once_when_it_is_sent_again(
    held: Held, place: Place, accepted: str, said: str
) -> None:
    path, browser = f"/s/p/{place.key}/", stranger(headers={"accept-language": accepted})
    sent = fields_of(browser.get(path)) | {"q.recommend": "0", "q.why": 'Two\nlines, "quoted" <b>'}
    with held():
        refused = browser.post(path, sent)
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert said in refused.content.decode()
    assert "<b>" not in refused.content.decode()
    assert Response.objects.count() == 0
    # The button sends exactly what was sent before.
    import re
    from html import unescape

    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', refused.content.decode()))
    again = {unescape(name): unescape(value) for name, value in again.items()}
    assert again == sent
    assert browser.post(path, again).status_code == 200
    assert browser.post(path, again).status_code == 200
    assert Response.objects.get().answers["why"]["text"] == 'Two\nlines, "quoted" <b>'
    assert Case.objects.count() == 1


def test_a_form_waits_for_a_short_lock(held: Held, place: Place) -> None:
    path, browser = f"/s/p/{place.key}/", stranger()
    sent = fields_of(browser.get(path)) | {"q.recommend": "9"}
    lock = held()
    lock.__enter__()
    ending = threading.Timer(PATIENCE / 4, lambda: lock.__exit__(None, None, None))
    ending.start()
    began = time.monotonic()
    assert browser.post(path, sent).status_code == 200
    assert time.monotonic() - began > PATIENCE / 8
    ending.join()


def test_reading_a_page_needs_no_lock_even_when_its_views_are_due(
    held: Held, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_FLUSH", 0.0)
    with held():
        assert stranger().get(f"/s/p/{place.key}/").status_code == 200
    place.refresh_from_db()
    assert place.views == 0
    limits.flush_views()
    place.refresh_from_db()
    assert place.views == 1


@pytest.mark.parametrize("named", [False, True])
def test_a_program_is_told_when_to_call_again(
    held: Held, place: Place, token_of: Callable[..., dict[str, str]], named: bool
) -> None:
    headers = token_of("administrator") | ({"Idempotency-Key": "k" * 20} if named else {})
    body = json.dumps({"key": "k" * 20, "place": place.key, "answers": {"recommend": {"score": 2}}})

    def call() -> Any:
        return stranger().post("/api/v1/answers", body, content_type="application/json", headers=headers)

    with held():
        refused = call()
    assert refused.status_code == 503
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "site.busy"
    assert int(refused["Retry-After"]) > 0
    assert call().status_code == 201
    assert Case.objects.count() == 1


def test_staff_read_a_page_not_a_fault(held: Held, place: Place) -> None:
    browser = stranger(headers={"accept-language": "zh-CN"})
    with held():
        refused = browser.post("/sign-in/", {"email": "cx_manager@example.com", "password": "wrong " * 3})
    assert refused.status_code == 503
    assert "站点当前非常繁忙" in refused.content.decode()
    assert "Retry-After" in refused

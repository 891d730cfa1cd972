"""A voice is put behind a topic from where it is read, by who may, once; forms keep what they were given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.improvement.models import Checklist, Comment, Topic
from peakend.server.improvement.services import outer_loop as loop
from peakend.server.improvement.services import visits, voices

SAID = "The belt <b>stood</b> still"


@pytest.fixture
def topic(company: Any) -> Topic:
    """An open topic of the north."""
    return loop.raise_topic(actor=company.actor("cx_manager"), title="Bags come late", site="north")


def voice(company: Any, live_survey: Callable[..., Any], kind: str, site: str = "north") -> Any:
    """A case, comment, note or answer of a site."""
    manager, place = company.actor("cx_manager"), company.sites[site]
    if kind == "note":
        return voices.write_note(actor=manager, source="staff", text=SAID, site=site)
    if kind == "comment":
        page = voices.open_page(actor=manager, title_en="Tell us", title_zh="请留言", site=site)
        return Comment.objects.create(page=page, site=place, text=SAID, created_at=clock.now())
    if kind == "case":
        return Case.objects.create(number=71, title="late", words=SAID, site=place, opened_at=clock.now())
    survey = live_survey()
    return Response.objects.create(
        survey=survey,
        version=survey.current,
        site=place,
        state="completed",
        started_at=clock.now(),
        completed_at=clock.now(),
        answers={"why": {"state": "answered", "text": SAID}},
    )


KINDS = {"case": "cases", "comment": "comments", "note": "notes", "response": "responses"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_voice_is_linked_where_it_is_read(
    company: Any, live_survey: Any, client_of: Callable[..., Client], topic: Topic, kind: str
) -> None:
    row = voice(company, live_survey, kind)
    closed = loop.raise_topic(actor=company.actor("cx_manager"), title="Long over", site="north")
    Topic.objects.filter(pk=closed.pk).update(status="declined")
    path, client = f"/{KINDS[kind]}/{row.key}/topic/", client_of("north.supervisor")
    for language, words in (("en", "Link to a topic"), ("zh-CN", "关联到议题")):
        shown = client.get(path, headers={"accept-language": language}).content.decode()
        assert words in shown
        assert "Bags come late" in shown
        assert "Long over" not in shown
        assert "The belt &lt;b&gt;stood" in shown
    for _ in range(2):
        answer = client.post(path, {"topic": topic.key})
        assert (answer.status_code, answer["Location"]) == (302, f"/topics/{topic.key}/")
    assert [getattr(one, kind) for one in topic.evidence.all()] == [row]
    assert "Behind these topics already" in client.get(path).content.decode()
    assert client.post(path, {"topic": closed.key}).status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_links_what_is_not_theirs(
    company: Any, live_survey: Any, client_of: Callable[..., Client], topic: Topic, kind: str
) -> None:
    path = f"/{KINDS[kind]}/{voice(company, live_survey, kind).key}/topic/"
    for name, status in (("north.front_line", 403), ("analyst", 403), ("south.supervisor", 404)):
        client = client_of(name)
        assert client.get(path).status_code == status, name
        assert client.post(path, {"topic": topic.key}).status_code == status, name
    assert not topic.evidence.exists()


def test_an_anonymous_answer_is_not_to_be_found(
    company: Any, live_survey: Any, client_of: Callable[..., Client]
) -> None:
    row = voice(company, live_survey, "response")
    type(row.survey).objects.update(anonymous=True)
    assert client_of("cx_manager").get(f"/responses/{row.key}/topic/").status_code == 404


def test_pages_of_voices_lead_there_for_who_may(
    company: Any, live_survey: Any, client_of: Callable[..., Client]
) -> None:
    note, comment, case = (voice(company, live_survey, kind) for kind in ("note", "comment", "case"))
    for path, link in (
        ("/notes/", f"/notes/{note.key}/topic/"),
        (f"/comments/{comment.key}/", f"/comments/{comment.key}/topic/"),
        (f"/cases/{case.key}/", f"/cases/{case.key}/topic/"),
    ):
        assert link in client_of("north.supervisor").get(path).content.decode()
        assert link not in client_of("analyst").get(path).content.decode()


def _sent(form: Any) -> dict[str, Any]:
    values = {name: form[name].value() for name in form.fields}
    lines = {name: value.replace("\n", "\r\n") for name, value in values.items() if isinstance(value, str)}
    return {name: value for name, value in (values | lines).items() if value not in (None, False)}


def test_a_topic_saved_unchanged_is_the_same_topic(
    company: Any, client_of: Callable[..., Client], topic: Topic
) -> None:
    manager = company.actor("cx_manager")
    cycle = loop.open_cycle(actor=manager, name="Spring")
    owner = company.users["south.supervisor"]
    loop.edit_topic(
        actor=manager,
        topic=topic.key,
        whys=["One belt", "Old", "No money", "Nobody asked", "Nobody knew"],
        cause="One belt\nfor two",
        department=" Ramp ",
        resources="Two people\n\nand a belt",
        planned_change=" Second belt\nin May ",
        review_on=date(2027, 1, 5),
        owner=owner.key,
        touchpoint="lounge",
        cycle=cycle.key,
    )
    # None of them could be chosen any more.
    owner.is_active = False
    owner.save()
    type(cycle).objects.update(stage="closed")
    company.touchpoints["lounge"].active = False
    company.touchpoints["lounge"].save()
    before = model_to_dict(Topic.objects.get())
    client = client_of("cx_manager")
    data = _sent(client.get(f"/topics/{topic.key}/").context["form"])
    client.post(f"/topics/{topic.key}/edit/", data)
    assert model_to_dict(Topic.objects.get()) == before


def test_the_next_version_of_a_checklist_is_the_same_where_nothing_was_changed(
    company: Any, client_of: Callable[..., Client]
) -> None:
    def words(one: Checklist) -> Any:
        fields = ("code", "text_en", "text_zh", "aspect", "weight", "required", "photo", "position")
        head = (one.code, one.name_en, one.name_zh, one.kind, one.reopen_days)
        return head, list(one.items.values_list(*fields))

    items: Any = [
        {
            "code": f"item-{n}",
            "text_en": f" Look at\n{n}",
            "text_zh": f"检查 {n}",
            "aspect": "quality",
            "weight": 1 / 60,
            "required": n % 2 == 0,
            "photo": n % 3 == 0,
        }
        for n in range(60)
    ]
    made = visits.save_checklist(
        actor=company.actor("cx_manager"),
        code="repair",
        name_en="Repair\nhere",
        name_zh="维修",
        items=items,
        reopen_days=90,
    )
    client = client_of("cx_manager")
    page = client.get("/checklists/of/repair/")
    data = _sent(page.context["form"])
    rows = page.context["rows"]
    data |= {f"item-{name}": rows.management_form[name].value() for name in rows.management_form.fields}
    for row in rows:
        data |= {row.add_prefix(name): value for name, value in _sent(row).items()}
    assert client.post("/checklists/of/repair/", data).status_code == 302
    again = Checklist.objects.get(version=2)
    assert words(again) == words(made)

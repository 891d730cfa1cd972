"""Places: their registry, figures, posters, and the alarm when one falls silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.channels import places, tasks
from peakend.server.channels.figures import figures, poisson_interval
from peakend.server.channels.models import Place, PlaceDay
from peakend.server.notices.models import Notification

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
WORKER = system("sweep")


def _place(company: Any, survey: Any, kind: str = "qr", **fields: Any) -> Place:
    made = places.open_place(
        actor=company.actor("cx_manager"), survey=survey, kind=kind, name="Exit", site=company.sites["north"],
        **fields,
    )  # fmt: skip
    Place.objects.filter(pk=made.pk).update(opened_at=NOON)
    made.refresh_from_db()
    return made


def _answer(place: Place, at: datetime, times: int = 1) -> None:
    Response.objects.bulk_create(
        Response(
            survey=place.survey, version=place.survey.current, place=place, language="en", channel="qr",
            state="completed", started_at=at, completed_at=at,
        )
        for _ in range(times)
    )  # fmt: skip


def test_a_silent_place_is_told_once_and_cleared_by_an_answer(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    place = _place(company, live_survey(), silent_after_days=3)
    for hours in (1, 71):
        with clock.at(NOON + timedelta(hours=hours)):
            tasks.hear(WORKER)
    assert not Notification.objects.exists()
    for hours in (72, 73, 90):
        with clock.at(NOON + timedelta(hours=hours)):
            tasks.hear(WORKER)
    told = set(Notification.objects.values_list("user__role", "user__sites__code"))
    assert told == {("cx_manager", None), ("supervisor", "north")}
    assert Notification.objects.count() == 2
    _answer(place, NOON + timedelta(days=4))
    with clock.at(NOON + timedelta(days=4, hours=1)):
        tasks.hear(WORKER)
    place.refresh_from_db()
    assert place.silent_told_at is None
    assert place.last_answer_at == NOON + timedelta(days=4)
    with clock.at(NOON + timedelta(days=7, hours=1)):
        tasks.hear(WORKER)
    assert Notification.objects.count() == 4


def test_answers_are_counted_once_however_often_the_sweep_runs(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    place = _place(company, live_survey())
    Place.objects.filter(pk=place.pk).update(views=100)
    for day in range(6):
        at = NOON + timedelta(days=day)
        _answer(place, at, 5)
        with clock.at(at + timedelta(hours=1)):
            tasks.hear(WORKER)
            tasks.hear(WORKER)
            place.refresh_from_db()
            (one,) = figures([place])
            assert one.answers == 5 * (day + 1)
    assert PlaceDay.objects.count() >= 4
    _answer(place, NOON + timedelta(days=5), 1)  # its transaction ended late
    (one,) = figures([place])
    assert (one.answers, one.percent) == (31, (31, 23, 41))


def test_small_bases_have_no_rate_and_kiosks_one_a_day(company: Any, live_survey: Callable[..., Any]) -> None:
    small = _place(company, live_survey())
    kiosk = _place(company, live_survey(), "kiosk")
    Place.objects.filter(pk=small.pk).update(views=9)
    small.refresh_from_db()
    _answer(small, NOON, 5)
    _answer(kiosk, NOON, 40)
    with clock.at(NOON + timedelta(days=10)):
        first, second = figures([small, kiosk])
    assert first.rate is None
    assert second.rate == pytest.approx(4.0)
    assert second.low is not None
    assert second.high is not None
    assert second.low < 4 < second.high


def test_garwoods_interval_is_the_published_one() -> None:
    assert poisson_interval(10, 1) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert poisson_interval(0, 1) == pytest.approx((0, 3.689), abs=1e-3)


def test_a_closed_place_is_not_silent_and_has_patience_when_it_opens_again(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    place = _place(company, live_survey(), silent_after_days=3)
    manager = company.actor("cx_manager")
    with clock.at(NOON + timedelta(days=1)):
        places.set_active(actor=manager, key=place.key, active=False)
    with clock.at(NOON + timedelta(days=11)):
        tasks.hear(WORKER)
        place = places.set_active(actor=manager, key=place.key, active=True)
        tasks.hear(WORKER)
        assert figures([place])[0].days_open == pytest.approx(1.0)
    assert not Notification.objects.exists()


def test_a_supervisor_opens_places_at_the_own_site_only(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    survey, actor = live_survey(), company.actor("north.supervisor")
    for site in (None, company.sites["south"]):
        with pytest.raises(InvalidError):
            places.open_place(actor=actor, survey=survey, kind="qr", name="x", site=site)
    made = places.open_everywhere(actor=actor, survey=survey, kind="qr")
    assert [one.site.code for one in made] == ["north"]
    assert places.open_everywhere(actor=actor, survey=survey, kind="qr") == []
    with pytest.raises(NotFoundError):
        places.set_active(actor=company.actor("south.supervisor"), key=made[0].key, active=False)


@pytest.mark.parametrize("origin", ["", "javascript:alert(1)", "https://a.com/x", "https://a.com; *"])
def test_an_embedded_place_names_the_one_site_that_may_frame_it(
    company: Any, live_survey: Callable[..., Any], origin: str
) -> None:
    with pytest.raises(InvalidError):
        _place(company, live_survey(), "embed", allowed_origin=origin)


def test_posters_carry_the_code_in_both_languages(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[[str], Client]
) -> None:
    survey, client = live_survey(), client_of("cx_manager")
    made = places.open_everywhere(actor=company.actor("cx_manager"), survey=survey, kind="qr")
    page = client.get("/places/posters/?size=A6").content.decode()
    assert page.count('<section class="sheet a6"') == len(made) == 2
    assert "您在这里的体验如何？" in page
    assert "How was it here?" in page
    assert "How was it here?" not in client.get(f"/places/{made[0].key}/poster/?in=zh").content.decode()
    assert client.get(f"/places/{made[0].key}/qr.png").content.startswith(b"\x89PNG")
    assert b"<svg" in client.get(f"/places/{made[0].key}/qr.svg").content
    assert client_of("south.front_line").get(f"/places/{made[0].key}/qr.svg").status_code in (200, 404)


def test_a_name_is_text_wherever_it_stands(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[[str], Client]
) -> None:
    place = _place(company, live_survey())
    Place.objects.filter(pk=place.pk).update(name="<script>alert(1)</script>")
    client = client_of("cx_manager")
    for path in ("", f"{place.key}/", f"{place.key}/edit/", "posters/"):
        page = client.get(f"/places/{path}").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_form_opens_and_changes_a_place(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[[str], Client]
) -> None:
    survey, client = live_survey(), client_of("north.supervisor")
    form = {
        "survey": survey.pk, "kind": "qr", "name": "Counter 3", "site": company.sites["north"].pk,
        "silent_after_days": 5,
    }  # fmt: skip
    assert client.post("/places/new/", form).status_code == 302
    place = Place.objects.get()
    assert client.post(f"/places/{place.key}/edit/", form | {"name": "Counter 4"}).status_code == 302
    place.refresh_from_db()
    assert place.name == "Counter 4"
    for language in ("en", "zh-CN"):
        for path in ("/places/", f"/places/{place.key}/", "/places/new/", "/places/everywhere/"):
            assert client.get(path, headers={"accept-language": language}).status_code == 200
    assert client_of("south.supervisor").get(f"/places/{place.key}/").status_code == 404
    assert client_of("north.front_line").get("/places/new/").status_code == 403


def test_the_api_does_what_the_page_does(
    company: Any, live_survey: Callable[..., Any], client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    headers = token_of("cx_manager", "channels.*")
    body = {"survey": live_survey().key, "kind": "kiosk", "name": "Desk", "site": "north", "team": "desk"}
    made = client.post("/api/v1/places", body, "application/json", headers=headers)
    assert made.status_code == 201
    place = made.json()
    assert place["url"].endswith(f"/s/p/{place['key']}/")
    change = {"name": "Desk 2", "site": "north", "silent_after_days": 400}
    path = f"/api/v1/places/{place['key']}"
    wrong = client.put(path, change, "application/json", headers=headers)
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "silent_after_days"
    closed = client.put(f"{path}/state", {"active": False}, "application/json", headers=headers)
    assert closed.json()["active"] is False
    assert client.get(path, headers=token_of("south.supervisor")).status_code == 404
    listed = client.get("/api/v1/places", headers=headers).json()["items"]
    assert [one["key"] for one in listed] == [place["key"]]


def test_a_place_called_like_its_site_is_called_in_chinese_as_its_site_is(company: Any) -> None:
    site = next(iter(company.sites.values()))
    site.name_zh = "东航站楼"
    assert Place(name=site.name, site=site).name_zh == "东航站楼"
    assert Place(name="Counter 3", site=site).name_zh == "Counter 3"
    assert Place(name="Web page").name_zh == "Web page"

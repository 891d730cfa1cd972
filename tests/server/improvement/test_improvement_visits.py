"""A visit passes only whole, its photos hide nothing, its figures are honest, the gift is drawn by lot."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import ConflictError, InvalidError, NotFoundError
from peakend.server.improvement import photos
from peakend.server.improvement.figures import visit_figures
from peakend.server.improvement.models import Checklist, Gesture, GestureRule, Photo, Visit
from peakend.server.improvement.selectors.visits import aspect_scores, effect_of
from peakend.server.improvement.services import photos as photo_services
from peakend.server.improvement.services import visits
from peakend.server.improvement.warehouse_rows import rows_for_warehouse
from peakend.warehouse.schema import canonical_tables


def picture(width: int = 60, height: int = 40, **save: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(drawn, save.pop("format", "JPEG"), **save)
    return drawn.getvalue()


@pytest.fixture
def planned(company: Any) -> Visit:
    visits.add_built_in(actor=company.actor("cx_manager"))
    now = clock.now()
    return visits.plan_visit(
        actor=company.actor("north.supervisor"),
        checklist="property-repair",
        site="north",
        team="north/desk",
        employee=company.users["north.front_line"].key,
        customer_id="C-1",
        task="Leak under the sink",
        window_from=now - timedelta(hours=1),
        window_to=now + timedelta(hours=1),
        order_id="WO-1",
    )


def carried_out(company: Any, visit: Visit, leave: str = "", no_photo: str = "") -> Visit:
    worker = company.actor("north.front_line")
    visits.arrive(actor=worker, visit=visit.key)
    for item in visit.checklist.items.all():
        if item.code != leave:
            visits.check_item(actor=worker, visit=visit.key, item=item.code, done=True)
        if item.photo and item.code != no_photo:
            photo_services.add_photo(actor=worker, visit=visit.key, item=item.code, sent=picture())
    return visits.finish_visit(actor=worker, visit=visit.key)


def test_the_built_in_checklist_is_sound(planned: Visit) -> None:
    for checklist in Checklist.objects.all():
        sums: dict[str, float] = {}
        for item in checklist.items.all():
            sums[item.aspect] = sums.get(item.aspect, 0) + item.weight
        assert len(sums) == 3
        assert all(total == pytest.approx(1) for total in sums.values())
    assert planned.checklist.items.count() >= 6


def test_weights_that_do_not_sum_to_one_are_refused(company: Any) -> None:
    item = {
        "code": "a",
        "text_en": "A",
        "text_zh": "甲",
        "aspect": "conduct",
        "required": True,
        "photo": False,
    }
    with pytest.raises(InvalidError):
        visits.save_checklist(
            actor=company.actor("cx_manager"),
            code="own",
            name_en="Own",
            name_zh="自有",
            items=[{**item, "weight": 0.4}, {**item, "code": "b", "weight": 0.5}],
        )
    assert not Checklist.objects.exists()


def test_a_whole_visit_passes(company: Any, planned: Visit) -> None:
    done = carried_out(company, planned)
    assert done.verdict == "passed"
    assert aspect_scores(done) == pytest.approx({"timeliness": 1, "conduct": 1, "quality": 1})


@pytest.mark.parametrize("how", [{"leave": "knock"}, {"no_photo": "no-leak"}])
def test_a_missing_item_or_photo_fails_the_visit(company: Any, planned: Visit, how: dict[str, str]) -> None:
    assert carried_out(company, planned, **how).verdict == "failed"


def test_an_optional_item_may_be_left_out(company: Any, planned: Visit) -> None:
    done = carried_out(company, planned, leave="called")
    assert done.verdict == "passed"
    assert aspect_scores(done)["timeliness"] == pytest.approx(0.6)


def test_everything_can_be_sent_twice(company: Any, planned: Visit) -> None:
    worker, supervisor = company.actor("north.front_line"), company.actor("north.supervisor")
    again = visits.plan_visit(
        actor=supervisor,
        checklist="property-repair",
        site="north",
        task="other",
        window_from=planned.window_from,
        window_to=planned.window_to,
        order_id="WO-1",
    )
    assert again == planned
    done = carried_out(company, planned)
    assert visits.finish_visit(actor=worker, visit=planned.key).finished_at == done.finished_at
    visits.check_item(actor=worker, visit=planned.key, item="knock", done=True)  # a late repeat
    photo_services.add_photo(actor=worker, visit=planned.key, item="no-leak", sent=picture())
    assert planned.checks.filter(item__code="knock").count() == 1
    assert planned.photos.filter(item__code="no-leak").count() == 1
    with pytest.raises(ConflictError):
        visits.check_item(actor=worker, visit=planned.key, item="knock", done=False)


def test_a_photo_is_redrawn_without_place_and_comment(company: Any, planned: Visit) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture(60, 40, exif=exif.tobytes(), comment=b"hidden words")
    assert b"SecretPhone" in sent
    worker = company.actor("north.front_line")
    visits.arrive(actor=worker, visit=planned.key)
    photo = photo_services.add_photo(actor=worker, visit=planned.key, item="clean", sent=sent)
    kept = photos.path_of(photo.file).read_bytes()
    assert b"SecretPhone" not in kept
    assert b"hidden words" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()
        assert image.size == (40, 60)  # upright


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 60,000 × 60,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "sent",
    [b"", b"<script>alert(1)</script>", picture()[:100], picture(format="GIF"), bomb(), b"\xff" * 12_000_001],
    ids=["empty", "html", "cut", "gif", "bomb", "huge"],
)
def test_what_is_no_fair_photo_is_refused(sent: bytes) -> None:
    with pytest.raises(InvalidError):
        photos.redraw(sent)


def test_a_large_photo_is_made_smaller() -> None:
    drawn = photos.redraw(picture(5000, 2500))
    assert (drawn.width, drawn.height) == (2000, 1000)


def test_a_photo_is_served_safely_and_only_within_reach(
    company: Any, planned: Visit, client_of: Callable[..., Client]
) -> None:
    client = client_of("north.front_line")
    client.post(f"/visits/{planned.key}/work/", {"verb": "arrive"})
    sent = SimpleUploadedFile("../../evil.html", picture(), "text/html")
    client.post(f"/visits/{planned.key}/items/clean/photos/", {"photo": sent})
    photo = Photo.objects.get()
    assert "evil" not in photo.file
    got = client.get(f"/visit-photos/{photo.key}/")
    assert got["Content-Type"] == "image/jpeg"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got.streaming_content).startswith(b"\xff\xd8")
    assert client_of("south.supervisor").get(f"/visit-photos/{photo.key}/").status_code == 404
    assert client_of("").get(f"/visit-photos/{photo.key}/").status_code == 302
    with pytest.raises(NotFoundError):
        photos.path_of("../secret_key")


def test_files_without_a_row_are_swept_and_others_stay(company: Any, planned: Visit) -> None:
    carried_out(company, planned)
    orphan = photos.keep(photos.redraw(picture()))
    assert photo_services.forget_orphans(actor=system("sweep")) == 0  # it may belong to a request that runs
    with clock.at(clock.now() + timedelta(days=2)):
        assert photo_services.forget_orphans(actor=system("sweep")) >= 1
    assert not (Path(settings.MEDIA_ROOT) / orphan).exists()
    assert all(photos.path_of(photo.file).exists() for photo in planned.photos.all())


def test_one_item_is_drawn_again_with_htmx_and_the_page_without(
    company: Any, planned: Visit, client_of: Callable[..., Client]
) -> None:
    client = client_of("north.front_line")
    path = f"/visits/{planned.key}/items/knock/"
    early = client.post(path, {"done": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="alert"' in early  # nobody has arrived
    client.post(f"/visits/{planned.key}/work/", {"verb": "arrive"})
    part = client.post(
        path, {"done": "1", "note": "<b>hi</b>"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.startswith('<section class="check" id="item-knock"')
    assert "&lt;b&gt;hi" in part
    assert client.post(path, {"done": "1"})["Location"] == f"/visits/{planned.key}/#item-knock"
    assert planned.checks.get().score == 1


def test_a_colleague_cannot_work_on_it_and_others_cannot_see_it(company: Any, planned: Visit) -> None:
    with pytest.raises(NotFoundError):
        visits.arrive(actor=company.actor("south.front_line"), visit=planned.key)
    with pytest.raises(NotFoundError):
        visits.cancel_visit(actor=company.actor("south.supervisor"), visit=planned.key)


def orders(company: Any, how_many: int, **fields: Any) -> list[Visit]:
    """Finished visits on time two months ago."""
    checklist = Checklist.objects.filter(code="property-repair", active=True).get()
    at = clock.now() - timedelta(days=60)
    base = {
        "checklist": checklist,
        "site": company.sites["north"],
        "task": "x",
        "window_from": at - timedelta(hours=1),
        "window_to": at,
        "arrived_at": at,
        "finished_at": at,
        "status": "finished",
        "verdict": "passed",
    }
    return [Visit.objects.create(**base | fields) for _ in range(how_many)]


def test_the_figures_come_from_the_work_orders(company: Any) -> None:
    visits.add_built_in(actor=company.actor("cx_manager"))
    at = clock.now() - timedelta(days=60)
    orders(company, 7)
    orders(company, 1, arrived_at=at + timedelta(minutes=1), verdict="failed")
    orders(company, 1, arrived_at=None, finished_at=None, status="planned", verdict="")  # never came
    orders(company, 1, reopened_at=at + timedelta(days=30))  # within the days
    (late,) = orders(company, 1, reopened_at=at + timedelta(days=31))  # after them
    orders(company, 1, reopens=late)  # mends: no first visit
    orders(company, 1, status="cancelled", arrived_at=None, finished_at=None)
    orders(company, 1, finished_at=clock.now())  # its days for re-opening still run
    got = visit_figures(Visit.objects.all())
    assert (got["on_time"].n, got["on_time"].value) == (13, pytest.approx(11 / 13))
    assert (got["checklist"].n, got["checklist"].value) == (12, pytest.approx(11 / 12))
    assert (got["first_time_fix"].n, got["first_time_fix"].value) == (10, pytest.approx(9 / 10))
    assert got["first_time_fix"].low == pytest.approx(0.596, abs=1e-3)  # Wilson of 9 in 10


def test_a_reopened_visit_is_mended_once(company: Any, planned: Visit) -> None:
    carried_out(company, planned)
    supervisor = company.actor("north.supervisor")
    when = {"window_from": clock.now(), "window_to": clock.now() + timedelta(hours=2)}
    first = visits.reopen_visit(actor=supervisor, visit=planned.key, task="Leaks again", **when)
    assert visits.reopen_visit(actor=supervisor, visit=planned.key, task="again", **when) == first
    planned.refresh_from_db()
    assert planned.reopened_at is not None
    assert (first.reopens, first.status) == (planned, "planned")


def rule(company: Any, cap: str = "1000", cost: str = "10") -> GestureRule:
    return visits.set_gesture(
        actor=company.actor("cx_manager"),
        name_en="Flowers",
        name_zh="鲜花",
        unit_cost=Decimal(cost),
        cap=Decimal(cap),
    )


def finished(company: Any, how_many: int) -> None:
    for visit in orders(company, how_many, status="arrived", finished_at=None, verdict=""):
        visits.finish_visit(actor=company.actor("north.supervisor"), visit=visit.key)


def test_the_arms_are_drawn_by_lot_and_kept(company: Any) -> None:
    visits.add_built_in(actor=company.actor("cx_manager"))
    one = rule(company)
    finished(company, 60)
    arms = list(Gesture.objects.values_list("arm", flat=True))
    treated = arms.count("treatment")
    assert len(arms) == 60
    assert 12 <= treated <= 48  # beyond five standard deviations of a fair draw
    one.refresh_from_db()
    assert one.spent == 10 * treated
    assert effect_of(one).difference is None  # nobody was asked yet


def test_the_cap_is_never_passed_and_ends_both_arms(company: Any) -> None:
    visits.add_built_in(actor=company.actor("cx_manager"))
    one = rule(company, cap="35")
    finished(company, 40)
    one.refresh_from_db()
    assert one.spent == 30
    last = Gesture.objects.order_by("-id").first()
    assert last is not None
    assert last.arm == "treatment"  # after the last gift nobody is drawn for control either


def test_the_effect_of_the_gift_is_found_where_there_is_one(company: Any, live_survey: Any) -> None:
    from peakend.server.answering.models import Response
    from peakend.server.customers.models import Customer

    visits.add_built_in(actor=company.actor("cx_manager"))
    one = rule(company)
    finished(company, 60)
    survey = live_survey()
    for n, gesture in enumerate(Gesture.objects.select_related("visit")):
        customer = Customer.objects.create(customer_id=f"C-{n}")
        Visit.objects.filter(pk=gesture.visit_id).update(customer=customer)
        score = (9 if gesture.arm == "treatment" else 6) + n % 2
        Response.objects.create(
            survey=survey,
            version=survey.current,
            customer=customer,
            language="en",
            channel="link",
            state="completed",
            answers={"recommend": {"state": "answered", "score": score}},
            started_at=clock.now(),
            completed_at=clock.now() + timedelta(minutes=1),
        )
    effect = effect_of(one)
    assert effect.difference == pytest.approx(3, abs=0.6)
    assert effect.low is not None
    assert effect.low > 0
    assert "lifts" in effect.verdict.en


def test_visits_reach_the_warehouse_in_its_columns(company: Any, planned: Visit) -> None:
    carried_out(company, planned, leave="knock", no_photo="clean")
    rows = [row for table, row in rows_for_warehouse() if table == "service_checks"]
    table = canonical_tables()["service_checks"]
    columns = {column.name for column in table.columns} - {"source", "attributes"}
    assert len(rows) == planned.checklist.items.count()
    assert all(set(row) == columns for row in rows)
    by_text = {row["item"]: row for row in rows}
    assert by_text["Knocked, greeted, said who one is"]["score"] is None
    assert by_text["Cleaned up, rubbish taken away"]["score"] == 0
    assert by_text["Tested: no more leak"]["score"] == 1
    assert by_text["Tested: no more leak"]["employee_id"] == "E-front_line-north"
    assert list(rows_for_warehouse(clock.now() + timedelta(hours=1))) == []


def test_the_api_carries_a_visit_out(
    company: Any, planned: Visit, client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    headers = token_of("north.front_line", "improvement.visits", "improvement.work_visit")
    base = f"/api/v1/visits/{planned.key}"
    assert client.post(f"{base}/arrive", headers=headers).json()["status"] == "arrived"
    got = client.put(f"{base}/items/knock", {"done": True}, content_type="application/json", headers=headers)
    assert {line["item"]: line["state"] for line in got.json()["lines"]}["knock"] == "done"
    sent = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    added = client.post(f"{base}/items/clean/photos", {"photo": sent}, headers=headers)
    assert added.status_code == 201
    bad = client.post(
        f"{base}/items/clean/photos", {"photo": SimpleUploadedFile("a.jpg", b"no")}, headers=headers
    )
    assert bad.status_code == 422
    assert client.delete(f"/api/v1/visit-photos/{added.json()['key']}", headers=headers).status_code == 204
    assert client.post(f"{base}/finish", headers=headers).json()["verdict"] == "failed"
    assert client.post(f"{base}/cancel", headers=headers).status_code == 403

"""What the area keeps of a customer can be handed out and erased, photographs too."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from peakend.server.acting import clock
from peakend.server.acting.actors import respondent
from peakend.server.acting.keys import new_key
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, holders
from peakend.server.improvement import photos
from peakend.server.improvement.models import Comment, Note, Photo, Visit
from peakend.server.improvement.services import photos as photo_services
from peakend.server.improvement.services import visits, voices


def test_a_customer_is_handed_out_and_erased(company: Any, django_capture_on_commit_callbacks: Any) -> None:
    customer = Customer.objects.create(customer_id="C-1", email="mei@example.com")
    lead = company.actor("north.supervisor")
    voices.write_note(actor=lead, source="call", text="Mei called", customer_id="C-1", source_key="k")
    kept = voices.write_note(actor=lead, source="call", text="Somebody else")
    page = voices.open_page(actor=company.actor("cx_manager"), title_en="a", title_zh="某", site="north")
    fields: dict[str, Any] = {"actor": respondent(), "page": page.key, "address": "192.0.2.1"}
    voices.comment(text="It is Mei", contact="Mei@Example.com", key=new_key(), **fields)
    visits.add_built_in(actor=company.actor("cx_manager"))
    visit = visits.plan_visit(
        actor=lead,
        checklist="property-repair",
        site="north",
        customer_id="C-1",
        task="Sink at Mei's",
        window_from=clock.now(),
        window_to=clock.now() + timedelta(hours=1),
    )
    visits.arrive(actor=lead, visit=visit.key)
    visits.check_item(actor=lead, visit=visit.key, item="knock", done=True, note="Mei opened")
    drawn = io.BytesIO()
    Image.new("RGB", (9, 9)).save(drawn, "PNG")
    photo = photo_services.add_photo(actor=lead, visit=visit.key, item="clean", sent=drawn.getvalue())
    file = photos.path_of(photo.file)
    ours: dict[str, Holder] = {one.name: one for one in holders()}
    told = str([list(ours[name].export(customer)) for name in ("notes", "comments", "visits")])
    for words in ("Mei called", "It is Mei", "Sink at Mei", "Mei opened"):
        assert words in told
    with django_capture_on_commit_callbacks(execute=True):
        assert [ours[name].erase(customer) for name in ("notes", "comments", "visits")] == [1, 1, 1]
    left = str(
        [list(rows) for rows in (Note.objects.values(), Comment.objects.values(), Visit.objects.values())]
    ) + str(list(visit.checks.values()))
    assert "Mei" not in left
    assert "Somebody else" in left
    assert kept.text in left
    assert not Photo.objects.exists()
    assert not file.exists()
    with pytest.raises(FileNotFoundError):
        file.read_bytes()

"""What the area keeps of a customer: notes, public comments, visits with their photographs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, hold
from peakend.server.improvement import photos
from peakend.server.improvement.models import Comment, Note, Photo, Visit, VisitCheck


def _comments(customer: Customer) -> QuerySet[Comment]:
    """Comments are anonymous, but a case or the contact they left may say whose they are."""
    theirs = Q(case__customer=customer)
    for contact in (customer.email, customer.phone):
        if contact:
            theirs |= Q(contact__icontains=contact)
    return Comment.objects.filter(theirs)


def _erase_comments(customer: Customer) -> int:
    found = list(_comments(customer).values_list("pk", flat=True))
    # No longer published: without its words there is nothing to show.
    return Comment.objects.filter(pk__in=found).update(
        name="", contact="", text="", reply="", publish=False, case=None
    )


def _visits(customer: Customer) -> Iterator[dict[str, Any]]:
    for visit in Visit.objects.filter(customer=customer).prefetch_related("checks__item", "photos"):
        yield {
            "task": visit.task,
            "window_from": visit.window_from,
            "window_to": visit.window_to,
            "arrived_at": visit.arrived_at,
            "finished_at": visit.finished_at,
            "verdict": visit.verdict,
            "notes": [check.note for check in visit.checks.all() if check.note],
            "photos": [f"/visit-photos/{photo.key}/" for photo in visit.photos.all()],
        }


def _erase_visits(customer: Customer) -> int:
    visits = list(Visit.objects.filter(customer=customer).values_list("pk", flat=True))
    pictures = Photo.objects.filter(visit__in=visits)
    names = list(pictures.values_list("file", flat=True))
    pictures.delete()
    VisitCheck.objects.filter(visit__in=visits).exclude(note="").update(note="")
    done = Visit.objects.filter(pk__in=visits).update(customer=None, case=None, task="")
    # Files go once the rows are gone for good; a sweep finds them where the process dies in between.
    transaction.on_commit(partial(_forget, names))
    return done


def _forget(names: list[str]) -> None:
    for name in names:
        photos.forget(name)


hold(
    Holder(
        "notes",
        Text("What was noted of them", "非正式反馈"),
        (Note,),
        lambda customer: Note.objects.filter(customer=customer).values("source", "at", "text", "theme"),
        lambda customer: Note.objects.filter(customer=customer).update(
            customer=None, text="", source_key=None, digest=""
        ),
    )
)
hold(
    Holder(
        "comments",
        Text("Their public comments", "公开意见"),
        (Comment,),
        lambda customer: _comments(customer).values("created_at", "name", "contact", "text", "reply"),
        _erase_comments,
    )
)
hold(
    Holder(
        "visits",
        Text("Visits at their place", "上门服务"),
        (Visit, VisitCheck, Photo),
        _visits,
        _erase_visits,
    )
)

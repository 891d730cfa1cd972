"""Photographs of visits: added by who is there, removed while the visit runs, swept where orphaned."""

from __future__ import annotations

from datetime import timedelta

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.improvement import photos, policies
from peakend.server.improvement.models import Photo, Visit
from peakend.server.improvement.refusals import conflict, invalid
from peakend.server.improvement.selectors import one
from peakend.server.improvement.selectors.visits import get_photo
from peakend.server.improvement.services.visits import locked as locked_visit

MOST_AN_ITEM = 6
ORPHANS_AFTER = timedelta(days=1)


@service(policies.WORK_VISIT)
def add_photo(*, actor: Actor, visit: str, item: str, sent: bytes) -> Photo:
    """Add a photograph to an item; the same file again gives the one that is there."""
    drawn = photos.redraw(sent)
    found = locked_visit(actor, visit)
    listed = one(found.checklist.items.all(), Text("Item", "检查项"), code=item)
    before = found.photos.filter(item=listed, sent_digest=drawn.sent_digest).first()
    if before is not None:
        audit(actor, "improvement.photo_added_again", found, item=item)
        return before
    _must_run(found)
    if found.photos.filter(item=listed).count() >= MOST_AN_ITEM:
        raise invalid(f"An item has at most {MOST_AN_ITEM} photos.", f"每项最多 {MOST_AN_ITEM} 张照片。")
    name = photos.keep(drawn)
    try:
        photo = Photo.objects.create(
            visit=found,
            item=listed,
            file=name,
            sent_digest=drawn.sent_digest,
            width=drawn.width,
            height=drawn.height,
            size=len(drawn.content),
            by_id=actor.user_id,
            at=clock.now(),
        )
        audit(actor, "improvement.photo_added", found, item=item, photo=photo.key)
    except BaseException:
        photos.forget(name)
        raise
    return photo


@service(policies.WORK_VISIT)
def remove_photo(*, actor: Actor, photo: str) -> Visit:
    """Take a photograph away again while the visit runs."""
    found = get_photo(actor, photo)
    visit = locked_visit(actor, found.visit.key)
    _must_run(visit)
    name = found.file
    audit(actor, "improvement.photo_removed", visit, photo=found.key)
    found.delete()
    from django.db import transaction

    transaction.on_commit(lambda: photos.forget(name))
    return visit


@service(policies.EDIT_CHECKLIST, audited=False)
def forget_orphans(*, actor: Actor) -> int:
    """Remove files that no row refers to (a process died in between, a visit was erased); how many."""
    before = (clock.now() - ORPHANS_AFTER).timestamp()
    old = [name for name, written in photos.files() if written < before]
    removed = 0
    for begin in range(0, len(old), 500):
        batch = old[begin : begin + 500]
        known = set(Photo.objects.filter(file__in=batch).values_list("file", flat=True))
        for name in set(batch) - known:
            photos.forget(name)
            removed += 1
    if removed:
        audit(actor, "improvement.photos_swept", None, removed=removed)
    return removed


def _must_run(visit: Visit) -> None:
    if visit.status != "arrived":
        raise conflict(
            "Photos are taken between arrival and the end of the visit.",
            "只能在到达之后、完工之前上传照片。",
        )

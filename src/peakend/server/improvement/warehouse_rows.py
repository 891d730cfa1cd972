"""Rows of the area in the canonical columns of the warehouse: `service_checks` and `changes`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from peakend.server.improvement.models import ChangeRequest, Topic, Visit
from peakend.server.improvement.selectors.visits import lines


def rows_for_warehouse(since: datetime | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """`(table, row)` of what changed at or after `since` (None: of everything).

    `service_checks` have the key (check_id, item) and come again whole when a visit changes: merge them.
    `changes` have the key change_id and never change once they are there.
    """
    for row in service_checks(since):
        yield "service_checks", row
    for row in changes(since):
        yield "changes", row


def service_checks(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """A row an item of each finished visit."""
    rows = Visit.objects.filter(status="finished").select_related(
        "checklist", "site", "touchpoint", "customer", "case", "employee"
    )
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    for visit in rows.order_by("pk").iterator(chunk_size=500):
        whole = {
            "check_id": visit.key,
            "due_at": visit.window_to,
            "arrived_at": visit.arrived_at,
            "touchpoint_id": visit.touchpoint.code if visit.touchpoint else None,
            "event_id": None,
            "case_id": visit.case.key if visit.case else None,
            "customer_id": visit.customer.customer_id if visit.customer else None,
            "employee_id": (visit.employee.employee_id or None) if visit.employee else None,
            "site_id": visit.site.code,
        }
        for line in lines(visit):
            photos = [f"photo {photo.key}" for photo in line.photos]
            note = [line.check.note] if line.check and line.check.note else []
            yield whole | {
                "item": line.item.text_en,
                "item_zh": line.item.text_zh,
                "aspect": line.item.aspect,
                "required": line.item.required,
                "weight": line.item.weight,
                # Done without the photo that proves it is not done.
                "score": None if line.check is None else 0.0 if line.state == "photo" else line.check.score,
                "evidence": "; ".join(photos + note) or None,
                "at": line.check.at if line.check else visit.finished_at,
            }


def changes(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """A row each topic that was done, and each approved change that belongs to none."""
    topics = Topic.objects.filter(done_at__isnull=False).select_related("site", "touchpoint")
    requests = ChangeRequest.objects.filter(status="approved", topic=None).select_related(
        "site", "touchpoint"
    )
    if since is not None:
        topics = topics.filter(Q(done_at__gte=since))
        requests = requests.filter(decided_at__gte=since)
    for topic in topics.order_by("pk").iterator(chunk_size=500):
        yield _change(f"topic:{topic.key}", topic, topic.done_at, topic.theme or "topic") | {
            "description": topic.planned_change or topic.title,
            "reason": topic.cause or None,
        }
    for request in requests.order_by("pk").iterator(chunk_size=500):
        yield _change(f"change:{request.key}", request, request.decided_at, request.verdict) | {
            "description": request.title,
            "reason": request.customer_benefit,
        }


def _change(key: str, row: Any, at: datetime, kind: str) -> dict[str, Any]:  # noqa: ANN401 - either model
    return {
        "change_id": key,
        "at": at,
        "touchpoint_id": row.touchpoint.code if row.touchpoint else None,
        "site_id": row.site.code if row.site else None,
        "kind": kind,
    }

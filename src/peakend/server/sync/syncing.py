"""Bringing the site's rows to the warehouse, each exactly once.

The warehouse commits first, then the site marks what it brought. Killed in between, the same rows come again,
are known by their keys and change nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, Max

from peakend.engine import Engine
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.improvement import warehouse_rows
from peakend.server.sync import company_rows, customer_rows, response_rows
from peakend.server.sync.models import Watermark
from peakend.server.sync.opening import WarehouseBusyError, opened
from peakend.server.sync.writing import Batch, Written, write

SIZE = 5000
# A transaction may commit a row this long after it chose the row's number or time.
_LATE = timedelta(minutes=15)
# Once a day everything that has no mark of its own is compared again, whatever its times say.
_WHOLE = timedelta(hours=24)


def sync(seconds: float = 30.0, stop: Callable[[], bool] = lambda: False) -> int:
    """Bring what waits, for about so many seconds or until `stop` says so; rows that are new or other there.

    0 also while another process writes the warehouse. Raises what the engine raises; nothing is marked then.
    """
    if not waits():
        return 0
    try:
        with opened() as engine:
            return _Sync(engine, time.monotonic() + seconds, stop).through()
    except WarehouseBusyError:
        return 0


def waits() -> bool:
    """Whether anything may have to be brought."""
    return (
        responses_waiting().exists()
        or invitations_waiting().exists()
        or any(_moved(name) for name in (*_GROWING, *_CHANGING))
        or _company()[1] != _mark("company").digest
        or _is_due(_mark("improvement"))
    )


def responses_waiting() -> Any:  # noqa: ANN401 - a QuerySet
    """Completed responses that are not in the warehouse."""
    return Response.objects.filter(synced=False, state="completed")


def invitations_waiting() -> Any:  # noqa: ANN401 - a QuerySet
    """Invitations that left and whose status the warehouse does not have."""
    rows = Invitation.objects.exclude(status=F("synced_status"))
    return rows.filter(sent_at__isnull=False, status__in=customer_rows.STATUSES)


class _Sync:
    """One pass through everything that waits."""

    def __init__(self, engine: Engine, ends: float, stop: Callable[[], bool]) -> None:
        self.engine = engine
        self.ends = ends
        self.stop = stop
        self.rows = 0

    def through(self) -> int:
        """What the others refer to comes first."""
        self._company()
        for name in ("customers", "consents", "interactions"):
            self._growing(name) if name in _GROWING else self._changing(name)
        self._invitations()
        self._responses()
        self._changing("cases")
        self._improvement()
        if not self._ended:
            _save("sync", at=clock.now())
        return self.rows

    @property
    def _ended(self) -> bool:
        return self.stop() or time.monotonic() > self.ends

    def _write(self, batches: Iterable[Batch]) -> Written:
        written = write(self.engine, batches)
        self.rows += written.rows
        return written

    def _company(self) -> None:
        batches, digest = _company()
        if digest != _mark("company").digest:
            self._write(batches)
            _save("company", digest=digest, at=clock.now())

    def _responses(self) -> None:
        while not self._ended:
            waiting = responses_waiting().select_related(*response_rows.RELATED)
            rows = list(waiting.defer(*response_rows.UNREAD).order_by("pk")[:SIZE])
            if not rows:
                return
            self._write(response_rows.batches(rows))
            mark_responses([row.pk for row in rows])

    def _invitations(self) -> None:
        while not self._ended:
            rows = list(
                invitations_waiting()
                .select_related("survey", "wave", "customer")
                .defer("survey__draft", "survey__name", "customer__attributes", "embedded")
                .order_by("pk")[:SIZE]
            )
            if not rows:
                return
            self._write(customer_rows.invitations(rows))
            mark_invitations(rows)

    def _growing(self, name: str) -> None:
        """Rows that are only ever added, by their number. One chosen early may be committed late, so that the
        numbers of the last minutes are looked at again."""
        if not _moved(name):
            return
        model, related, made = _GROWING[name]
        mark, now = _mark(name), clock.now()
        seen = [(datetime.fromisoformat(at), top) for at, top in mark.data.get("seen", [])]
        signature = _signature_growing(model, mark.row)
        last = 0 if _is_due(mark) else mark.row
        for rows in _chunks(model.objects.filter(pk__gt=last).select_related(*related)):
            if self._ended:
                return
            self._write(made(rows))
        settled = max((top for at, top in seen if at <= now - _LATE), default=mark.row)
        seen = [(at, top) for at, top in seen if at > now - _LATE] + [(now, signature[0])]
        whole = now if _is_due(mark) else mark.at
        data = {"seen": [[at.isoformat(), top] for at, top in seen], "signature": signature}
        if settled != mark.row:
            data["signature"] = _signature_growing(model, settled)
        _save(name, row=settled, at=whole, data=data)

    def _changing(self, name: str) -> None:
        """Rows that change, by the time of their last change."""
        if not _moved(name):
            return
        model, related, made = _CHANGING[name]
        mark, now = _mark(name), clock.now()
        since = mark.data.get("since")
        rows = model.objects.select_related(*related)
        whole = _is_due(mark) or not since
        if not whole:
            rows = rows.filter(changed_at__gte=datetime.fromisoformat(since) - _LATE)
        signature = _signature_changing(model)
        for some in _chunks(rows):
            if self._ended:
                return
            self._write(made(some))
        _save(
            name,
            at=now if whole else mark.at,
            data={"since": now.isoformat(), "signature": signature},
        )

    def _improvement(self) -> None:
        """Checks of visits and changes; looked at every few minutes."""
        mark, now = _mark("improvement"), clock.now()
        if self._ended or not _is_due(mark):
            return
        since = mark.data.get("since")
        found: dict[str, list[dict[str, Any]]] = {"service_checks": [], "changes": []}
        for table, row in warehouse_rows.rows_for_warehouse(
            datetime.fromisoformat(since) - _LATE if since else None
        ):
            found[table].append(row)
        self._write([Batch(table, rows) for table, rows in found.items()])
        _save("improvement", at=now, data={"since": now.isoformat()})


def mark_responses(keys: Sequence[int]) -> None:
    """The warehouse has them."""
    Response.objects.filter(pk__in=keys, state="completed").update(synced=True)


def mark_invitations(rows: Sequence[Invitation]) -> None:
    """The warehouse has them with the status they had; one that changed meanwhile waits again."""
    by_status: dict[str, list[int]] = {}
    for row in rows:
        by_status.setdefault(row.status, []).append(row.pk)
    for status, keys in by_status.items():
        for start in range(0, len(keys), 500):
            Invitation.objects.filter(pk__in=keys[start : start + 500]).update(synced_status=status)


def resync(names: Iterable[str] = ()) -> None:
    """Compare everything (or `names`: customers, consents, interactions, cases, company, improvement)
    with the
    next sync, whatever the marks say: for a warehouse that was put back from a copy."""
    chosen = list(names)
    rows = Watermark.objects.filter(name__in=chosen) if chosen else Watermark.objects.all()
    rows.delete()
    if not chosen:
        Response.objects.filter(synced=True).update(synced=False)
        Invitation.objects.exclude(synced_status="").update(synced_status="")


def _company() -> tuple[list[Batch], str]:
    batches = [
        Batch("sites", company_rows.sites()),
        Batch("touchpoints", company_rows.touchpoints()),
        Batch("employees", company_rows.employees()),
        Batch("surveys", company_rows.surveys()),
        Batch("questions", company_rows.questions()),
    ]
    content = json.dumps([[one.table, one.rows] for one in batches], sort_keys=True, default=str)
    return batches, hashlib.sha256(content.encode()).hexdigest()


_Made = Callable[[Sequence[Any]], list[Batch]]
_GROWING: dict[str, tuple[type[models.Model], tuple[str, ...], _Made]] = {
    "consents": (Consent, ("customer",), customer_rows.consents),
    "interactions": (Interaction, ("customer", "touchpoint", "site"), customer_rows.interactions),
}
_CHANGING: dict[str, tuple[type[models.Model], tuple[str, ...], _Made]] = {
    "customers": (Customer, ("site",), customer_rows.customers),
    "cases": (Case, ("customer", "touchpoint", "site", "team"), customer_rows.cases),
}


def _signature_growing(model: type[models.Model], last: int) -> list[int]:
    found = model._default_manager.filter(pk__gt=last).aggregate(top=Max("pk"), rows=Count("pk"))
    return [int(found["top"] or last), int(found["rows"])]


def _signature_changing(model: type[models.Model]) -> str:
    found = model._default_manager.aggregate(at=Max("changed_at"))["at"]
    if found is None:
        return ""
    recent = model._default_manager.filter(changed_at__gte=found - _LATE).count()
    return f"{found.isoformat()} {recent}"


def _moved(name: str) -> bool:
    """Whether rows came or changed since the last pass; a few seeks in indexes."""
    mark = _mark(name)
    if name in _GROWING:
        signature: object = _signature_growing(_GROWING[name][0], mark.row)
        empty = signature == [0, 0]
    else:
        signature = _signature_changing(_CHANGING[name][0])
        empty = signature == ""
    return (signature != mark.data.get("signature") and not (empty and not mark.data)) or (
        _is_due(mark) and not empty
    )


def _is_due(mark: Watermark) -> bool:
    """Whether the whole is compared again."""
    every = timedelta(minutes=5) if mark.name == "improvement" else _WHOLE
    return mark.at is None or clock.now() - mark.at >= every


def _mark(name: str) -> Watermark:
    return Watermark.objects.filter(name=name).first() or Watermark(name=name)


def _save(name: str, **facts: object) -> None:
    Watermark.objects.update_or_create(name=name, defaults=facts)


def _chunks(rows: Any) -> Iterable[list[Any]]:  # noqa: ANN401 - a QuerySet
    last = 0
    while True:
        some = list(rows.filter(pk__gt=last).order_by("pk")[:SIZE])
        if not some:
            return
        yield some
        last = some[-1].pk

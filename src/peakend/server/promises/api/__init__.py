"""Promises for programs: everything the pages do."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from peakend.server.improvement.api.shapes import Cursor, Limit, key_of, paged
from peakend.server.promises import policies, shown
from peakend.server.promises import selectors as found
from peakend.server.promises.affordability import Affordability, Case, Range
from peakend.server.promises.api.shapes import (
    AffordabilityOut,
    KeptPromiseOut,
    PromiseEconomicsIn,
    PromiseHeadIn,
    PromiseIn,
    PromiseItemIn,
    PromiseLaunchIn,
    PromiseOut,
    PromiseRevisionIn,
    PromisesOut,
    PromiseTermsIn,
    PromiseUseIn,
    PromiseUseOut,
    PromiseUsesOut,
    PromiseVersionOut,
    PromiseVersionsOut,
)
from peakend.server.promises.models import Promise, PromiseItem, PromiseUse, PromiseVersion
from peakend.server.promises.services import launching, writing
from peakend.server.promises.terms import Difference
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives
from peakend.server.web.say import told

router = Router()


@router.get("/promises", response=gives(PromisesOut))
@acts(policies.READ)
def list_promises(
    request: HttpRequest,
    cursor: Cursor = None,
    limit: Limit = 50,
    status: Annotated[Literal["draft", "launched", "ended"] | None, Query()] = None,
) -> Any:  # noqa: ANN401
    """Promises with the version in force and what its terms keep."""
    actor = actor_of(request)
    rows = found.promises(actor)
    return paged(
        rows.filter(status=status) if status else rows, cursor, limit, lambda row: _promise(request, row)
    )


@router.post("/promises", response=gives(PromiseOut, 201))
@acts(policies.EDIT)
def write_promise(request: HttpRequest, body: PromiseIn) -> Any:  # noqa: ANN401
    """Enter a promise as a draft."""
    head = body.dict(include={"code", *PromiseHeadIn.model_fields})
    made = writing.write_promise(actor=actor_of(request), **head, **_written(body))
    return Status(201, _again(request, made.key))


@router.get("/promises/{key}", response=gives(PromiseOut))
@acts(policies.READ)
def get_promise(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """One promise."""
    return _again(request, key)


@router.put("/promises/{key}", response=gives(PromiseOut))
@acts(policies.EDIT)
def edit_promise(request: HttpRequest, key: str, body: PromiseHeadIn) -> Any:  # noqa: ANN401
    """Change name, owner, touchpoint and threshold."""
    writing.edit_promise(actor=actor_of(request), promise=key, **body.dict())
    return _again(request, key)


@router.get("/promises/{key}/versions", response=gives(PromiseVersionsOut))
@acts(policies.READ)
def list_promise_versions(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """The history: former terms stay as they were."""
    rows = found.get_promise(actor_of(request), key).versions.all()
    return {"items": [_version(row) for row in sorted(rows, key=lambda row: -row.number)]}


@router.post("/promises/{key}/versions", response=gives(PromiseVersionOut, 201))
@acts(policies.EDIT)
def revise_promise(request: HttpRequest, key: str, body: PromiseRevisionIn) -> Any:  # noqa: ANN401
    """Write the next version of claim, terms and economics."""
    more = body.dict(include={"change_note", "in_force_from", "reason"})
    made = writing.revise(actor=actor_of(request), promise=key, **_written(body), **more)
    return Status(201, _version(made))


@router.get("/promises/{key}/affordability", response=gives(AffordabilityOut))
@acts(policies.ECONOMICS)
def get_promise_affordability(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Expected usage times cost against budget and capacity, for the version written last."""
    promise = found.get_promise(actor_of(request), key)
    version = found.last_version(promise)
    return _check(version, found.affordability(promise, version))


@router.post("/promises/{key}/launch", response=gives(PromiseOut))
@acts(policies.LAUNCH)
def launch_promise(request: HttpRequest, key: str, body: PromiseLaunchIn) -> Any:  # noqa: ANN401
    """Launch it; while it is unaffordable or hollow a reason is needed."""
    launching.launch(actor=actor_of(request), promise=key, reason=body.reason)
    return _again(request, key)


@router.post("/promises/{key}/end", response=gives(PromiseOut))
@acts(policies.LAUNCH)
def end_promise(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """End it."""
    launching.end(actor=actor_of(request), promise=key)
    return _again(request, key)


@router.get("/promises/{key}/uses", response=gives(PromiseUsesOut))
@acts(policies.READ)
def list_promise_uses(request: HttpRequest, key: str, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Uses at the caller's sites."""
    actor = actor_of(request)
    rows = found.uses(actor).filter(promise=found.get_promise(actor, key))
    return paged(rows, cursor, limit, _use)


@router.post("/promises/{key}/uses", response=gives(PromiseUseOut, 201))
@acts(policies.USE)
def record_promise_use(request: HttpRequest, key: str, body: PromiseUseIn) -> Any:  # noqa: ANN401
    """Record that it was kept or denied."""
    return Status(201, _use(launching.record_use(actor=actor_of(request), promise=key, **body.dict())))


def _written(body: PromiseIn | PromiseRevisionIn) -> dict[str, Any]:
    """The version and its items as services take them."""
    fields = body.dict(
        include=({*PromiseTermsIn.model_fields} | {*PromiseEconomicsIn.model_fields}) - {"items"}
    )
    for name in ("unit_cost", "budget_year"):
        if fields[name] is not None:
            fields[name] = round(Decimal(str(fields[name])), 2)
    return {"version": fields, "items": [item.dict() for item in body.items]}


def _again(request: HttpRequest, key: str) -> dict[str, Any]:
    return _promise(request, found.get_promise(actor_of(request), key))


def _promise(request: HttpRequest, row: Promise) -> dict[str, Any]:
    names = set(PromiseOut.model_fields) - {"owner", "touchpoint", "version", "uses"}
    return {name: getattr(row, name) for name in names} | {
        "owner": key_of(row.owner),
        "touchpoint": key_of(row.touchpoint, "code"),
        "version": _version(found.version_on(row, found.today())),
        "uses": _kept(found.kept_of(found.uses(actor_of(request)).filter(promise=row))),
    }


def _version(row: PromiseVersion) -> dict[str, Any]:
    compared: Difference = found.difference(row)
    names = set(PromiseVersionOut.model_fields) - {"overridden", "hollow", "sentence", "items"}
    items = []
    for one in compared.items:
        item: PromiseItem = one.item  # type: ignore[assignment]
        items.append(
            {name: getattr(item, name) for name in PromiseItemIn.model_fields}
            | {"status": one.status, "share": one.share, "sentence": told(one.sentence)}
        )
    return {name: getattr(row, name) for name in names} | {
        "overridden": row.override_at is not None,
        "hollow": compared.hollow,
        "sentence": told(compared.sentence),
        "items": items,
    }


def _check(row: PromiseVersion, checked: Affordability) -> dict[str, Any]:
    usage = checked.usage
    return {name: getattr(row, name) for name in PromiseEconomicsIn.model_fields} | {
        "version": row.number,
        "verdicts": list(checked.verdicts),
        "sentences": [told(one) for one in shown.summary(checked)],
        "usage_from": usage.source if usage else None,
        "share": _range(usage.share if usage else None),
        "uses": _range(usage.uses if usage else None),
        "frequent": usage.frequent if usage else None,
        "advertised": _case(checked.advertised),
        "terms": _case(checked.terms),
        "delivered": checked.delivered,
        "delivered_frequent": checked.delivered_frequent,
        "break_uses": checked.break_uses,
        "break_each": checked.break_each,
        "override_reason": row.override_reason,
    }


def _case(one: Case | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "cap": one.cap,
        "uses_each": _range(one.uses_each),
        "uses_year": _range(one.uses_year),
        "cost_year": _range(one.cost),
        "budget": one.budget,
        "capacity": one.capacity,
    }


def _range(one: Range | None) -> dict[str, float] | None:
    return None if one is None else {"low": one.low, "likely": one.likely, "high": one.high}


def _kept(one: found.Kept) -> dict[str, Any]:
    return {name: getattr(one, name) for name in KeptPromiseOut.model_fields}


def _use(row: PromiseUse) -> dict[str, Any]:
    names = ("key", "kept", "reason", "day", "at")
    return {name: getattr(row, name) for name in names} | {"site": row.site.code}

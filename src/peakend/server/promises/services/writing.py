"""Writing promises and their versions."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, TypedDict, cast

from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, person_of, touchpoint_of
from peakend.server.promises import policies
from peakend.server.promises.models import Promise, PromiseItem, PromiseVersion
from peakend.server.promises.selectors import last_version, promises, today
from peakend.server.promises.services.checking import cleared
from peakend.server.promises.terms import canonical
from peakend.server.promises.words import BETTER, KINDS

CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
MOST_ITEMS, MOST_WORDS = 20, 12
MOST_CUSTOMERS = 2_000_000_000
MOST_MONEY = Decimal(10) ** 12
MOST_USES = 10_000
LATEST = timedelta(days=366 * 5)


class Item(TypedDict, total=False):
    """An item as it comes in; `claimed` and `terms` empty where nothing is said."""

    name_en: str
    name_zh: str
    kind: str
    better: str
    unit_en: str
    unit_zh: str
    claimed: str
    terms: str
    material: bool
    same_meaning: bool
    caps_uses: bool


class Written(TypedDict, total=False):
    """What a version says. Shares from 0 to 1; money in `currency`."""

    claim_en: str
    claim_zh: str
    channels: list[str]
    eligible: str
    tiers: list[str]
    eligible_customers: int | None
    starts_on: date | None
    ends_on: date | None
    unit_cost: Decimal | None
    currency: str
    budget_year: Decimal | None
    capacity_month: int | None
    observed: bool
    share_low: float | None
    share_likely: float | None
    share_high: float | None
    uses_low: float | None
    uses_likely: float | None
    uses_high: float | None


@service(policies.EDIT)
def write_promise(
    *,
    actor: Actor,
    code: str,
    name_en: str,
    name_zh: str,
    version: Written,
    items: list[Item],
    owner: str | None = None,
    touchpoint: str | None = None,
    kept_at_least: float = 0.9,
) -> Promise:
    """Enter a promise as a draft with its first version. Without an owner the actor owns it."""
    if not CODE.fullmatch(code):
        raise invalid(
            "A code has letters, digits, - and _.", "编码只能包含字母、数字、- 和 _。", field="code"
        )
    user = person_of(actor, owner)
    now = clock.now()
    try:
        with transaction.atomic():
            promise = Promise.objects.create(
                code=code,
                **_head(name_en, name_zh, kept_at_least),
                owner_id=user.pk if user else actor.user_id,
                touchpoint=touchpoint_of(touchpoint),
                made_at=now,
            )
    except IntegrityError as error:
        raise conflict(
            f"There is a promise {code} already.",
            f"已有编码为 {code} 的承诺。",
            Text("Choose another code.", "请更换编码。"),
        ) from error
    _version(actor, promise, 1, version, items, today(), "")
    audit(actor, "promises.written", promise, code=code)
    return promise


@service(policies.EDIT)
def edit_promise(
    *,
    actor: Actor,
    promise: str,
    name_en: str,
    name_zh: str,
    owner: str | None = None,
    touchpoint: str | None = None,
    kept_at_least: float = 0.9,
) -> Promise:
    """Change name, owner, touchpoint and threshold; what is promised changes by `revise` only."""
    found = held(actor, promise)
    user = person_of(actor, owner)
    for field, value in _head(name_en, name_zh, kept_at_least).items():
        setattr(found, field, value)
    found.owner = user or found.owner
    found.touchpoint = touchpoint_of(touchpoint)
    found.save()
    audit(actor, "promises.edited", found, kept_at_least=kept_at_least)
    return found


@service(policies.EDIT)
def revise(
    *,
    actor: Actor,
    promise: str,
    version: Written,
    items: list[Item],
    change_note: str = "",
    in_force_from: date | None = None,
    reason: str = "",
) -> PromiseVersion:
    """Write the next version; the former stays. None: from today.

    What is launched already is checked like a launch: `reason` overrides.
    """
    found = held(actor, promise)
    if found.status == "ended":
        raise conflict("This promise has ended.", "该承诺已终止。", Text("Write a new one.", "请新建承诺。"))
    last, begins = last_version(found), in_force_from or today()
    if not last.in_force_from <= begins <= today() + LATEST:
        raise invalid(
            f"It begins on {last.in_force_from} at the earliest, and within five years.",
            f"生效日不得早于 {last.in_force_from}，且须在五年之内。",
            field="in_force_from",
        )
    made = _version(actor, found, last.number + 1, version, items, begins, change_note.strip()[:400])
    if found.status == "launched":
        cleared(actor, found, made, reason)
    audit(actor, "promises.revised", found, number=made.number, in_force_from=str(begins))
    return made


def held(actor: Actor, key: str) -> Promise:
    """The promise, held until the transaction ends."""
    rows = promises(actor).select_for_update(of=("self",))
    return cast("Promise", one(rows, Text("Promise", "承诺"), key=key))


def _head(name_en: str, name_zh: str, kept_at_least: float) -> dict[str, Any]:
    if not name_en.strip() or not name_zh.strip():
        raise invalid("Name it in both languages.", "请填写中英文名称。", field="name_en")
    if not (isfinite(kept_at_least) and 0 < kept_at_least <= 1):
        raise invalid("A share lies between 0 and 1.", "比例须在 0 与 1 之间。", field="kept_at_least")
    return {
        "name_en": name_en.strip()[:200],
        "name_zh": name_zh.strip()[:200],
        "kept_at_least": kept_at_least,
    }


def _version(
    actor: Actor, promise: Promise, number: int, written: Written, items: list[Item], begins: date, note: str
) -> PromiseVersion:
    """Check and keep one version with its items."""
    _check(written)
    if written.get("observed") and promise.touchpoint_id is None:
        raise invalid(
            "Usage is observed at a touchpoint; choose it first.",
            "须先选择接触点，才能按互动记录观测使用量。",
            field="observed",
        )
    checked = _items(items)
    fields: dict[str, Any] = dict(written)
    for name in ("channels", "tiers"):
        fields[name] = _list(fields.get(name) or [], name)
    made = PromiseVersion.objects.create(
        promise=promise,
        number=number,
        in_force_from=begins,
        change_note=note,
        made_by_id=actor.user_id,
        made_at=clock.now(),
        **fields,
    )
    PromiseItem.objects.bulk_create(
        PromiseItem(version=made, position=n, **item) for n, item in enumerate(checked)
    )
    # Read before this version was there: whoever asks next sees it.
    getattr(promise, "_prefetched_objects_cache", {}).clear()
    return made


def _check(written: Written) -> None:
    if not written.get("claim_en", "").strip() or not written.get("claim_zh", "").strip():
        raise invalid(
            "Say in both languages what is advertised.", "请用中英文填写宣传内容。", field="claim_en"
        )
    begins, ends = written.get("starts_on"), written.get("ends_on")
    if begins and ends and ends < begins:
        raise invalid("It ends before it begins.", "结束日早于起始日。", field="ends_on")
    for name, most in (
        ("eligible_customers", MOST_CUSTOMERS),
        ("capacity_month", MOST_CUSTOMERS),
        ("unit_cost", MOST_MONEY),
        ("budget_year", MOST_MONEY),
    ):
        value = cast("Decimal | int | None", written.get(name))
        if value is not None and not 0 <= value < most:
            raise invalid(f"It lies between 0 and {most:,}.", f"数值须在 0 与 {most:,} 之间。", field=name)
    _range(written, "share", 1)
    _range(written, "uses", MOST_USES)


def _range(written: Written, stem: str, most: float) -> None:
    """Low, likely, high: all or none, in order, within 0 and `most`."""
    given = [cast("float | None", written.get(f"{stem}_{end}")) for end in ("low", "likely", "high")]
    if all(value is None for value in given):
        return
    known = [value for value in given if value is not None]
    if len(known) < 3:
        raise invalid(
            "Give low, likely and high, or none of them.",
            "最低、可能、最高值须全部填写或全部留空。",
            field=f"{stem}_likely",
        )
    if not all(isfinite(value) and 0 <= value <= most for value in known) or known != sorted(known):
        raise invalid(
            f"Low, likely and high rise, between 0 and {most:g}.",
            f"最低、可能、最高值须依次递增，且在 0 与 {most:g} 之间。",
            field=f"{stem}_likely",
        )


def _list(words: list[str], field: str) -> list[str]:
    found = list(dict.fromkeys(word.strip()[:60] for word in words if word.strip()))
    if len(found) > MOST_WORDS:
        raise invalid(f"At most {MOST_WORDS}.", f"最多 {MOST_WORDS} 个。", field=field)
    return found


def _items(items: list[Item]) -> list[Item]:
    if len(items) > MOST_ITEMS:
        raise invalid(f"At most {MOST_ITEMS} items.", f"条目最多 {MOST_ITEMS} 个。", field="items")
    checked = [_item(n, item) for n, item in enumerate(items, 1)]
    if sum(item["caps_uses"] for item in checked) > 1:
        raise invalid(
            "Only one item says how often a year it may be used.",
            "只能有一个条目表示每年可使用次数。",
            field="items",
        )
    return checked


def _item(number: int, item: Item) -> Item:
    """One item with its values as they are kept."""
    name, kind = item.get("name_en", "").strip(), item.get("kind", "")
    if not name or not item.get("name_zh", "").strip():
        raise invalid(
            f"Name item {number} in both languages.", f"请填写第 {number} 项的中英文名称。", field="items"
        )
    need_one_of(kind, KINDS, "kind")
    need_one_of(item.get("better", "more"), BETTER, "better")
    values = {side: canonical(kind, cast("str", item.get(side) or "")) for side in ("claimed", "terms")}
    for side, value in values.items():
        if value is None:
            raise invalid(
                f"Item {number} ({name}), {side}: write a number from 0 or “unlimited”, or yes or no.",
                f"第 {number} 项（{name}）：请填写非负数值或“不限”，或“是”“否”。",
                field="items",
            )
    if not any(values.values()):
        raise invalid(
            f"Item {number} ({name}) says nothing on either side.",
            f"第 {number} 项（{name}）宣传与条款均为空。",
            field="items",
        )
    if item.get("caps_uses") and (kind != "number" or item.get("better", "more") != "more"):
        raise invalid(
            f"Item {number} ({name}): uses a year are a number of which more is better.",
            f"第 {number} 项（{name}）：每年可使用次数须为数值，且越多越好。",
            field="items",
        )
    return {
        "name_en": name[:200],
        "name_zh": item["name_zh"].strip()[:200],
        "kind": kind,
        "better": item.get("better", "more"),
        "unit_en": item.get("unit_en", "").strip()[:60],
        "unit_zh": item.get("unit_zh", "").strip()[:60],
        "claimed": (values["claimed"] or "")[:300],
        "terms": (values["terms"] or "")[:300],
        "material": bool(item.get("material", True)),
        "same_meaning": bool(item.get("same_meaning", False)),
        "caps_uses": bool(item.get("caps_uses", False)),
    }

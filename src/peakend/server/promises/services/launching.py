"""Launching and ending promises, and recording whether they were kept."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.services import audit, service
from peakend.server.cases.models import Case
from peakend.server.cases.selectors import cases
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, sites
from peakend.server.notices.outbox import notify
from peakend.server.people.models import User
from peakend.server.promises import policies
from peakend.server.promises.models import Promise, PromiseUse
from peakend.server.promises.selectors import (
    HOUSE_ZONE,
    get_promise,
    is_broken,
    kept_of,
    today,
    version_on,
)
from peakend.server.promises.services.checking import cleared
from peakend.server.promises.services.writing import held
from peakend.server.promises.words import DENIALS


@service(policies.LAUNCH)
def launch(*, actor: Actor, promise: str, reason: str = "") -> Promise:
    """Bring a draft to customers, once the check allows it or `reason` overrides it."""
    found = held(actor, promise)
    if found.status != "draft":
        raise conflict("It was launched already.", "该承诺此前已发布。")
    # Also what comes into force later, which nobody would check again.
    current = version_on(found, today()).number
    coming = [version for version in found.versions.all() if version.number >= current]
    verdicts = sorted({verdict for version in coming for verdict in cleared(actor, found, version, reason)})
    found.status, found.launched_at, found.launched_by_id = "launched", clock.now(), actor.user_id
    found.save(update_fields=["status", "launched_at", "launched_by"])
    audit(actor, "promises.launched", found, verdicts=verdicts)
    return found


@service(policies.LAUNCH)
def end(*, actor: Actor, promise: str) -> Promise:
    """Take a launched promise back."""
    found = held(actor, promise)
    if found.status != "launched":
        raise conflict("Only a launched promise can be ended.", "只有已发布的承诺才能终止。")
    found.status, found.ended_at = "ended", clock.now()
    found.save(update_fields=["status", "ended_at"])
    audit(actor, "promises.ended", found)
    return found


@service(policies.USE)
def record_use(
    *,
    actor: Actor,
    promise: str,
    kept: bool,
    site: str,
    day: date | None = None,
    reason: str = "",
    case: str | None = None,
) -> PromiseUse:
    """Record that a customer asked for it and got it or not; None: today. `case` is a key or a number."""
    found = get_promise(actor, promise)
    on = day or today()
    _during(found, on)
    if kept:
        reason = ""
    else:
        need_one_of(reason, DENIALS, "reason")
    made = PromiseUse.objects.create(
        promise=found,
        kept=kept,
        reason=reason,
        day=on,
        site=one(sites(actor), Text("Site", "网点"), code=site),
        case=_case(actor, case),
        by_id=actor.user_id,
        at=clock.now(),
    )
    _watch(found)
    audit(actor, "promises.used", found, kept=kept, reason=reason, site=site, use=made.key)
    return made


def _during(promise: Promise, day: date) -> None:
    """Refuse a day on which nobody could ask for it."""
    if promise.launched_at is None:
        raise conflict(
            "Nobody can use a draft.", "草稿尚不能使用。", Text("Launch the promise first.", "请先发布承诺。")
        )
    here = ZoneInfo(HOUSE_ZONE)
    first = promise.launched_at.astimezone(here).date()
    last = promise.ended_at.astimezone(here).date() if promise.ended_at else today()
    if not first <= day <= last:
        raise invalid(
            f"The day lies between {first} and {last}.", f"日期须在 {first} 与 {last} 之间。", field="day"
        )
    version = version_on(promise, day)
    if (version.starts_on and day < version.starts_on) or (version.ends_on and day > version.ends_on):
        raise invalid("The promise was not advertised for that day.", "该日不在承诺的有效期内。", field="day")


def _case(actor: Actor, named: str | None) -> Case | None:
    if not named or not named.strip():
        return None
    number = named.strip().lstrip("#")
    whole = number.isascii() and number.isdecimal() and len(number) < 19
    by: dict[str, object] = {"number": int(number)} if whole else {"key": number}
    found: Case = one(cases(actor), Text("Case", "工单"), **by)
    return found


def _watch(promise: Promise) -> None:
    """Tell the owner once that it is broken too often; again only after it was kept in between."""
    rows = Promise.objects.filter(pk=promise.pk)
    if is_broken(promise):
        if rows.filter(alerted_at=None).update(alerted_at=clock.now()):
            _tell(promise)
        return
    found = kept_of(promise.uses.all())
    if found.rate is not None and found.rate >= promise.kept_at_least:
        rows.exclude(alerted_at=None).update(alerted_at=None)


def _tell(promise: Promise) -> None:
    found = kept_of(promise.uses.all())
    people = [promise.owner] if promise.owner and promise.owner.is_active else []
    name = Text(promise.name_en, promise.name_zh)
    notify(
        people or User.objects.filter(role=Role.CX_MANAGER, is_active=True),
        Text(
            f"Promise broken too often: {name.en[:120]} (kept {found.kept} of {found.n})",
            f"承诺屡未兑现：{name.zh[:120]}（{found.n} 次中兑现 {found.kept} 次）",
        ),
        f"/promises/{promise.key}/",
    )

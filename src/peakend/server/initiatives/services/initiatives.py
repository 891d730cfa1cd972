"""Setting initiatives and their spend down, and judging them once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import isfinite

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites, touchpoint_of
from peakend.server.initiatives import policies
from peakend.server.initiatives.judging import is_due, judge
from peakend.server.initiatives.models import Initiative, Spend
from peakend.server.initiatives.selectors.initiatives import get_initiative, spends
from peakend.server.initiatives.words import KINDS, METRICS, MOST

LONGEST = timedelta(days=731)


@service(policies.LEAD_INITIATIVE)
def set_initiative(
    *,
    actor: Actor,
    name_en: str,
    name_zh: str,
    kind: str,
    metric: str,
    smallest: float,
    before_from: date,
    before_to: date,
    after_from: date,
    after_to: date,
    touchpoint: str | None = None,
    site: str | None = None,
    control_sites: list[str] | None = None,
) -> Initiative:
    """Set an initiative down with what it is to change; that stays, so that no result can choose it."""
    if not name_en.strip() or not name_zh.strip():
        raise invalid("Name it in both languages.", "请填写中英文名称。", field="name_en")
    need_one_of(kind, KINDS, "kind")
    need_one_of(metric, METRICS, "metric")
    if not (isfinite(smallest) and 0 < smallest <= MOST[metric]):
        raise invalid(
            f"It lies above 0 and at most at {MOST[metric]:g}.",
            f"须大于 0 且不超过 {MOST[metric]:g}。",
            field="smallest",
        )
    _windows(before_from, before_to, after_from, after_to)
    place = one(own_sites(actor), Text("Site", "网点"), code=site) if site else None
    if place is None and not actor.reach.everything:
        raise invalid("Choose the site.", "请选择网点。", field="site")
    codes = set(control_sites or [])
    if codes and (place is None or place.code in codes):
        raise invalid(
            "Compare the site of the initiative with other sites.",
            "请为举措选定网点，并以其他网点作对照。",
            field="control_sites",
        )
    controls = [one(own_sites(actor), Text("Site", "网点"), code=code) for code in sorted(codes)]
    made = Initiative.objects.create(
        name_en=name_en.strip()[:200],
        name_zh=name_zh.strip()[:200],
        kind=kind,
        metric=metric,
        touchpoint=touchpoint_of(touchpoint),
        site=place,
        smallest=smallest,
        before_from=before_from,
        before_to=before_to,
        after_from=after_from,
        after_to=after_to,
        made_by_id=actor.user_id,
        made_at=clock.now(),
    )
    made.control_sites.set(controls)
    if is_due(made):
        _keep_judgement(made)
    audit(actor, "initiatives.set_down", made, metric=metric, smallest=smallest)
    return made


@service(policies.LEAD_INITIATIVE)
def withdraw(*, actor: Actor, initiative: str) -> Initiative:
    """Take an initiative off the lists; its row stays."""
    found = get_initiative(actor, initiative)
    found.withdrawn = True
    found.save(update_fields=["withdrawn"])
    audit(actor, "initiatives.withdrawn", found)
    return found


@service(policies.LEAD_INITIATIVE)
def add_spend(
    *, actor: Actor, initiative: str, day: date, amount: Decimal, currency: str = "CNY", note: str = ""
) -> Spend:
    """Put money spent into the ledger of an initiative."""
    found = get_initiative(actor, initiative)
    if not 0 < amount < Decimal(10**9):
        raise invalid("Money lies between 0 and 1,000,000,000.", "金额须在 0 与 10 亿之间。", field="amount")
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        raise invalid(
            "A currency is three capitals, such as CNY.", "币种为三个大写字母，如 CNY。", field="currency"
        )
    if found.spends.count() >= 1000:
        raise conflict("An initiative has at most 1,000 entries.", "每项举措最多 1000 笔投入。")
    made = Spend.objects.create(
        initiative=found,
        day=day,
        amount=amount,
        currency=currency,
        note=note.strip()[:400],
        by_id=actor.user_id,
        at=clock.now(),
    )
    audit(actor, "initiatives.spent", made, initiative=found.key, amount=str(amount), currency=currency)
    return made


@service(policies.LEAD_INITIATIVE)
def remove_spend(*, actor: Actor, spend: str) -> Initiative:
    """Take a wrong entry out; the audit keeps it."""
    found: Spend = one(spends(actor), Text("Spend", "投入"), key=spend)
    audit(
        actor,
        "initiatives.spend_removed",
        found.initiative,
        amount=str(found.amount),
        currency=found.currency,
        day=str(found.day),
    )
    found.delete()
    return found.initiative


@service(policies.RUN, audited=False)
def judge_one(*, actor: Actor, initiative: int) -> bool:
    """Judge an initiative whose time is over; False where it was."""
    found = (
        Initiative.objects.select_for_update(of=("self",))
        .select_related("site", "touchpoint")
        .filter(pk=initiative, judged_at=None)
        .first()
    )
    if found is None or not is_due(found):
        return False
    _keep_judgement(found)
    audit(actor, "initiatives.judged", found, verdict=found.result["verdict"])
    return True


def _keep_judgement(found: Initiative) -> None:
    found.result, found.judged_at = judge(found), clock.now()
    found.save(update_fields=["result", "judged_at"])


def _windows(before_from: date, before_to: date, after_from: date, after_to: date) -> None:
    if not before_from <= before_to < after_from <= after_to:
        raise invalid(
            "First the days before, then, without overlap, the days after.",
            "须先有“之前”的时段，再有不与之重叠的“之后”时段。",
            field="before_to",
        )
    for begins, ends, field in ((before_from, before_to, "before_to"), (after_from, after_to, "after_to")):
        if ends - begins > LONGEST or not 1971 <= begins.year <= 2199:
            raise invalid("A period has at most two years.", "每个时段最长两年。", field=field)

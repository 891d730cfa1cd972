"""What would become of rows: worked out before anything is written, for the preview and for the deed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.customers.policies import within_reach
from peakend.server.customers.rows import (
    ConsentRow,
    CustomerRow,
    InteractionRow,
    RefusedRow,
    RowResult,
    Status,
    check_consent,
    check_customer,
    check_interaction,
    digest_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from peakend.server.acting.actors import Actor

Row = TypeVar("Row", CustomerRow, InteractionRow, ConsentRow)
Made = TypeVar("Made")
Known = TypeVar("Known")
_UNKNOWN = Text("There is no such customer in your part of the company.", "您的范围内没有该客户。")


@dataclass
class Plan(Generic[Made]):
    """`results` for every row in its order, and what would be written: `made` (new) and `changed` (known)."""

    results: list[RowResult] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    changed: list[Made] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each status; statuses of no row are 0."""
        found = dict.fromkeys(("created", "changed", "same", "refused"), 0)
        for one in self.results:
            found[one.status] += 1
        return found


def plan_customers(actor: Actor, rows: Sequence[CustomerRow], *, lock: bool = False) -> Plan[Customer]:
    """What `rows` make of the customers; `lock` holds those that exist until the transaction ends."""
    asked = [row.customer_id for row in rows if "\x00" not in row.customer_id]
    found = Customer.objects.filter(customer_id__in=asked).order_by("pk")
    known = {one.customer_id: one for one in (found.select_for_update() if lock else found)}
    mine = set(
        within_reach(actor, Customer.objects.filter(customer_id__in=asked)).values_list("pk", flat=True)
    )
    sites = _sites(actor)
    plan = Plan[Customer]()
    seen: set[str] = set()

    def settle(row: CustomerRow) -> Status:
        check_customer(row)
        _once(row.customer_id, seen)
        site = _one_of(sites, row.site or "", Text("site", "网点"))
        one = known.get(row.customer_id)
        if one is None:
            if site is None and not actor.reach.everything:
                raise RefusedRow(
                    Text(
                        "Name the site: you add customers of your own sites.",
                        "请填写网点：您只能新增本网点的客户。",
                    )
                )
            one = Customer(customer_id=row.customer_id, created_at=clock.now())
            _fill(one, row, site)
            plan.made.append(one)
            return "created"
        if one.pk not in mine:
            raise RefusedRow(Text("This customer belongs to another site.", "该客户属于其他网点。"))
        if one.erased_at:
            raise RefusedRow(
                Text(
                    "This customer was erased and does not come back under this id.",
                    "该客户已被删除，不能以此编号恢复。",
                )
            )
        if not _fill(one, row, site):
            return "same"
        plan.changed.append(one)
        return "changed"

    plan.results = _settled(rows, lambda row: row.customer_id, settle)
    return plan


def plan_interactions(actor: Actor, rows: Sequence[InteractionRow]) -> Plan[Interaction]:
    """What `rows` add to what happened. The same event again is the same; with other content, refused."""
    asked = [row.event_id for row in rows if "\x00" not in row.event_id]
    known = dict(Interaction.objects.filter(event_id__in=asked).values_list("event_id", "digest"))
    people = _customers(actor, (row.customer_id for row in rows))
    touchpoints = {one.code: one for one in Touchpoint.objects.all()}
    sites = _sites(actor)
    teams = {(one.site_id, one.code): one for one in Team.objects.filter(site__in=sites.values())}
    plan = Plan[Interaction]()

    def settle(row: InteractionRow) -> Status:
        check_interaction(row)
        digest = digest_of(row)
        if row.event_id in known:
            if known[row.event_id] == digest:
                return "same"
            raise RefusedRow(
                Text("This event was told before with other content.", "该事件此前已以不同内容上报。")
            )
        site = _one_of(sites, row.site, Text("site", "网点"))
        if site is None and not actor.reach.everything:
            raise RefusedRow(Text("Name the site where it happened.", "请填写发生的网点。"))
        team = teams.get((site.pk, row.team)) if site else None
        if row.team and team is None:
            raise RefusedRow(Text("The site has no such team.", "该网点没有此班组。"))
        if row.customer_id and row.customer_id not in people:
            raise RefusedRow(_UNKNOWN)
        touchpoint = _one_of(touchpoints, row.touchpoint, Text("touchpoint", "接触点"))
        known[row.event_id] = digest
        plan.made.append(
            Interaction(
                event_id=row.event_id,
                digest=digest,
                customer=people.get(row.customer_id),
                touchpoint=touchpoint,
                site=site,
                team=team,
                **row.model_dump(include={"at", "kind", "channel", "employee_id", "outcome", "attributes"}),
            )
        )
        return "created"

    plan.results = _settled(rows, lambda row: row.event_id, settle)
    return plan


def plan_consents(actor: Actor, rows: Sequence[ConsentRow]) -> Plan[Consent]:
    """What `rows` add to what customers allowed. The same word of the same moment again is the same."""
    people = _customers(actor, (row.customer_id for row in rows))
    said = {
        _word(one)
        for one in Consent.objects.filter(
            customer__in=people.values(), at__in=[row.at for row in rows if row.at]
        )
    }
    plan = Plan[Consent]()

    def settle(row: ConsentRow) -> Status:
        check_consent(row)
        customer = people.get(row.customer_id)
        if customer is None:
            raise RefusedRow(_UNKNOWN)
        one = Consent(
            customer=customer, at=row.at or clock.now(), **row.model_dump(exclude={"customer_id", "at"})
        )
        if _word(one) in said:
            return "same"
        said.add(_word(one))
        plan.made.append(one)
        return "created"

    plan.results = _settled(rows, lambda row: row.customer_id, settle)
    return plan


def _word(one: Consent) -> tuple[object, ...]:
    return one.customer_id, one.purpose, one.channel, one.status, one.at


def _settled(
    rows: Sequence[Row], id_of: Callable[[Row], str], settle: Callable[[Row], Status]
) -> list[RowResult]:
    results = []
    for number, row in enumerate(rows, 1):
        try:
            results.append(RowResult(number, id_of(row), settle(row)))
        except RefusedRow as refused:
            results.append(RowResult(number, id_of(row), "refused", refused.reason))
    return results


def _sites(actor: Actor) -> dict[str, Site]:
    rows = Site.objects.all()
    if not actor.reach.everything:
        teams = Team.objects.filter(pk__in=actor.reach.teams).values("site_id")
        rows = rows.filter(pk__in=actor.reach.sites) | rows.filter(pk__in=teams)
    return {one.code: one for one in rows}


def _customers(actor: Actor, ids: Iterable[str]) -> dict[str, Customer]:
    asked = {one for one in ids if one and "\x00" not in one}
    rows = within_reach(actor, Customer.objects.filter(customer_id__in=asked, erased_at=None))
    return {one.customer_id: one for one in rows}


def _one_of(known: dict[str, Known], code: str, kind: Text) -> Known | None:
    if code and code not in known:
        raise RefusedRow(
            Text(f"There is no {kind.en} {code} that you may use.", f"没有您可用的{kind.zh} {code}。")
        )
    return known.get(code)


def _once(key: str, seen: set[str]) -> None:
    if key in seen:
        raise RefusedRow(Text("This id stands in an earlier row too.", "此编号在前面的行中已出现。"))
    seen.add(key)


def _fill(one: Customer, row: CustomerRow, site: Site | None) -> bool:
    """Write what the row tells into `one`; whether that changed anything."""
    told = {
        name: value
        for name, value in row.model_dump(include={"name", "email", "phone", "language", "tier"}).items()
        if value is not None
    }
    if row.site is not None:
        told["site_id"] = site.pk if site else None
    if row.attributes is not None:
        told["attributes"] = {**one.attributes, **row.attributes}
    changed = {name: value for name, value in told.items() if getattr(one, name) != value}
    for name, value in changed.items():
        setattr(one, name, value)
    return bool(changed)

"""Who may do what with customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, declare, may
from peakend.server.company.models import Team

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor
    from peakend.server.customers.models import Customer

READ = declare("customers.read", EVERYBODY, Text("See customers", "查看客户"))
READ_CONTACT = declare(
    "customers.read_contact", LEADERS, Text("See e-mail and phone of customers", "查看客户的邮箱与电话")
)
WRITE = declare("customers.write", LEADERS, Text("Add and change customers", "新增和修改客户"))
RECORD = declare(
    "customers.record", LEADERS, Text("Record what happened with a customer", "记录与客户的互动")
)
CONSENT = declare(
    "customers.consent",
    LEADERS | {Role.FRONT_LINE},
    Text("Record what a customer allows", "记录客户的同意与拒绝"),
)


def within_reach(actor: Actor, customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """The customers `actor` may see: of their sites, of their teams' sites, and those whose case they own."""
    if actor.reach.everything:
        return customers
    sites = Q(site_id__in=actor.reach.sites) | Q(
        site_id__in=Team.objects.filter(pk__in=actor.reach.teams).values("site_id")
    )
    return customers.filter(sites | Exists(_own_cases(actor).filter(customer_id=OuterRef("pk"))))


def with_contact(actor: Actor, customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those whose e-mail and phone `actor` may read: all, or those whose open case they own."""
    if may(actor, READ_CONTACT):
        return customers
    return customers.filter(Exists(_own_cases(actor).filter(customer_id=OuterRef("pk"))))


def _own_cases(actor: Actor) -> QuerySet[object]:
    # By name: cases stand to the right of customers, which know of them only that they have an owner.
    cases = apps.get_model("cases", "Case").objects.exclude(status="closed")
    return cases.filter(owner_id=actor.user_id) if actor.user_id is not None else cases.none()

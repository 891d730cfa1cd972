"""Rules of suggestions, and looking at one customer with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.services import audit, service
from peakend.server.care import policies
from peakend.server.care.checks import names, texts, whole_company
from peakend.server.care.models import SuggestionRule
from peakend.server.care.selectors.profile import facts_of, get_suggestion_rule, suggestions
from peakend.server.care.suggesting import Condition, Fact, Suggestion, problem
from peakend.server.customers.models import Customer
from peakend.server.customers.selectors import get_customer
from peakend.server.improvement.refusals import invalid

AGAIN = timedelta(hours=1)
MOST_CONDITIONS = 10


class Asked(TypedDict):
    """A condition as it comes in."""

    fact: str
    op: str
    value: str | float


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer with what is known and what suits them."""

    customer: Customer
    facts: dict[str, Fact]
    suggestions: list[Suggestion]


@service(policies.SET_SUGGESTION)
def set_suggestion(
    *,
    actor: Actor,
    name_en: str,
    name_zh: str,
    conditions: Sequence[Asked],
    text_en: str,
    text_zh: str,
) -> SuggestionRule:
    """Put a rule in force: if all conditions hold, then the text is suggested."""
    whole_company(actor)
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise invalid(
            f"A rule has 1 to {MOST_CONDITIONS} conditions.",
            f"规则须有 1 至 {MOST_CONDITIONS} 个条件。",
            field="conditions",
        )
    for number, one in enumerate(conditions, 1):
        wrong = problem(Condition(**one))
        if wrong:
            raise invalid(
                f"Condition {number}: its {wrong} cannot be taken.",
                f"第 {number} 个条件的 {wrong} 无效。",
                field="conditions",
            )
    made = SuggestionRule.objects.create(
        **names(name_en, name_zh),
        conditions=[dict(one) for one in conditions],
        **texts(text_en, text_zh),
        made_at=clock.now(),
    )
    audit(actor, "care.suggestion_set", made)
    return made


@service(policies.SET_SUGGESTION)
def retire_suggestion(*, actor: Actor, rule: str) -> SuggestionRule:
    """Take a rule out of force."""
    whole_company(actor)
    found = get_suggestion_rule(rule)
    found.active = False
    found.save(update_fields=["active"])
    audit(actor, "care.suggestion_retired", found)
    return found


@service(policies.FOR_CUSTOMER, audited=False)
def look_at_profile(*, actor: Actor, customer: str) -> Profile:
    """What suits a customer; `NotFoundError` outside the actor's reach. The audit tells of it hourly."""
    found = get_customer(actor, customer)
    seen = AuditEntry.objects.filter(
        action=policies.FOR_CUSTOMER,
        subject_key=str(found.pk),
        actor_id=actor.user_id,
        at__gt=clock.now() - AGAIN,
    )
    if not seen.exists():
        audit(actor, policies.FOR_CUSTOMER, found)
    facts = facts_of(found)
    return Profile(found, facts, suggestions(facts))

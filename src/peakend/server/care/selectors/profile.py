"""What is known of one customer, as facts with their dates, and what suits them (ACT-18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.care.models import SuggestionRule
from peakend.server.care.suggesting import Fact, Suggestion, conditions_of, suggest
from peakend.server.cases.models import OPEN, Case
from peakend.server.customers.models import Interaction
from peakend.server.improvement.figures import Versions, score_of
from peakend.server.improvement.selectors import one
from peakend.server.surveys.questionnaire import SCALES

if TYPE_CHECKING:
    from peakend.server.customers.models import Customer

SCORED = ("nps", "rating", "csat", "ces")
MOST_ATTRIBUTES = 60


def suggestion_rules() -> QuerySet[SuggestionRule]:
    """Rules in force: they are the whole company's."""
    return SuggestionRule.objects.filter(active=True)


def get_suggestion_rule(key: str) -> SuggestionRule:
    """The rule."""
    return one(suggestion_rules(), Text("Rule", "规则"), key=key)


def facts_of(customer: Customer) -> dict[str, Fact]:
    """Everything rules may ask of a customer; nothing of somebody who was erased."""
    if customer.erased_at is not None:
        return {}
    return {fact.fact: fact for fact in _facts(customer)}


def suggestions(facts: dict[str, Fact]) -> list[Suggestion]:
    """What the rules suggest for these facts."""
    return suggest(((rule, conditions_of(rule.conditions)) for rule in suggestion_rules()), facts)


def _facts(customer: Customer) -> Iterator[Fact]:
    now = clock.now()
    for name in ("tier", "language"):
        if value := getattr(customer, name):
            yield Fact(name, value, customer.changed_at)
    yield from _scores(customer)
    opened = Case.objects.filter(customer=customer, status__in=OPEN).order_by("opened_at")
    count = opened.count()
    first_case = opened.first()
    yield Fact("open_cases", float(count), first_case.opened_at if first_case else now)
    met = Interaction.objects.filter(customer=customer, at__lte=now)
    last, first = met.order_by("-at").first(), met.order_by("at").first()
    if first is not None and last is not None:
        yield Fact("days_since_last", float((now - last.at).days), last.at)
        yield Fact("relationship_days", float((now - first.at).days), first.at)
    for name, value in list((customer.attributes or {}).items())[:MOST_ATTRIBUTES]:
        if isinstance(value, str | int | float):
            kept = str(value) if isinstance(value, bool | str) else float(value)
            yield Fact(f"attribute:{name}", kept, customer.changed_at)


def _scores(customer: Customer) -> Iterator[Fact]:
    """The last named answer with a score, brought to 0 to 10; its own scale in the note."""
    versions = Versions()
    rows = Response.objects.filter(customer=customer, state="completed", survey__anonymous=False)
    for response in rows.order_by("-completed_at")[:10]:
        for metric in SCORED:
            score = score_of(versions.questions(response.version_id), response.answers, metric)
            if score is not None:
                low, high = SCALES[metric]
                ten = round((score - low) / (high - low) * 10, 2)
                yield Fact("last_score", ten, response.completed_at, f"{metric} {score:g} ({low}–{high})")
                return

"""Made to measure for programs: the rules, and what suits a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.care import policies
from peakend.server.care.models import SuggestionRule
from peakend.server.care.selectors import profile as found
from peakend.server.care.services import suggestions as services
from peakend.server.care.suggesting import Fact
from peakend.server.improvement.api.shapes import Cursor, Limit, Named, Short, Written, paged
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Said = Annotated[Written, Field(max_length=2000)]
Amount = Annotated[float, Field(ge=-1e9, le=1e9)]


class ConditionShape(Schema):
    """`fact op value`. An attribute of the profile is written `attribute:name`."""

    fact: Annotated[Named, Field(max_length=80)]
    op: Literal["is", "is_not", "at_least", "at_most"]
    value: Amount | Short


class SuggestionIn(Schema):
    """If all conditions hold, then the text is suggested."""

    name_en: Named
    name_zh: Named
    conditions: Annotated[list[ConditionShape], Field(min_length=1, max_length=10)]
    text_en: Said
    text_zh: Said


class SuggestionOut(Schema):
    """A rule."""

    key: str
    name_en: str
    name_zh: str
    conditions: list[ConditionShape]
    text_en: str
    text_zh: str


class SuggestionsOut(Schema):
    """A page of rules."""

    items: list[SuggestionOut]
    next: str | None


class FactOut(Schema):
    """Something known of a customer, and since when."""

    fact: str
    value: float | str
    at: datetime | None
    note: str


class SuggestedOut(Schema):
    """A suggestion with the facts it rests on."""

    rule: str
    name_en: str
    name_zh: str
    text_en: str
    text_zh: str
    because: list[FactOut]


class ProfileOut(Schema):
    """What suits a customer; an empty list says that no rule fits."""

    customer_id: str
    suggestions: list[SuggestedOut]
    facts: list[FactOut]


def _rule(one: SuggestionRule) -> dict[str, Any]:
    return {name: getattr(one, name) for name in SuggestionOut.model_fields}


def _fact(one: Fact) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FactOut.model_fields}


@router.get("/care/suggestions", response=gives(SuggestionsOut))
@acts(policies.SUGGESTIONS)
def list_suggestion_rules(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Rules of suggestions."""
    return paged(found.suggestion_rules(), cursor, limit, _rule)


@router.post("/care/suggestions", response=gives(SuggestionOut, 201))
@acts(policies.SET_SUGGESTION)
def set_suggestion_rule(request: HttpRequest, body: SuggestionIn) -> Any:  # noqa: ANN401
    """Put a rule of suggestions in force."""
    return Status(201, _rule(services.set_suggestion(actor=actor_of(request), **body.dict())))


@router.delete("/care/suggestions/{key}", response=gives(None, 204))
@acts(policies.SET_SUGGESTION)
def retire_suggestion_rule(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a rule of suggestions out of force."""
    services.retire_suggestion(actor=actor_of(request), rule=key)
    return Status(204, None)


@router.get("/care/for/{customer}", response=gives(ProfileOut))
@acts(policies.FOR_CUSTOMER)
def show_suggestions(request: HttpRequest, customer: str) -> Any:  # noqa: ANN401
    """What suits a customer, with the facts it rests on. The audit tells who looked."""
    profile = services.look_at_profile(actor=actor_of(request), customer=customer)
    return {
        "customer_id": profile.customer.customer_id,
        "suggestions": [
            {
                "rule": one.rule.key,
                **{name: getattr(one.rule, name) for name in ("name_en", "name_zh", "text_en", "text_zh")},
                "because": [_fact(fact) for fact in one.facts],
            }
            for one in profile.suggestions
        ],
        "facts": [_fact(fact) for fact in profile.facts.values()],
    }

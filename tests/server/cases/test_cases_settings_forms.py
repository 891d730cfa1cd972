"""Forms of settings lose nothing: opened and sent unchanged, whatever the API stored stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.server.cases import editing, presets, rule_forms
from peakend.server.cases.models import (
    BusinessCalendar,
    CaseRule,
    Cause,
    CompensationCap,
    ContactTemplate,
    SlaPolicy,
)
from peakend.server.cases.rules import MOST_CONDITIONS

pytestmark = pytest.mark.django_db
# The fixtures are read only: what an example stores, the next one overwrites.
WHATEVER = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=30)
WORD = TEXT.map(str.strip)
NAME = st.fixed_dictionaries({}, optional={"en": WORD, "zh": WORD}).filter(
    lambda name: any(" ".join(text.split()) for text in name.values())
)
PLACE = st.integers(0, 100_000)
NUMBER = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = (
    st.none() | NUMBER | TEXT | st.lists(NUMBER | TEXT, max_size=5) | st.sampled_from(["6", "a, b", "[1]"])
)
QUESTION = st.sampled_from(["type:nps", "@tier", "recommend", "@words"]) | st.text(
    st.characters(categories=["L", "N"]), min_size=1, max_size=20
)
CONDITION = st.fixed_dictionaries(
    {"question": QUESTION, "op": st.sampled_from(sorted(rule_forms.OPERATORS)), "value": VALUE},
    optional={
        "of": st.tuples(*[st.integers(-10, 10) | st.floats(allow_nan=False, allow_infinity=False)] * 2)
    },
)
SPANS = st.lists(st.integers(0, 288), unique=True, max_size=24).map(
    lambda cuts: [
        [f"{a // 12:02d}:{a % 12 * 5:02d}", f"{b // 12:02d}:{b % 12 * 5:02d}"]
        for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    ]
)
DAY = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat)
MONEY = st.decimals(0, Decimal("99999999.99"), places=2)


class _Sent(HTMLParser):
    """What a browser sends of a page's form by its button `Save`, none of it changed."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._inside = self._select = self._area = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        name = own.get("name", "")
        if tag == "form":
            self._inside = own.get("class", "")
        if self._inside != "form" or "disabled" in own:
            return
        if tag == "input" and (own.get("type") not in ("checkbox", "radio") or "checked" in own):
            # A line of input cannot hold the end of a line.
            self.data[name] = own.get("value", "on" if "checked" in own else "").replace("\n", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in own or self._select not in self.data):
            self.data[self._select] = own.get("value", "")
        elif tag == "textarea":
            self._area, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.data[self._area] = "".join(self._text).removeprefix("\n").replace("\n", "\r\n")
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = ""


def unchanged(client: Client, what: str, code: str) -> None:
    """Open the form of an entry and save it as it is."""
    path = f"/cases/settings/{what}/{code}/"
    page = _Sent()
    page.feed(client.get(path).content.decode())
    data = {name: value for name, value in page.data.items() if name}
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.fixture
def manager(company: Any, client_of: Callable[..., Client]) -> tuple[Any, Client]:
    return company.actor("cx_manager"), client_of("cx_manager")


@pytest.fixture
def surveys(live_survey: Callable[..., Any]) -> list[str]:
    return ["", live_survey().key, live_survey().key]


@WHATEVER
@given(data=st.data())
def test_a_rule_saved_unchanged_is_the_same_rule(manager: Any, surveys: list[str], data: Any) -> None:
    actor, client = manager
    made = data.draw(
        st.fixed_dictionaries(
            {
                "name": NAME,
                "conditions": st.fixed_dictionaries(
                    {
                        "match": st.sampled_from(["all", "any"]),
                        "conditions": st.lists(CONDITION, min_size=1, max_size=MOST_CONDITIONS),
                    }
                ),
                "kind": st.sampled_from([one for one in presets.KINDS if one != "repeat"]),
                "severity": st.sampled_from(sorted(presets.SEVERITIES)),
                "survey": st.sampled_from(surveys),
                "position": PLACE,
                "active": st.booleans(),
            }
        )
    )
    editing.save_rule(actor=actor, code="mine", **made)
    # As stored: PostgreSQL writes 1e16 as a whole number.
    before = model_to_dict(CaseRule.objects.get(code="mine"))
    unchanged(client, "rules", "mine")
    assert model_to_dict(CaseRule.objects.get(code="mine")) == before


@WHATEVER
@given(
    name=NAME,
    kind=st.sampled_from(["", *presets.KINDS]),
    severity=st.sampled_from(["", *presets.SEVERITIES]),
    tier=WORD,
    contact=st.none() | st.integers(1, 1_000_000),
    resolve=st.integers(1, 999_999),
    longer=st.none() | st.integers(1, 10),
    units=st.tuples(*[st.sampled_from(editing.UNITS)] * 2),
    regulation=TEXT,
    position=PLACE,
    active=st.booleans(),
)
def test_deadlines_saved_unchanged_are_the_same(
    manager: Any, contact: Any, resolve: int, longer: Any, units: Any, **more: Any
) -> None:
    actor, client = manager
    row = editing.save_sla(
        actor=actor,
        code="mine",
        contact_amount=contact,
        contact_unit=units[0],
        resolve_amount=resolve,
        resolve_unit=units[1],
        extended_amount=longer and resolve + longer,
        **more,
    )
    before = model_to_dict(row)
    unchanged(client, "sla", "mine")
    assert model_to_dict(SlaPolicy.objects.get(code="mine")) == before


@WHATEVER
@given(
    name=NAME,
    week=st.lists(SPANS, min_size=6, max_size=6),
    holidays=st.sampled_from(["", "CN", "US"]),
    closed=st.lists(DAY, max_size=30),
    opened=st.dictionaries(DAY, SPANS, max_size=20),
    active=st.booleans(),
)
def test_a_calendar_saved_unchanged_is_the_same(manager: Any, week: Any, **more: Any) -> None:
    actor, client = manager
    hours = [[["8:30", "24:00"]], *week]
    before = model_to_dict(editing.save_calendar(actor=actor, code="mine", week=hours, **more))
    unchanged(client, "calendars", "mine")
    assert model_to_dict(BusinessCalendar.objects.get(code="mine")) == before


def test_a_calendar_as_full_as_the_api_takes_it_is_kept(manager: Any) -> None:
    actor, client = manager
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(1000)]
    hours = [[["09:00", "12:00"], ["13:00", "18:00"]]] * 7
    opened = dict.fromkeys(days, hours[0])
    row = editing.save_calendar(
        actor=actor, code="mine", name={"en": "Mine"}, week=hours, closed=days, opened=opened
    )
    before = model_to_dict(row)
    unchanged(client, "calendars", "mine")
    assert model_to_dict(BusinessCalendar.objects.get(code="mine")) == before


@WHATEVER
@given(name=NAME, position=PLACE, active=st.booleans())
def test_a_cause_saved_unchanged_is_the_same(manager: Any, **made: Any) -> None:
    actor, client = manager
    before = model_to_dict(editing.save_cause(actor=actor, code="mine", **made))
    unchanged(client, "causes", "mine")
    assert model_to_dict(Cause.objects.get(code="mine")) == before


WRITTEN = st.dictionaries(st.sampled_from(["en", "zh", "fr", "zh-TW"]), TEXT, min_size=1)


@WHATEVER
@given(
    name=NAME,
    channel=st.sampled_from(sorted(presets.CHANNELS)),
    subject=WRITTEN,
    body=WRITTEN,
    position=PLACE,
    active=st.booleans(),
)
def test_a_template_saved_unchanged_is_the_same(manager: Any, subject: Any, body: Any, **made: Any) -> None:
    actor, client = manager
    subject, body = {**subject, "en": "About {{name}}"}, {**body, "zh": "一\n\n二 {{owner}}"}
    row = editing.save_template(actor=actor, code="mine", subject=subject, body=body, **made)
    before = model_to_dict(row)
    unchanged(client, "templates", "mine")
    assert model_to_dict(ContactTemplate.objects.get(code="mine")) == before


@WHATEVER
@given(
    role=st.sampled_from(["front_line", "supervisor", "cx_manager", "administrator"]),
    amounts=st.tuples(MONEY, MONEY, MONEY),
)
def test_a_cap_saved_unchanged_is_the_same(manager: Any, role: str, amounts: Any) -> None:
    actor, client = manager
    names = ("per_case", "per_customer_year", "per_employee_month")
    made = dict(zip(names, amounts, strict=True))
    editing.save_cap(actor=actor, role=role, currency="CHF", **made)
    unchanged(client, "caps", f"{role}-CHF")
    row = CompensationCap.objects.get(role=role, currency="CHF")
    assert {name: getattr(row, name) for name in names} == made


def test_what_is_built_in_stays_what_it_is(manager: Any) -> None:
    _, client = manager
    for what, entries in (("rules", presets.RULES), ("sla", presets.SLAS), ("templates", presets.TEMPLATES)):
        for entry in entries:
            unchanged(client, what, entry["code"])
    for preset in presets.RULES:
        row = CaseRule.objects.get(code=preset["code"])
        found = row.conditions["conditions"][0]
        (wanted,) = preset["conditions"]["conditions"]
        assert (found["value"], found["of"], row.position) == (
            wanted["value"],
            wanted["of"],
            preset["position"],
        )
    for preset in presets.TEMPLATES:
        assert ContactTemplate.objects.get(code=preset["code"]).body == preset["body"]


@given(VALUE)
def test_every_value_is_written_so_that_it_is_read_again(value: Any) -> None:
    assert repr(rule_forms.read(rule_forms.written(value))) == repr(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6", 6),
        ("6.5", 6.5),
        ("gold, silver", ["gold", "silver"]),
        ("等候，排队", ["等候", "排队"]),
        ("007", "007"),
        ('"6"', "6"),
        ("[", "["),
        (" ", None),
    ],
)
def test_values_are_read_as_people_write_them(text: str, value: Any) -> None:
    assert rule_forms.read(text) == value


def _entered(**more: str) -> dict[str, str]:
    return {
        "code": "mine",
        "name_en": "Mine",
        "position": "5",
        "active": "on",
        "severity": "high",
        "kind": "complaint",
        "match": "all",
        **more,
    }


def test_another_condition_is_asked_for_without_losing_what_was_entered(manager: Any) -> None:
    _, client = manager
    first = {"question_1": "@tier", "op_1": "eq", "value_1": "gold", "of_1": ""}
    answer = client.post("/cases/settings/rules/new/", _entered(more="1", shown="1", **first))
    page = _Sent()
    page.feed(answer.content.decode())
    assert page.data["shown"] == "2"
    assert {name: page.data[name] for name in first} == first
    assert "question_2" in page.data
    assert "question_3" not in page.data
    assert not CaseRule.objects.exists()
    second = {"question_2": "type:nps", "op_2": "le", "value_2": "6", "of_2": "0 - 10"}
    sent = {name: value for name, value in page.data.items() if name} | second
    assert client.post("/cases/settings/rules/new/", sent).status_code == 302
    stored = CaseRule.objects.get(code="mine").conditions["conditions"]
    assert [one["question"] for one in stored] == ["@tier", "type:nps"]
    assert stored[1]["of"] == [0.0, 10.0]


def test_a_condition_goes_only_where_it_is_said_so(manager: Any) -> None:
    _, client = manager
    rows = {"question_1": "@tier", "op_1": "answered", "question_2": "type:nps", "op_2": "le", "value_2": "6"}
    sent = _entered(shown="3", **rows, drop_1="on")
    assert client.post("/cases/settings/rules/new/", sent).status_code == 302
    stored = CaseRule.objects.get(code="mine").conditions["conditions"]
    assert [one["question"] for one in stored] == ["type:nps"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"question_1": "@tier"}, "op_1"),
        ({"op_1": "eq", "value_1": "gold"}, "question_1"),
        ({"question_1": "type:nps", "op_1": "le", "value_1": "6", "of_1": "ten"}, "of_1"),
        ({}, "question_1"),
    ],
)
def test_half_a_condition_is_refused_not_dropped(manager: Any, row: dict[str, str], field: str) -> None:
    _, client = manager
    answer = client.post("/cases/settings/rules/new/", _entered(shown="2", **row))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not CaseRule.objects.exists()


def test_the_api_tells_which_survey_a_rule_is_for(manager: Any, surveys: list[str]) -> None:
    actor, client = manager
    condition = {"conditions": [{"question": "type:nps", "op": "le", "value": 3}]}
    editing.save_rule(actor=actor, code="mine", name={"en": "Mine"}, conditions=condition, survey=surveys[1])
    listed = client.get("/api/v1/case-rules").json()["items"]
    assert next(one for one in listed if one["code"] == "mine")["survey"] == surveys[1]

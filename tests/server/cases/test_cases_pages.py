"""The pages: what one sees first, both languages, nothing a customer wrote is ever code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.cases import contacts, lifecycle
from peakend.server.cases.compensation import compensate
from peakend.server.cases.models import BusinessCalendar, Case, CaseRule, Compensation

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script>{{ 7|add:7 }}{% now 'Y' %}"
STEPS = (
    "contact",
    "mail",
    "resolve",
    "wait",
    "assign",
    "compensate",
    "review",
    "rescore",
    "reopen",
    "extend",
)


def page(client: Client, path: str, language: str = "en") -> str:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 200, path
    return str(response.content.decode())


@pytest.fixture
def case(completed: Callable[..., Any], customer_of: Callable[..., Any], at_work: Any) -> Case:
    """A case with words one would not wish to run."""
    completed(1, ATTACK, customer=customer_of(name=f"Eve {ATTACK}", tier="<i>gold</i>"))
    made: Case = Case.objects.get()
    return made


def test_what_a_customer_wrote_is_never_code(
    case: Case, client_of: Callable[..., Client], company: Any
) -> None:
    actor = company.actor("north.front_line")
    lifecycle.note(actor=actor, key=case.key, text=ATTACK)
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached", note=ATTACK)
    compensate(actor=actor, key=case.key, kind="gift", amount="9999", reason=ATTACK)
    client = client_of("cx_manager")
    for path in (
        "/cases/",
        "/cases/team/",
        f"/cases/{case.key}/",
        *(f"/cases/{case.key}/{name}/" for name in STEPS),
    ):
        for language in ("en", "zh-CN"):
            text = page(client, path, language)
            assert "<script>alert" not in text, path
            assert "<i>gold" not in text, path
            # The second template language is the templates' own {{name}}.
            assert ">14<" not in text, path


def test_the_inbox_begins_with_what_is_due_first(
    completed: Callable[..., Any],
    client_of: Callable[..., Client],
    customer_of: Callable[..., Any],
    at_work: Any,
) -> None:
    for n, score in enumerate((5, 1, 6)):
        completed(score, f"words {n}", customer=customer_of(f"C-{n}", name=f"Customer {n}"))
        at_work(10)
    text = page(client_of("north.front_line"), "/cases/")
    # The very low score has the shorter deadline.
    assert text.index("words 1") < text.index("words 0") < text.index("words 2")
    assert "Nothing is late; the next has 1 h 40 min left" in text
    assert "没有逾期工单；最近一张还剩 1 小时 40 分" in page(
        client_of("north.front_line"), "/cases/", "zh-CN"
    )
    at_work(200)
    text = page(client_of("north.front_line"), "/cases/")
    assert "One case is late: call Customer 1 first" in text
    assert "words 1" not in page(client_of("south.front_line"), "/cases/")
    assert "words 2" in page(client_of("north.front_line"), "/cases/?q=Customer+2")
    assert "words 1" not in page(client_of("north.front_line"), "/cases/?q=Customer+2")
    number = Case.objects.latest("id").number
    assert "words 2" in page(client_of("north.front_line"), f"/cases/?q=%23{number}")
    assert "words 0" not in page(client_of("north.front_line"), "/cases/?view=overdue")


def test_a_page_of_the_inbox_follows_the_other(
    completed: Callable[..., Any], client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakend.server.cases import pages

    monkeypatch.setattr(pages, "PAGE", 2)
    for n in range(5):
        completed(3, f"words {n}.")
    Case.objects.filter(response__answers__why__text="words 4.").update(next_due_at=None)
    client, path, seen = client_of("north.front_line"), "/cases/", []
    while path:
        text = page(client, path)
        seen += [n for n in range(5) if f"words {n}." in text]
        _, _, rest = text.partition('rel="next"')
        path = (
            "/cases/" + text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
            if rest
            else ""
        )
    assert seen == [0, 1, 2, 3, 4]
    assert client.get("/cases/?cursor=nonsense").status_code == 422


def test_from_call_to_close_by_the_buttons(case: Case, client_of: Callable[..., Client]) -> None:
    client = client_of("north.front_line")
    at = f"/cases/{case.key}/"
    assert "Call, listen, say sorry." in page(client, at)
    assert "by 2026-03-11 12:00" in page(client, at)  # two hours from ten, by the clock of the site
    assert client.post(f"{at}contact/", {"channel": "phone", "outcome": "sent"}).status_code == 200
    assert client.post(f"{at}contact/", {"channel": "phone", "outcome": "reached"}).status_code == 302
    assert "Put it right" in page(client, at)
    refused = client.post(f"{at}resolve/", {"cause": "waiting", "action": " "})
    assert refused.status_code == 200
    client.post(f"{at}resolve/", {"cause": "waiting", "action": "Mended"})
    assert "Tell the customer what was done." in page(client, at)
    client.post(f"{at}close/")
    assert "Still missing: telling the customer" in page(client, at)
    client.post(f"{at}contact/", {"channel": "phone", "outcome": "reached"})
    assert "Close the case" in page(client, at)
    client.post(f"{at}close/")
    case.refresh_from_db()
    assert case.status == "closed"
    assert "Mended" in page(client, at)


def test_an_anonymous_case_shows_nobody(
    completed: Callable[..., Any], live_survey: Callable[..., Any], client_of: Callable[..., Client]
) -> None:
    response = completed(1, "Rude.", survey=live_survey(anonymous=True))
    case = Case.objects.get()
    text = page(client_of("north.supervisor"), f"/cases/{case.key}/")
    assert "Anonymous answer" in text
    assert response.key not in text
    assert client_of("north.supervisor").get(f"/cases/{case.key}/contact/").status_code == 404


def test_an_analyst_reads_and_gets_no_phone_number(case: Case, client_of: Callable[..., Client]) -> None:
    text = page(client_of("analyst"), f"/cases/{case.key}/")
    assert "13800000000" not in text
    assert "c-1@example.com" not in text
    assert "13800000000" in page(client_of("north.front_line"), f"/cases/{case.key}/")
    assert client_of("analyst").get(f"/cases/{case.key}/contact/").status_code == 403
    assert client_of("south.front_line").get(f"/cases/{case.key}/").status_code == 404


def test_opening_and_deciding_by_form(
    client_of: Callable[..., Client], customer_of: Callable[..., Any], company: Any
) -> None:
    customer_of()
    client = client_of("north.supervisor")
    form = {
        "title": "Broken lift",
        "kind": "repair",
        "severity": "high",
        "place": "north/desk",
        "customer_id": "C-1",
    }
    assert client.post("/cases/new/", form | {"place": "south/desk"}).status_code == 200
    assert client.post("/cases/new/", form).status_code == 302
    case = Case.objects.get()
    assert (case.kind, case.team) == ("repair", company.teams["north"])
    worker = client_of("north.front_line")
    given = {"kind": "refund", "amount": "900", "currency": "CNY", "reason": "fee"}
    assert worker.post(f"/cases/{case.key}/compensate/", given).status_code == 302
    asked = Compensation.objects.get()
    assert "900" in page(client, "/cases/team/")
    assert worker.post(f"/cases/compensation/{asked.key}/decide/", {"approve": "yes"}).status_code == 403
    client.post(f"/cases/compensation/{asked.key}/decide/", {"approve": "yes"})
    asked.refresh_from_db()
    assert asked.status == "granted"


def test_every_setting_can_be_changed_by_form(client_of: Callable[..., Client]) -> None:
    client = client_of("cx_manager")
    for what in ("rules", "sla", "calendars", "causes", "templates", "caps"):
        page(client, f"/cases/settings/{what}/", "zh-CN")
        page(client, f"/cases/settings/{what}/new/")
    entries = (
        *(
            ("rules", "nps-detractor"),
            ("sla", "cn-bank"),
            ("calendars", "china-office"),
            ("causes", "waiting"),
        ),
        *(("templates", "first-mail"), ("caps", "front_line-CNY")),
    )
    for what, code in entries:
        path = f"/cases/settings/{what}/{code}/"
        form = client.get(path).context["form"]
        sent = {name: form[name].value() for name in form.fields}
        data = {
            name: ("on" if value is True else value)
            for name, value in sent.items()
            if value is not None and value is not False
        }
        assert client.post(path, data).status_code == 302, (
            what,
            client.post(path, data).context["form"].errors,
        )
    # Saved as it was: the scale that the score is meant on, the hours, the switch.
    stored = CaseRule.objects.get(code="nps-detractor").conditions["conditions"][0]
    assert (stored["question"], stored["value"], stored["of"]) == ("type:nps", 6, [0, 10])
    assert BusinessCalendar.objects.get().week[0] == [["09:00", "12:00"], ["13:30", "18:00"]]
    client.post("/cases/settings/rules/nps-detractor/turn/", {"active": "0"})
    assert CaseRule.objects.get(code="nps-detractor").active is False
    assert client.get("/cases/settings/nothing/").status_code == 404
    assert client_of("north.supervisor").get("/cases/settings/rules/").status_code == 403


def test_figures_hide_small_bases_and_carry_n(
    completed: Callable[..., Any], client_of: Callable[..., Client]
) -> None:
    completed(3)
    assert "n = 1 · too few to show" in page(client_of("north.supervisor"), "/cases/")
    for _ in range(11):
        completed(3)
    text = page(client_of("north.supervisor"), "/cases/")
    assert "n = 12" in text
    assert "Answer to owner" in text
    assert "Answer to owner" not in page(client_of("north.front_line"), "/cases/")


def test_calendars_warn_where_holidays_are_unknown(client_of: Callable[..., Client]) -> None:
    from datetime import UTC, datetime

    from peakend.server.cases.calendars import china_known_until

    year = china_known_until() + 1
    with clock.at(datetime(year, 3, 1, tzinfo=UTC)):
        assert f"holidays of {year} are not known" in page(
            client_of("administrator"), "/cases/settings/calendars/"
        )


def test_the_team_page_names_the_free_in_one_line(
    completed: Callable[..., Any], client_of: Callable[..., Client], company: Any
) -> None:
    completed(3)
    client = client_of("cx_manager")
    answer = client.get("/cases/team/")
    assert [one.user.name for one in answer.context["loads"]] == ["front_line north"]
    assert "supervisor north" in answer.context["free"]
    assert f"{len(answer.context['free'])} others have none" in answer.content.decode()
    assert "人没有在办工单" in page(client, "/cases/team/", "zh-CN")

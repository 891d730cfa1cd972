"""Inside a site, in a process of its own: make one for `site_faults.py`, and prove what is in it afterwards.

    python bench/site_proof.py prepare|prove given.json

prints one line of JSON. Faults are sentences; none: everything holds.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

REST = ("boards.fold", "notices.spread", "notices.deliver", "sync.bring")
QUESTIONS: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Your visit", "zh": "您的到访"},
    "thanks": {"en": "Your answer has arrived.", "zh": "我们已收到您的回答。"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "item": "recommend",
                    "required": True,
                    "overall": True,
                    "text": {"en": "How likely are you to recommend us?", "zh": "您会推荐我们吗？"},
                },
                {"id": "why", "type": "text", "text": {"en": "Why?", "zh": "为什么？"}},
            ],
        }
    ],
}


def begin() -> None:
    """Django on the site that the environment names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
    import django

    django.setup()


def prepare(given: dict[str, Any]) -> dict[str, Any]:
    """Tables, people, a survey at `places` places, customers, a token of a program and a webhook."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    from peakend.server.acting import clock
    from peakend.server.acting.actors import Role
    from peakend.server.channels.models import Place
    from peakend.server.company.models import Site, Team, Touchpoint
    from peakend.server.customers.models import Customer
    from peakend.server.notices.webhooks import create_webhook
    from peakend.server.people.acting import TOKEN_PREFIX, actor_of_user, digest_of_token
    from peakend.server.people.models import ApiToken, User
    from peakend.server.surveys.models import Survey, SurveyVersion
    from peakend.server.surveys.questionnaire import Questionnaire

    whole = Questionnaire.model_validate(QUESTIONS).model_dump(mode="json")
    survey = Survey.objects.create(name=whole["title"], status="live", draft=whole, programme="visit")
    survey.current = SurveyVersion.objects.create(
        survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=clock.now()
    )
    survey.save()
    touchpoint = Touchpoint.objects.create(code="desk", name="Desk", stage="use")
    sites = [Site.objects.create(code=f"s{n}", name=f"Site {n}") for n in range(3)]
    for site in sites:
        team = Team.objects.create(site=site, code="t", name=f"Team of {site.name}")
        for role in (Role.FRONT_LINE, Role.SUPERVISOR):
            user = User.objects.create_user(f"{role}.{site.code}@example.com", f"{role} {site.code}", role)
            (user.teams if role is Role.FRONT_LINE else user.sites).add(
                team if role is Role.FRONT_LINE else site
            )
    manager = User.objects.create_user("manager@example.com", "Manager", Role.ADMINISTRATOR)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(user=manager, name="bench", digest=digest_of_token(token), actions=["*"])
    Customer.objects.bulk_create(
        Customer(customer_id=f"C{n}", email=f"c{n}@example.com", site=sites[n % 3]) for n in range(200)
    )
    # So many that nobody counts as a robot: all answers come from one address.
    places = [
        Place.objects.create(
            survey=survey, kind="qr", name=f"Poster {n}", site=sites[n % 3], touchpoint=touchpoint
        )
        for n in range(given["places"])
    ]
    if given.get("webhook"):
        create_webhook(
            actor=actor_of_user(manager),
            name="bench",
            url=given["webhook"],
            events=["response.completed", "case.opened"],
        )
    return {"places": [place.key for place in places], "token": token}


def rest() -> list[str]:
    """Let the worker's sweeps come to rest, each round two minutes later: leases and pauses end."""
    from peakend.server.acting import clock
    from peakend.server.answering.models import Response
    from peakend.server.notices.models import Delivery, Event
    from peakend.server.work.worker import run_once

    ahead = timedelta()
    for _ in range(80):
        with clock.at(clock.now() + ahead):
            run_once(only=REST, rounds=5)
        ahead += timedelta(minutes=2)
        waiting = {
            "unfolded": Response.objects.filter(folded=False, state="completed").count(),
            "not in the warehouse": Response.objects.filter(synced=False, state="completed").count(),
            "events": Event.objects.filter(spread=False).count(),
            "deliveries": Delivery.objects.filter(due_at__isnull=False).count(),
        }
        if not any(waiting.values()):
            # Cases may have changed after the last pass.
            with clock.at(clock.now() + ahead):
                run_once(only=["sync.bring"], rounds=3)
            return []
    return [f"the worker does not come to rest: {waiting}"]


def prove(given: dict[str, Any]) -> dict[str, Any]:
    """Compare what was acknowledged (`acknowledged`: key to score) with all that is there."""
    faults = rest()
    acknowledged: dict[str, int] = given["acknowledged"]
    faults += _answers(acknowledged)
    faults += _cases(acknowledged)
    faults += _boards()
    faults += _warehouse()
    from peakend.server.acting.audit import verify
    from peakend.server.answering.models import Response
    from peakend.server.cases.models import Case
    from peakend.server.notices.models import Delivery, Event

    audited = verify()
    if not audited.whole:
        faults.append(f"the audit is broken: {audited}")
    events = list(Event.objects.values_list("key", "name", "subject"))
    for name, subjects in (
        ("response.completed", Response.objects.filter(state="completed").values_list("key", flat=True)),
        ("case.opened", Case.objects.values_list("key", flat=True)),
    ):
        told = Counter(subject for _, event, subject in events if event == name)
        if given.get("webhook") and told != Counter(subjects):
            faults.append(f"{name}: {len(told)} told, {subjects.count()} there, not the same or not once")
    return {
        "faults": faults,
        "events": [event for event in events if event[1] in ("response.completed", "case.opened")],
        "responses": Response.objects.filter(state="completed").count(),
        "cases": Case.objects.count(),
        "tries": sum(Delivery.objects.values_list("attempts", flat=True)),
        "audit": audited.entries,
    }


def _answers(acknowledged: dict[str, int]) -> list[str]:
    from peakend.server.answering.models import Response

    rows = dict(Response.objects.filter(state="completed").values_list("key", "answers"))
    faults = [f"acknowledged and lost: {key}" for key in acknowledged if key not in rows]
    faults += [f"stored and never acknowledged: {key}" for key in rows if key not in acknowledged]
    faults += [
        f"{key} has another score than was sent"
        for key, score in acknowledged.items()
        if key in rows and rows[key]["recommend"]["score"] != score
    ]
    other = Response.objects.exclude(state="completed").count()
    if other:
        faults.append(f"{other} half stored")
    return faults[:20]


def _cases(acknowledged: dict[str, int]) -> list[str]:
    from peakend.server.cases.models import Case

    # A case that gathers the same complaint made four times is nobody's answer.
    repeated = Case.objects.filter(kind="repeat")
    opened = Counter(Case.objects.exclude(kind="repeat").values_list("response__key", flat=True))
    unhappy = Counter(key for key, score in acknowledged.items() if score <= 6)
    faults = [f"no case for {key}" for key in unhappy - opened]
    faults += [f"a case too many for {key}" for key in opened - unhappy]
    faults += [f"{one.key} gathers {one.reports.count()}" for one in repeated if one.reports.count() < 4]
    if len(set(Case.objects.values_list("number", flat=True))) != Case.objects.count():
        faults.append("two cases have one number")
    return faults[:20]


def _boards() -> list[str]:
    from django.db.models import Sum

    from peakend.server.answering.models import Response
    from peakend.server.boards.models import COLUMNS, ScoreCell

    rows = list(Response.objects.filter(state="completed").values_list("place_id", "site_id", "answers"))
    by_place = Counter((place, given["recommend"]["score"]) for place, _, given in rows)
    by_site = Counter((site, given["recommend"]["score"]) for _, site, given in rows)
    faults = []
    for span, lookup, wanted in (("month", "place_id", by_place), ("week", "site_id", by_site)):
        cells = ScoreCell.objects.filter(span=span, question="recommend", option="")
        sums = cells.values(lookup).annotate(**{f"sum_{one}": Sum(one) for one in COLUMNS})
        found = Counter(
            {(cell[lookup], n): cell[f"sum_c{n}"] for cell in sums for n in range(11) if cell[f"sum_c{n}"]}
        )
        if found != wanted:
            faults.append(f"the board by {span} counts {found.total()}, there are {wanted.total()}")
    return faults


def _warehouse() -> list[str]:
    from django.conf import settings

    from peakend.engine import connect
    from peakend.server.answering.models import Response
    from peakend.server.cases.models import Case

    completed = list(Response.objects.filter(state="completed").values_list("key", flat=True))
    wanted = {
        "responses": ("response_id", Counter(completed)),
        "answers": ("response_id", Counter(dict.fromkeys(completed, 2))),
        "cases": ("case_id", Counter(Case.objects.values_list("key", flat=True))),
    }
    faults = []
    with connect(settings.HOME.warehouse) as engine:
        for name, (column, rows) in wanted.items():
            found: Counter[str] = Counter()
            if engine.has_table(name):
                found.update(engine.table(name).to_arrow()[column].to_pylist())
            if found != rows:
                faults.append(
                    f"the warehouse has {found.total()} {name}, the site {rows.total()}; "
                    f"missing {list(rows - found)[:3]}, too many {list(found - rows)[:3]}"
                )
    return faults


if __name__ == "__main__":
    begin()
    given_ = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    print(json.dumps({"prepare": prepare, "prove": prove}[sys.argv[1]](given_)))

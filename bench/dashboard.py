"""A dashboard over a million answers: how fast answers are folded in, and how fast it opens.

    python bench/dashboard.py [--responses 1000000] [--runs 3] [--tail 500]

Completed responses over two years, 20 sites, 40 teams, 10 touchpoints, 4 channels, 2 languages and customers
of 4 tiers (known of those who were written to: by e-mail and personal link) are written at once and folded by
the worker's own sweep; `--tail` more wait unfolded, as in a busy moment.
Then the board and
the start page open in this process, as a browser asks for them (query by query, SQLite unless DATABASE_URL
says otherwise).
Beside it stands what counting anew costs: one query over all responses that only groups the month's
scores. The bound is one CPU second for the first opening; wall time is shown, but the machine may be
shared.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from peakend.server.people.models import User
    from peakend.server.surveys.models import Survey

BOUND_SECONDS = 1.0
TIERS = ("basic", "silver", "gold", "platinum")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUESTIONS: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Visit", "zh": "到访"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "item": "recommend",
                    "overall": True,
                    "text": {"en": "Recommend?"},
                },
                {"id": "ease", "type": "ces", "text": {"en": "Easy?"}},
                {"id": "why", "type": "text", "text": {"en": "Why?"}},
            ],
        }
    ],
}


def begin() -> None:
    """Django on a database of its own."""
    os.environ["PEAKEND_HOME"] = tempfile.mkdtemp(prefix="peakend-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
    os.environ.setdefault("PEAKEND_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def company() -> tuple[User, Survey]:
    """A manager and a survey; sites, teams and touchpoints beside them."""
    from peakend.server.acting.actors import Role
    from peakend.server.company.models import Site, Team, Touchpoint
    from peakend.server.people.models import User
    from peakend.server.surveys.models import Survey, SurveyVersion
    from peakend.server.surveys.questionnaire import Questionnaire

    for number in range(20):
        site = Site.objects.create(code=f"s{number}", name=f"Site {number}")
        for team in range(2):
            Team.objects.create(site=site, code=f"t{team}", name=f"Team {number}.{team}")
    for number in range(10):
        Touchpoint.objects.create(code=f"p{number}", name=f"Touchpoint {number}", position=number)
    whole = Questionnaire.model_validate(QUESTIONS).model_dump(mode="json")
    survey = Survey.objects.create(name={"en": "Visit"}, status="live", draft=whole)
    survey.current = SurveyVersion.objects.create(
        survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=NOW
    )
    survey.save()
    return User.objects.create_user("cx@example.com", "Manager", Role.CX_MANAGER), survey


def answers(survey: Survey, count: int, seed: int, span: int = 730 * 86_400) -> None:
    """`count` completed responses of the last `span` seconds."""
    from peakend.server.answering.models import Response
    from peakend.server.company.models import Team, Touchpoint

    chance = random.Random(seed)
    teams, touchpoints = list(Team.objects.all()), list(Touchpoint.objects.all())
    for start in range(0, count, 20_000):
        rows = []
        for _ in range(min(20_000, count - start)):
            # In the order of time, as answers come.
            team = chance.choice(teams)
            channel = chance.choice(["qr", "email", "link", "kiosk"])
            # A poster and a kiosk do not know who answers. Most customers are of the lowest tier.
            known = channel in ("email", "link")
            tier = chance.choices(TIERS, (6, 4, 2, 1))[0] if known else ""
            at = NOW - timedelta(seconds=span * (1 - (start + len(rows)) / count))
            rows.append(
                Response(
                    survey=survey,
                    version_id=survey.current_id,
                    site_id=team.site_id,
                    team_id=team.pk,
                    touchpoint_id=chance.choice(touchpoints).pk,
                    language=chance.choice(["en", "zh"]),
                    channel=channel,
                    tier=tier,
                    state="completed",
                    answers={
                        "recommend": {
                            "state": "answered",
                            "score": chance.choice([3, 6, 7, 8, 9, 9, 10, 10]),
                        },
                        "ease": {"state": "answered", "score": chance.randint(3, 7)},
                        "why": {
                            "state": "answered",
                            "text": "fast and friendly" if chance.random() < 0.3 else "",
                        },
                    },
                    started_at=at,
                    completed_at=at,
                )
            )
        Response.objects.bulk_create(rows, batch_size=2_000)


def opening(client: Client, path: str) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds and queries of one opening."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    began, worked = time.perf_counter(), time.process_time()
    response = client.get(path)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return seconds, worked, len(queries)


def anew(survey: Survey) -> Callable[[], object]:
    """Counting the scores of a year by month and touchpoint from the responses themselves."""
    from django.db.models import Count
    from django.db.models.fields.json import KeyTransform
    from django.db.models.functions import TruncMonth

    from peakend.server.answering.models import Response

    rows = Response.objects.filter(
        survey=survey, state="completed", completed_at__gte=NOW - timedelta(days=395)
    )
    score = KeyTransform("score", KeyTransform("recommend", "answers"))
    grouped = rows.annotate(month=TruncMonth("completed_at"), given=score).order_by()
    return lambda: len(grouped.values_list("month", "touchpoint_id", "given").annotate(n=Count("pk")))


def timed(run: Callable[[], object]) -> float:
    """CPU seconds of `run`: the embedded database works in this process, and the machine may be shared."""
    began = time.process_time()
    run()
    return time.process_time() - began


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tail", type=int, default=500)
    given = parser.parse_args()
    begin()
    from django.test import Client

    from peakend.server.acting import clock
    from peakend.server.boards.folding import fold
    from peakend.server.boards.models import ScoreCell

    manager, survey = company()
    answers(survey, given.responses, seed=1)
    with clock.at(NOW):
        folding = timed(lambda: list(iter(fold, 0)))
        answers(survey, given.tail, seed=2, span=3_600)
        client = Client(SERVER_NAME="localhost")
        client.force_login(manager)
        client.get("/sign-in/")  # the process has begun: it knows its addresses
        pages = {
            "board": f"/dashboards/{survey.key}/",
            "by week": f"/dashboards/{survey.key}/?unit=week",
            "start page": "/",
        }
        first = {name: opening(client, path) for name, path in pages.items()}
        again = {
            name: statistics.median(timed(lambda path=path: client.get(path)) for _ in range(given.runs))
            for name, path in pages.items()
        }
        scanning = statistics.median(timed(anew(survey)) for _ in range(given.runs))
    print(f"{given.responses:,} responses folded: {folding:.1f} CPU s, {given.responses / folding:,.0f}/s")
    print(f"{ScoreCell.objects.count():,} cells; {given.tail} responses wait unfolded\n")
    print(
        "| page | first, wall s | first, CPU s | again, CPU s | queries | × counting anew |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    for name in pages:
        wall, cpu, queries = first[name]
        ratio = again[name] / scanning
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {again[name]:.3f} | {queries} | {ratio:.3f} |")
    print(f"| counting anew, one query | | | {scanning:.3f} | 1 | 1 |")
    measure.judge(
        [f"{name} takes {cpu:.2f} CPU s" for name, (_, cpu, _) in first.items() if cpu >= BOUND_SECONDS]
    )


if __name__ == "__main__":
    main()

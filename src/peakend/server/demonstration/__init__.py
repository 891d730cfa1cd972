"""A company one can play with: an airline with people in every role, surveys, answers and cases."""

from __future__ import annotations

from collections.abc import Iterator

from peakend.server.acting.actors import role_name
from peakend.server.web.say import say, told

__all__ = ["fill"]


def fill() -> Iterator[str]:
    """Fill an empty site; lines to print. A site that has people already is left as it is."""
    from django.db import transaction

    from peakend.server.acting import clock
    from peakend.server.cases import catalogue
    from peakend.server.demonstration import answers, company, improving, letters, lounge, source, staff
    from peakend.server.home import home
    from peakend.server.people.models import User

    if not User.objects.exists():
        now = clock.now()
        airline = source.made(home().warehouse, now)
        # All or nothing; and one wait for the disk instead of thousands.
        with transaction.atomic():
            company.build(airline)
            trips = lounge.planted(airline.trips, now)
            count = answers.collect(airline, trips, now)
            cases = staff.work(now, set(catalogue.causes()))
            count += letters.settle(now)
            improving.go_on(trips, now)
        yield say(
            "A simulated airline: {answers} answers, {cases} cases.",
            "一家模拟的航空公司：{answers} 份应答，{cases} 个工单。",
            answers=count,
            cases=sum(cases.values()),
        )
    for door in company.doors():
        yield f"  {told(role_name(door.role))}: {door.email}"
    yield say(
        "The password of everybody is {password}", "所有人的密码都是 {password}", password=company.PASSWORD
    )

"""The ledger's rule by itself: whatever is tried, nobody is written to more often than the cap."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.server.channels.ledger import REASONS, Contact, History, Rules, reason_words, verdict

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)  # 12:00 in Shanghai
AWAKE = time(0), time(0)
# A busy machine is no fault of the rule.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


@PATIENT
@given(
    most=st.integers(0, 5),
    days=st.integers(1, 40),
    gaps=st.lists(st.integers(0, 20 * 24 * 60), max_size=60),
    kinds=st.lists(st.sampled_from(["survey", "reminder", "recovery"]), min_size=60, max_size=60),
    surveys=st.lists(st.sampled_from(["a", "b", "c"]), min_size=60, max_size=60),
)
def test_no_window_holds_more_contacts_than_the_cap(
    most: int, days: int, gaps: list[int], kinds: list, surveys: list[str]
) -> None:
    rules = Rules(most, days, 0, False, 0, *AWAKE)
    now, contacts = NOON, []
    for gap, kind, survey in zip(gaps, kinds, surveys, strict=False):
        now += timedelta(minutes=gap)
        said = verdict(History(survey, kind, tuple(contacts)), rules, now)
        if said.outcome == "send":
            contacts.append(Contact(now, survey, kind))
        else:
            assert said.reason == "cap"
    for first in contacts:
        inside = [one for one in contacts if first.at <= one.at < first.at + timedelta(days=days)]
        assert len(inside) <= most


@PATIENT
@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"]),
    start=st.times(),
    end=st.times(),
)
def test_quiet_hours_delay_and_end(now: datetime, zone: str, start: time, end: time) -> None:
    now = now.replace(tzinfo=UTC)
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    rules = Rules(quiet_from=start, quiet_to=end)
    said = verdict(History(timezone=zone), rules, now)
    if said.outcome == "send":
        return
    assert (said.outcome, said.reason) == ("delay", "quiet_hours")
    assert said.until is not None
    assert now < said.until <= now + timedelta(hours=26)
    assert said.until.astimezone(ZoneInfo(zone)).utcoffset() is not None


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (History(), ""),
        (History(refused=True), "refused"),
        (History(has_address=False), "no_address"),
        (History(bounced=True), "bounced"),
        (History(asked_about_event=True), "event"),
        (History(open_case=True), "complaint"),
        (History(open_case=True, kind="recovery"), ""),
        (History(last_answer=_ago(3)), "answered"),
        (History(last_answer=_ago(14)), ""),
        (History(last_answer=_ago(3), kind="recovery"), ""),
        (History("s", contacts=(Contact(_ago(80), "s"),)), "repeat"),
        (History("s", contacts=(Contact(_ago(80), "other"),)), ""),
        (History("s", "reminder", contacts=(Contact(_ago(5), "s"),)), ""),
        (History("s", "recovery", contacts=tuple(Contact(_ago(n)) for n in (1, 2, 3))), "cap"),
        (History("s", contacts=tuple(Contact(_ago(n)) for n in (1, 2, 30))), ""),
    ],
)
def test_each_reason(history: History, reason: str) -> None:
    said = verdict(history, Rules(), NOON)
    assert said.reason == reason
    assert (said.outcome == "send") is (reason == "")
    if reason:
        words = reason_words(reason, said.details)
        assert "{" not in words.en + words.zh
        assert reason in REASONS


def test_the_night_is_the_customers_own() -> None:
    rules = Rules(quiet_from=time(21), quiet_to=time(8))
    assert verdict(History(timezone="Asia/Shanghai"), rules, NOON).outcome == "send"
    said = verdict(History(timezone="America/New_York"), rules, NOON)  # midnight there
    assert said.until == datetime(2026, 5, 4, 12, tzinfo=UTC)  # 8:00 there

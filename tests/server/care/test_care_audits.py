"""An audit yields four scores, hard by soft, the environment and what was done for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.care.selectors import audits as found
from peakend.server.care.services.audits import record_audit
from peakend.server.care.words import ENVIRONMENT, FACTORS
from peakend.server.notices.models import Notification

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)


def audited(company: Any, who: str = "north.supervisor", **more: Any) -> Any:
    fields: dict[str, Any] = {
        "site": "north",
        "on": date(2026, 11, 10),
        "hard": 9,
        "soft": 8,
        "factors": {code: {"score": 6, "evidence": "seen"} for code in FACTORS},
        "environment": {code: {"score": 7, "evidence": ""} for code in ENVIRONMENT},
        "measures": [{"what": "Workshop", "held_on": date(2026, 10, 1), "invited": 12, "attended": 9}],
    }
    with clock.at(NOW):
        return record_audit(actor=company.actor(who), **{**fields, **more})


def test_an_audit_yields_four_scores_and_both_parts_of_evenness(company: Any) -> None:
    result = found.result(audited(company))
    assert {code: one.score for code, one in result.factors.items()} == dict.fromkeys(FACTORS, 6)
    assert result.care == pytest.approx(7.2)
    assert (result.environment_mean, result.held, result.alarming) == (7, 1, False)


def test_hard_care_without_a_soft_side_is_none_and_somebody_is_told(
    company: Any, client_of: Callable[..., Client]
) -> None:
    made = audited(company, hard=10, soft=0)
    assert found.result(made).care == 0
    told = set(Notification.objects.values_list("user__email", flat=True))
    assert told == {"cx_manager@example.com"}  # the auditor knows
    text = client_of("north.supervisor").get(f"/care/audits/{made.key}/").content.decode()
    assert "is lost on them" in text


def test_the_trend_shows_what_changed_since_the_audit_before(company: Any) -> None:
    audited(company, on=date(2026, 5, 1), soft=5)
    later = {code: {"score": 8, "evidence": "seen"} for code in FACTORS}
    made = audited(company, factors=later)
    (now, change), (then, nothing) = found.trend(made)
    assert now.audit == made
    assert nothing is None
    assert then.audit.on == date(2026, 5, 1)
    assert change is not None
    assert change["marketing"] == 2
    assert change["care"] == pytest.approx(7.2 - 4.5)


def test_sites_without_a_recent_audit_are_named_and_what_was_not_recorded(
    company: Any, client_of: Callable[..., Client]
) -> None:
    audited(company, measures=[], environment={})
    audited(company, "south.supervisor", site="south", on=date(2026, 1, 5))
    with clock.at(NOW):
        states = {one.site.code: one for one in found.sites(company.actor("cx_manager"))}
        text = client_of("cx_manager").get("/care/audits/").content.decode()
    assert states["north"].recent
    assert states["north"].lacks == ["environment", "measures"]
    assert not states["south"].recent
    assert states["south"].lacks == []
    assert "Sites without a recent audit: 1" in text
    assert "South Terminal" in text
    assert [one.site.code for one in found.sites(company.actor("north.supervisor"))] == ["north"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"soft": 11},
        {"hard": float("nan")},
        {"on": date(2026, 11, 17)},
        {"factors": {"marketing": {"score": 6, "evidence": "seen"}}},
        {"factors": {code: {"score": 6, "evidence": " "} for code in FACTORS}},
        {"environment": {"carpet": {"score": 6, "evidence": ""}}},
        {"environment": {"clean": {"score": -1, "evidence": ""}}},
        {"measures": [{"what": "x", "held_on": None, "invited": 1, "attended": 2}]},
        {"measures": [{"what": " ", "held_on": None, "invited": 0, "attended": 0}]},
    ],
)
def test_an_audit_that_says_too_little_or_too_much_is_refused(company: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        audited(company, **wrong)


def test_one_audit_a_day_and_only_of_ones_own_site(company: Any) -> None:
    made = audited(company)
    with pytest.raises(ConflictError):
        audited(company)
    with pytest.raises(NotFoundError):
        audited(company, "south.supervisor")
    with pytest.raises(NotAllowedError):
        audited(company, "north.front_line")
    with pytest.raises(NotFoundError):
        found.get_audit(company.actor("south.supervisor"), made.key)


def test_the_form_records_the_whole_audit(company: Any, client_of: Callable[..., Client]) -> None:
    sent: dict[str, Any] = {"site": "north", "on": "2026-11-10", "hard": "8", "soft": "7", "note": ""}
    for code in FACTORS:
        sent |= {f"factor_{code}": "5", f"factor_{code}_evidence": "seen"}
    sent |= {"environment_clean": "9", "measure1_what": "Workshop", "measure1_invited": "4"}
    client = client_of("north.supervisor")
    with clock.at(NOW):
        answer = client.post("/care/audits/new/", sent)
        assert answer.status_code == 302
        text = client.get(answer["Location"]).content.decode()
        assert client.post("/care/audits/new/", {**sent, "soft": "70"}).status_code == 422
        assert client.post("/care/audits/new/", {**sent, "factor_marketing": ""}).status_code == 422
    assert "5.6" in text
    assert "Workshop" in text

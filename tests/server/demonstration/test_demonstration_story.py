"""The demonstration has a story in it that a manager can find, and everything else a company has."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import Role, system

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.plugin import DjangoDbBlocker

    from peakend.server.acting.actors import Actor
    from peakend.server.answering.models import Response

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """The whole demonstration, filled once for the module and rolled back after it."""
    from django.conf import settings
    from django.db import transaction

    from peakend.server import demonstration

    home = tmp_path_factory.mktemp("demonstration")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("PEAKEND_HOME", str(home))
        patch.setattr(settings, "MEDIA_ROOT", str(home / "media"))
        list(demonstration.fill())
        yield home
        transaction.set_rollback(True)


@pytest.fixture
def manager(filled: Path) -> Actor:
    from peakend.server.people.acting import actor_of_user
    from peakend.server.people.models import User

    return actor_of_user(User.objects.get(role=Role.CX_MANAGER))


def answers(tiers: tuple[str, ...], begins: float, ends: float) -> list[Response]:
    """Answers to the survey of the trip of customers in `tiers`, from `begins` to `ends` days ago."""
    from peakend.server.answering.models import Response

    now = clock.now()
    rows = Response.objects.filter(
        survey__programme="visit",
        state="completed",
        customer__tier__in=tiers,
        completed_at__gte=now - timedelta(days=begins),
        completed_at__lt=now - timedelta(days=ends),
    )
    return list(rows)


def mean(rows: list[Response], question: str) -> float:
    given = [row.answers.get(question) or {} for row in rows]
    return fmean(one["score"] for one in given if one.get("score") is not None)


def test_the_lounge_fell_among_the_most_valuable_alone_and_in_none_of_its_parts(filled: Path) -> None:
    from peakend.server.demonstration.lounge import MENDED, PARTS, SWAPPED, TIERS

    before, swapped = answers(TIERS, 60, SWAPPED + 0.1), answers(TIERS, SWAPPED - 0.1, MENDED + 0.1)
    assert mean(swapped, "lounge") < mean(before, "lounge") - 1
    assert mean(swapped, "recommend") < mean(before, "recommend")
    for part in PARTS:
        assert abs(mean(swapped, part) - mean(before, part)) < 0.4
    others = ("Silver", "Basic")
    quiet = mean(answers(others, SWAPPED - 0.1, MENDED + 0.1), "lounge")
    assert abs(quiet - mean(answers(others, 60, SWAPPED + 0.1), "lounge")) < 0.7


def test_their_words_name_the_drink_and_only_since_it_was_swapped(filled: Path) -> None:
    from peakend.server.demonstration.lounge import SWAPPED, TIERS, names_the_drink

    def about(rows: list[Response]) -> int:
        return sum(names_the_drink((row.answers.get("why") or {}).get("text", "")) for row in rows)

    everybody = (*TIERS, "Silver", "Basic")
    assert about(answers(TIERS, SWAPPED, 0)) >= 15
    assert about(answers(everybody, 80, SWAPPED)) == 0
    assert about(answers(("Silver", "Basic"), 80, 0)) == 0


def test_the_topic_of_the_lounge_has_cause_owner_cost_evidence_and_a_verdict(manager: Actor) -> None:
    from peakend.server.improvement.selectors.broadcasts import public_broadcasts
    from peakend.server.improvement.selectors.outer_loop import topics

    topic = topics(manager).get(touchpoint__code="lounge")
    assert topic.owner is not None
    assert topic.cause
    assert len(topic.whys) >= 3
    assert topic.points.count() == 1, "it came from a huddle"
    assert topic.evidence.exclude(case=None).count() >= 3
    change = topic.changes.get()
    assert (change.status, change.verdict) == ("approved", "win_win")
    assert change.cost
    assert (topic.status, topic.review_verdict) == ("checked", "partly")
    assert "n =" in topic.review_result
    told = public_broadcasts().get(topic=topic)
    read = told.receipts.exclude(read_at=None).count()
    assert 0 < read < told.receipts.count(), "some have read it and some not"


def test_the_verdict_says_what_the_answers_say(manager: Actor) -> None:
    from peakend.server.demonstration.lounge import MENDED, SWAPPED, TIERS
    from peakend.server.improvement.selectors.outer_loop import topics

    topic = topics(manager).get(touchpoint__code="lounge")
    swapped = mean(answers(TIERS, SWAPPED, MENDED), "lounge")
    assert f"{swapped:.1f}" in topic.review_result


def test_a_team_has_an_open_huddle_with_an_agenda_and_minutes_of_the_ones_before(manager: Actor) -> None:
    from peakend.server.improvement.selectors.huddles import agenda, huddles

    opened = huddles(manager).get(status="open")
    drawn = agenda(opened)
    assert drawn.answers
    assert drawn.agreed
    closed = huddles(manager).filter(status="closed", team=opened.team)
    assert closed.count() >= 2
    assert all(one.points.exists() and one.attended.exists() for one in closed)


def test_most_cases_are_put_right_a_few_wait_and_hardly_any_is_late(filled: Path) -> None:
    from peakend.server.cases.models import Case

    counts = Counter(Case.objects.values_list("status", flat=True))
    waiting = sum(n for status, n in counts.items() if status != "closed")
    assert counts["closed"] > 100
    assert 4 <= waiting <= 25
    late = Case.objects.exclude(status="closed").filter(next_due_at__lt=clock.now()).count()
    assert late * 2 <= waiting
    assert Case.objects.filter(touchpoint__code="lounge", customer__tier="Gold").exists()


def test_a_visit_is_done_with_its_photograph_and_another_is_planned(manager: Actor) -> None:
    from peakend.server.improvement.selectors.visits import visits

    done = visits(manager).filter(status="finished", verdict="passed").get()
    assert done.photos.count() == 1
    assert visits(manager).filter(status="planned").exists()


@pytest.mark.parametrize("what", ["standards", "goals", "schemes", "notes", "comments", "changes", "cycles"])
def test_no_page_of_improvement_is_empty(what: str, manager: Actor) -> None:
    from peakend.server.improvement import models

    names: dict[str, Any] = {
        "standards": models.Standard,
        "goals": models.Goal,
        "schemes": models.Scheme,
        "notes": models.Note,
        "comments": models.Comment,
        "changes": models.ChangeRequest,
        "cycles": models.LoopCycle,
    }
    assert names[what].objects.exists()


def test_the_ledger_has_everything_that_was_sent_and_reasons_for_what_was_not(manager: Actor) -> None:
    from peakend.server.channels import selectors
    from peakend.server.channels.models import Invitation

    since = clock.now() - timedelta(days=365)
    # Calls stand in it too; they are no invitations.
    sent = selectors.contacts(manager, outcome="sent").exclude(channel="phone").count()
    assert sent == Invitation.objects.exclude(sent_at=None).count()
    assert len(selectors.reasons(selectors.contacts(manager), since)) >= 4
    assert not Invitation.objects.filter(status="waiting").exists()


def test_nobody_is_asked_line_after_line(filled: Path) -> None:
    from peakend.server.channels.models import Invitation

    asked = Counter(Invitation.objects.filter(purpose="survey").values_list("customer_id", flat=True))
    assert fmean(asked.values()) < 1.5


def test_a_view_of_the_lounge_among_gold_members_is_shared(manager: Actor) -> None:
    from peakend.server.boards.views import views

    kept = [view.filters for view in views(manager) if view.role == "everybody" and "gold" in view.name]
    assert kept
    assert all(filters["item"] and filters.get("tier", "Gold") == "Gold" for filters in kept)


def test_customers_have_tiers(filled: Path) -> None:
    from peakend.server.customers.models import Customer

    tiers = Counter(Customer.objects.values_list("tier", flat=True))
    assert {"Basic", "Silver", "Gold", "Platinum"} <= set(tiers)
    assert not tiers[""]


def test_a_place_fell_silent_and_the_others_are_answered(manager: Actor) -> None:
    from peakend.server.channels import selectors
    from peakend.server.channels.figures import figures

    silent = [one.silent for one in figures(selectors.places(manager))]
    assert silent.count(True) == 1
    assert len(silent) > 3


def test_one_promise_is_kept_and_one_is_hollow_and_stays_a_draft(filled: Path) -> None:
    from peakend.server.promises.models import Promise
    from peakend.server.promises.selectors import affordability, kept_of, last_version

    entry, vip = (Promise.objects.get(code=code) for code in ("gold-lounge", "card-vip-lounge"))
    assert affordability(entry, last_version(entry)).verdicts == ("affordable",)
    kept = kept_of(entry.uses.all())
    assert 10 < kept.kept < kept.n
    assert entry.uses.values("site").distinct().count() > 1
    assert vip.status == "draft"
    assert affordability(vip, last_version(vip)).verdicts == ("hollow", "affordable")


def test_standards_cover_the_grid_but_for_one_gap(filled: Path) -> None:
    from peakend.server.care.models import CareItem
    from peakend.server.care.words import EXCHANGE, SCOPES

    held = set(CareItem.objects.values_list("stage", "scope"))
    assert {(a, b) for a in EXCHANGE for b in SCOPES} - held == {("design", "after_sales")}


def test_every_tier_but_one_has_a_goal(filled: Path) -> None:
    from peakend.server.care.models import ClassGoal
    from peakend.server.customers.models import Customer

    tiers = set(Customer.objects.values_list("tier", flat=True))
    assert tiers - set(ClassGoal.objects.values_list("tier", flat=True)) == {"Basic"}


def test_two_sites_were_audited_on_different_days_and_one_is_alarming(filled: Path) -> None:
    from peakend.server.care.models import CareAudit
    from peakend.server.care.score import is_alarming

    audits = list(CareAudit.objects.all())
    assert len({one.site_id for one in audits}) == len({one.on for one in audits}) == 2
    assert [is_alarming(one.soft) for one in audits].count(True) == 1


def test_the_calendar_has_a_rule_before_during_and_after_and_the_worker_adds_no_flood(filled: Path) -> None:
    from peakend.server.care.models import CareRule, CareTask
    from peakend.server.care.tasks import run_calendar

    assert set(CareRule.objects.values_list("stage", flat=True)) == {"before", "during", "after"}
    run_calendar(system("worker"))
    assert {"open", "done"} <= set(CareTask.objects.values_list("status", flat=True))
    assert CareTask.objects.count() < 30


def test_both_suggestions_reach_some_gold_member(manager: Actor) -> None:
    from peakend.server.answering.models import Response
    from peakend.server.care.models import SuggestionRule
    from peakend.server.care.services.suggestions import look_at_profile

    gold = Response.objects.filter(customer__tier="Gold", survey__programme="visit", state="completed")
    found: set[int] = set()
    for customer in gold.values_list("customer__customer_id", flat=True)[:60]:
        profile = look_at_profile(actor=manager, customer=customer)
        found |= {one.rule.pk for one in profile.suggestions}
    assert found == set(SuggestionRule.objects.values_list("pk", flat=True))
    assert len(found) == 2


def test_money_without_effect_is_said_to_have_had_none(filled: Path) -> None:
    from peakend.server.initiatives.models import Initiative

    null = Initiative.objects.get(touchpoint__code="meals")
    assert null.result["verdict"] in ("no_effect", "cannot_tell")
    drink = Initiative.objects.get(touchpoint__code="lounge")
    assert drink.result["verdict"] in ("worked", "cannot_tell", "few"), "few have answered since"
    for one in (null, drink):
        assert one.made_at.date() < one.after_to, "set down before its result"
        assert one.spends.exists()


def test_the_campaign_held_some_out_and_says_what_it_was_worth(filled: Path) -> None:
    from peakend.server.initiatives.models import Campaign
    from peakend.server.initiatives.selectors.winback import mix, result

    campaign = Campaign.objects.get()
    found = result(campaign)
    assert found is not None
    assert {arm.arm: arm.n for arm in found.arms} == {"treated": 36, "held": 24}
    assert found.verdict == "worked"
    assert {one.contact for one in mix(campaign)} == {"contacted"}

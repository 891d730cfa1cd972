"""Promises keep their history, go out only when checked, and alert once when they are broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.cases.models import Case
from peakend.server.notices.models import Notification
from peakend.server.promises import selectors as found
from peakend.server.promises.models import Promise
from peakend.server.promises.services.launching import end, launch, record_use
from peakend.server.promises.services.writing import edit_promise, revise
from server.promises.conftest import KEPT_ITEMS, NOW, VIP, VIP_ITEMS, item


def use(company: Any, promise: Any, kept: bool, who: str = "north.front_line", **more: Any) -> Any:
    reason = "" if kept else "no_capacity"
    return record_use(
        **{
            **{"actor": company.actor(who), "promise": promise.key, "kept": kept, "reason": reason},
            **{"site": who.split(".")[0], **more},
        }
    )


def test_a_hollow_promise_is_launched_only_with_a_written_reason(company: Any, vip: Any) -> None:
    promise, manager = vip(), company.actor("cx_manager")
    with pytest.raises(ConflictError, match="hollow"):
        launch(actor=manager, promise=promise.key, reason="  ")
    promise.refresh_from_db()
    assert promise.status == "draft"
    launched = launch(actor=manager, promise=promise.key, reason="The campaign is printed")
    assert (launched.status, launched.launched_by_id) == ("launched", manager.user_id)
    entry = AuditEntry.objects.get(action="promises.overridden")
    assert entry.data["reason"] == "The campaign is printed"
    assert entry.data["verdicts"] == ["hollow"]
    assert promise.versions.get().override_by_id == manager.user_id


def test_frequent_fliers_make_an_uncapped_promise_unaffordable(company: Any, vip: Any, visits: Any) -> None:
    visits([24] * 40 + [1] * 10, idle=50)
    free = [item("visits", "number", "unlimited", "unlimited", caps_uses=True)]
    promise = vip(free, observed=True, tiers=["gold"])
    with clock.at(NOW):
        check = found.affordability(promise, found.last_version(promise))
        assert check.verdicts == ("unaffordable",)
        assert check.usage is not None
        assert check.usage.source == "observed"
        assert check.usage.share.likely == 0.5
        assert check.usage.frequent == pytest.approx(24, rel=0.01)
        with pytest.raises(ConflictError, match="unaffordable"):
            launch(actor=company.actor("cx_manager"), promise=promise.key)
        # The same usage under terms of once a year can be paid, and is hollow.
        revise(
            actor=company.actor("cx_manager"),
            promise=promise.key,
            version={**VIP, "observed": True, "tiers": ["gold"]},
            items=VIP_ITEMS,
        )
        again = found.get_promise(company.actor("cx_manager"), promise.key)
        check = found.affordability(again, found.last_version(again))
    assert check.verdicts == ("hollow", "affordable")
    assert check.delivered_frequent == pytest.approx(1 / 24, rel=0.01)


def test_only_eligible_tiers_and_whole_periods_are_observed(company: Any, vip: Any, visits: Any) -> None:
    visits([2] * 30, idle=30)
    visits([9] * 30, tier="silver")
    promise = vip(observed=True, tiers=["gold"])
    with clock.at(NOW):
        usage = found.observed(promise, found.last_version(promise))
        assert usage is not None
        assert (usage.customers, usage.share.likely) == (60, 0.5)
    with clock.at(NOW - timedelta(days=345)):
        assert found.observed(promise, found.last_version(promise)) is None
    with pytest.raises(InvalidError):
        vip(code="nowhere", observed=True, head={"touchpoint": None})


def test_a_kept_and_affordable_promise_is_launched_without_a_word(company: Any, kept: Any) -> None:
    assert kept.status == "launched"
    assert not AuditEntry.objects.filter(action="promises.overridden").exists()
    with clock.at(NOW), pytest.raises(ConflictError):
        launch(actor=company.actor("cx_manager"), promise=kept.key)


def test_changed_terms_keep_the_former_version_and_say_from_when(company: Any, kept: Any) -> None:
    manager, later = company.actor("cx_manager"), date(2026, 12, 1)
    with clock.at(NOW):
        with pytest.raises(ConflictError, match="hollow"):
            revise(actor=manager, promise=kept.key, version=VIP, items=VIP_ITEMS, in_force_from=later)
        revise(
            actor=manager,
            promise=kept.key,
            version=VIP,
            items=VIP_ITEMS,
            in_force_from=later,
            change_note="The partner charges more",
            reason="Contract ends",
        )
        seen = found.get_promise(manager, kept.key)
        assert found.version_on(seen, found.today()).number == 1
        assert found.version_on(seen, later).number == 2
        assert [len(one.items.all()) for one in seen.versions.all()] == [4, 1]
        with pytest.raises(InvalidError):
            revise(
                actor=manager,
                promise=kept.key,
                version=VIP,
                items=KEPT_ITEMS,
                in_force_from=date(2026, 11, 20),
            )


def test_a_draft_cannot_smuggle_in_a_later_hollow_version(company: Any, vip: Any) -> None:
    manager, draft = company.actor("cx_manager"), vip(KEPT_ITEMS, uses_high=12.0)
    later = found.today() + timedelta(days=30)
    revise(actor=manager, promise=draft.key, version=VIP, items=VIP_ITEMS, in_force_from=later)
    with pytest.raises(ConflictError, match="hollow"):
        launch(actor=manager, promise=draft.key)


def test_a_promise_broken_too_often_alerts_its_owner_once(company: Any, kept: Any) -> None:
    with clock.at(NOW):
        for n in range(30):
            use(company, kept, kept=n % 2 == 0)
    told = Notification.objects.get()
    assert told.user == company.users["cx_manager"]
    assert told.url == f"/promises/{kept.key}/"
    kept.refresh_from_db()
    assert kept.alerted_at is not None
    with clock.at(NOW + timedelta(days=100)):
        use(company, kept, kept=True)  # the bad weeks are long past
        kept.refresh_from_db()
        assert kept.alerted_at is None


def test_a_kept_promise_alerts_nobody(company: Any, kept: Any) -> None:
    with clock.at(NOW):
        for n in range(60):
            use(company, kept, kept=n % 12 != 5)
    assert not Notification.objects.exists()


def test_uses_belong_to_the_sites_one_reaches(company: Any, kept: Any) -> None:
    with clock.at(NOW):
        use(company, kept, kept=True)
        use(company, kept, kept=False, who="south.front_line")
        with pytest.raises(NotFoundError):
            use(company, kept, kept=True, site="south")
        for who, n in (("north.supervisor", 1), ("south.front_line", 1), ("analyst", 2)):
            assert found.kept_of(found.uses(company.actor(who))).n == n
        with pytest.raises(NotAllowedError):
            use(company, kept, kept=True, who="analyst", site="north")


def test_a_use_may_name_a_case_one_may_see(company: Any, kept: Any) -> None:
    made = [
        Case.objects.create(number=n, title="x", site=company.sites[site], opened_at=NOW)
        for n, site in ((71, "north"), (72, "south"))
    ]
    with clock.at(NOW):
        supervisor = "north.supervisor"
        assert use(company, kept, kept=False, who=supervisor, case=" #71 ").case == made[0]
        assert use(company, kept, kept=False, who=supervisor, case=made[0].key).case == made[0]
        for case in ("72", made[1].key, "9" * 40, "٣"):
            with pytest.raises(NotFoundError):
                use(company, kept, kept=False, who=supervisor, case=case)


def test_a_use_lies_between_launch_and_end(company: Any, kept: Any, vip: Any) -> None:
    with clock.at(NOW):
        for day in (found.today() - timedelta(days=1), found.today() + timedelta(days=1)):
            with pytest.raises(InvalidError):
                use(company, kept, kept=True, day=day)
        with pytest.raises(InvalidError):
            use(company, kept, kept=False, reason="because")
        with pytest.raises(NotFoundError):  # the front line does not see drafts
            use(company, vip(), kept=True)
        with pytest.raises(ConflictError):
            use(company, Promise.objects.get(code="vip"), kept=True, who="north.supervisor")
        end(actor=company.actor("cx_manager"), promise=kept.key)
    with clock.at(NOW + timedelta(days=3)), pytest.raises(InvalidError):
        use(company, kept, kept=True)
    with pytest.raises(ConflictError):
        end(actor=company.actor("cx_manager"), promise=kept.key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_cost": Decimal(-1)},
        {"budget_year": Decimal(10) ** 13},
        {"eligible_customers": -5},
        {"eligible_customers": 10**15},
        {"capacity_month": 2**40},
        {"share_high": 1.5},
        {"share_low": float("nan")},
        {"uses_high": float("inf")},
        {"uses_low": 7.0},
        {"uses_likely": None},
        {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 4, 30)},
        {"claim_zh": " "},
        {"channels": [str(n) for n in range(30)]},
    ],
)
def test_what_cannot_be_is_refused(vip: Callable[..., Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        vip(**wrong)
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        [item("a", "number", "lots", "1")],
        [item("a", "number", "", "")],
        [item("a", "yes_no", "1", "1", caps_uses=True)],
        [item("a", "number", "1", "1", caps_uses=True)] * 2,
        [item("a", "number", "1", "1")] * 21,
        [item("", "number", "1", "1")],
        [item("a", "colour", "1", "1")],
        [item("a", "number", "1", "1", "sideways")],
    ],
)
def test_items_that_say_nothing_or_nonsense_are_refused(vip: Callable[..., Any], wrong: Any) -> None:
    with pytest.raises(InvalidError):
        vip(wrong)


def test_a_code_is_given_once(vip: Callable[..., Any]) -> None:
    vip()
    with pytest.raises(ConflictError):
        vip()
    with pytest.raises(InvalidError):
        vip(code="a b")


def test_the_head_changes_without_a_new_version(company: Any, vip: Any) -> None:
    promise = vip()
    changed = edit_promise(
        actor=company.actor("cx_manager"),
        promise=promise.key,
        name_en="VIP room",
        name_zh="贵宾室",
        owner=company.users["analyst"].key,
        kept_at_least=0.8,
    )
    assert (changed.owner, changed.versions.count()) == (company.users["analyst"], 1)
    with pytest.raises(InvalidError):
        edit_promise(
            actor=company.actor("cx_manager"), promise=promise.key, name_en="x", name_zh="y", kept_at_least=0
        )

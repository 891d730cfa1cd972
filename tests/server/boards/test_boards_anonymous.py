"""Differencing: whoever has every figure an anonymous survey ever published cannot work out fewer than ten
people.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import SiteError
from peakend.server.answering.models import Response
from peakend.server.boards.behind import NoListError, anonymous_words, answered
from peakend.server.boards.counting import items_of_versions
from peakend.server.boards.dashboards import dashboard
from peakend.server.boards.folding import fold, unfold
from peakend.server.boards.models import ScoreCell
from peakend.server.boards.options import read_options
from peakend.server.boards.protecting import CUTS, FixedCutsError, publish
from peakend.server.boards.subjects import get_board

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey
    from server.conftest import Company

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 9, 1, 9, tzinfo=UTC)


def answer(survey: Survey, company: Company, at: datetime, score: int, **about: Any) -> Response:
    return Response.objects.create(
        survey=survey,
        version=survey.current,
        site=company.sites[about.get("site", "north")],
        touchpoint=company.touchpoints[about.get("touchpoint", "lounge")],
        language=about.get("language", "en"),
        channel=about.get("channel", "qr"),
        # Nothing writes it to such a row. If something did, it still would not be published.
        tier=about.get("tier", "gold" if score % 2 else ""),
        state="completed",
        answers={
            "recommend": {"state": "answered", "score": score},
            "why": {"state": "answered", "text": about.get("text", f"words {score}")},
        },
        started_at=at,
        completed_at=at,
    )


def published_now(company: Company, survey: Survey, month: str, who: str = "cx_manager") -> Any:
    actor = company.actor(who)
    board = get_board(actor, survey.key)
    return dashboard(actor, board, read_options(actor, board, {"period": month}))


def figures(shown: Any) -> list[tuple[int, float]]:
    """n and the sum of NPS points of everything a dashboard shows of its item in its month."""
    scores = [score for _, score in shown.figures] + [row.score for part in shown.parts for row in part.rows]
    return [(one.n, round(one.value * one.n / 100)) for one in scores if not one.hidden]


def test_watching_the_live_figure_shows_steps_of_ten_or_more_only(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(anonymous=True)
    chance, seen, at = random.Random(1), [], DAY
    for _ in range(47):
        at += timedelta(hours=1)
        with clock.at(at):
            answer(survey, company, at, chance.randint(0, 10), site=chance.choice(["north", "south"]))
            fold()
            shown = published_now(company, survey, "2026-09")
            assert shown.parts == ()
            seen.append(figures(shown)[:1])
    sizes = [found[0][0] if found else 0 for found in seen]
    assert sizes[-1] == 40
    steps = {b - a for a, b in itertools.pairwise(sizes)}
    assert steps == {0, 10}
    with clock.at(datetime(2026, 10, 1, 2, tzinfo=UTC)):
        # The month is over: the total is the one seen last, the seven that wait are not in it.
        assert figures(published_now(company, survey, "2026-09"))[0][0] == 40
        at = datetime(2026, 10, 1, 3, tzinfo=UTC)
        parts = published_now(company, survey, "2026-09").parts
    with clock.at(at):
        for _ in range(3):
            answer(survey, company, at, 10)
        fold()
        assert figures(published_now(company, survey, "2026-09"))[0][0] == 40
        assert published_now(company, survey, "2026-09").parts == parts
        assert figures(published_now(company, survey, "2026-10"))[0][0] == 10


def test_free_filters_other_windows_lists_and_erasures_do_not_get_through(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(anonymous=True)
    with clock.at(DAY):
        rows = [answer(survey, company, DAY, 9) for _ in range(25)]
        fold()
        actor = company.actor("cx_manager")
        board = get_board(actor, survey.key)
        for given in (
            {"site": "north"},
            {"tier": "gold"},
            {"tier": "-"},
            {"channel": "qr", "language": "en"},
            {"period": "2026-W36"},
            {"unit": "year"},
            {"period": "2026"},
        ):
            with pytest.raises(FixedCutsError):
                read_options(actor, board, given)
        options = read_options(actor, board, {})
        with pytest.raises(NoListError):
            answered(actor, board, options)
        before = figures(published_now(company, survey, "2026-09"))
        assert before[0][0] == 25
        unfold(rows[0])
        rows[0].delete()
        assert figures(published_now(company, survey, "2026-09")) == before
        assert anonymous_words(actor, board, options.period) == []
    with clock.at(DAY + timedelta(days=40)):
        said = anonymous_words(actor, board, options.period)
        assert len(said) == 24
        assert anonymous_words(company.actor("north.supervisor"), board, options.period) == []


def test_a_part_of_the_company_sees_its_own_part_of_a_month_that_is_over(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(anonymous=True)
    with clock.at(DAY):
        for n in range(40):
            answer(survey, company, DAY, n % 11, site="north" if n % 2 else "south")
        fold()
        assert figures(published_now(company, survey, "2026-09", "north.supervisor")) == []
    with clock.at(DAY + timedelta(days=31)):
        shown = published_now(company, survey, "2026-09", "north.supervisor")
        assert [[row.value.code for row in part.rows] for part in shown.parts] == [["north"]]
        assert [n for n, _ in figures(shown)] == [20]
        assert figures(published_now(company, survey, "2026-09", "north.front_line")) == []


def corners(chance: random.Random, sizes: Iterable[int]) -> dict[tuple[int | str, ...], int]:
    """A small world: sites, touchpoints (some only at one site), channels, languages."""
    found: dict[tuple[int | str, ...], int] = {}
    for size in sizes:
        site = chance.choice([1, 2, 3])
        touchpoint = chance.choice([10, 11]) if site == 1 else chance.choice([11, 12])
        corner = (site, touchpoint, chance.choice(["qr", "email"]), chance.choice(["en", "zh"]))
        found[corner] = found.get(corner, 0) + size
    return found


@pytest.mark.parametrize("seed", range(60))
def test_no_sum_or_difference_of_published_figures_is_a_group_under_ten(
    company: Company, live_survey: Callable[..., Survey], seed: int
) -> None:
    """The attacker solves the linear system of all published figures, knowing which corners exist at all."""
    survey = live_survey(anonymous=True)
    item = next(one for one in items_of_versions([survey.current_id])[survey.current_id] if one.metric)
    chance = random.Random(seed)
    world = corners(chance, [chance.choice([1, 2, 4, 9, 12, 25, 60]) for _ in range(chance.randint(2, 9))])
    if sum(world.values()) < 10:
        return
    shown = publish(item, {corner: {9.0: n} for corner, n in world.items()}, growing=False, sites=None)
    atoms = list(world)
    equations = [np.ones(len(atoms))]
    for cut, groups in shown.parts.items():
        place = CUTS.index(cut)
        for value, tally in groups.items():
            if tally is not None:
                assert sum(tally.values()) >= 10
                equations.append(np.array([float(corner[place] == value) for corner in atoms]))
    system = np.array(equations)
    rank = np.linalg.matrix_rank(system)
    small = [
        chosen
        for size in range(1, len(atoms) + 1)
        for chosen in itertools.combinations(range(len(atoms)), size)
        if sum(world[atoms[i]] for i in chosen) < 10
    ]
    for chosen in small:
        wanted = np.zeros(len(atoms))
        wanted[list(chosen)] = 1
        assert np.linalg.matrix_rank(np.vstack([system, wanted])) > rank, (world, chosen)


def test_the_attack_works_on_figures_published_without_protection(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    """The attacker of the test above is no straw man: naive suppression of cells under ten falls to it."""
    atoms = [(1, 10), (1, 11), (2, 11)]
    sizes = [25, 5, 30]
    # Sites 30 and 30, touchpoints 25 and 35: every one of ten or more, and the site less its touchpoint is
    # five.
    system = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1]])
    wanted = np.array([0, 1, 0])
    assert np.linalg.matrix_rank(np.vstack([system, wanted])) == np.linalg.matrix_rank(system)
    survey = live_survey(anonymous=True)
    item = next(one for one in items_of_versions([survey.current_id])[survey.current_id] if one.metric)
    world = {(*corner, "qr", "en"): {9.0: n} for corner, n in zip(atoms, sizes, strict=True)}
    shown = publish(item, world, growing=False, sites=None)
    assert list(shown.parts) == ["site"]
    assert shown.refused == ("touchpoint",)


def test_pages_and_api_keep_to_the_fixed_cuts(
    company: Company,
    live_survey: Callable[..., Survey],
    client_of: Callable[[str], Client],
    token_of: Callable[..., dict[str, str]],
) -> None:
    survey = live_survey(anonymous=True)
    for n in range(12):
        answer(survey, company, clock.now(), n % 11)
    fold()
    client = client_of("cx_manager")
    assert client.get(f"/dashboards/{survey.key}/").status_code == 200
    assert client.get(f"/dashboards/{survey.key}/?site=north").status_code == 302
    for path in ("answers/", "answers.csv", "answers/?score=9"):
        assert client.get(f"/dashboards/{survey.key}/{path}").status_code == 409
    headers = token_of("cx_manager")
    assert (
        client_of("").get(f"/api/v1/scores?survey={survey.key}&channel=qr", headers=headers).status_code
        == 409
    )
    assert (
        client_of("").get(f"/api/v1/scores/answers?survey={survey.key}", headers=headers).status_code == 409
    )
    body = client_of("").get(f"/api/v1/scores?survey={survey.key}", headers=headers).json()
    assert [one["score"]["n"] for one in body["scores"]] == [12]
    assert body["cuts"] == []


def test_cells_of_anonymous_surveys_have_no_weeks(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(anonymous=True)
    for _ in range(15):
        answer(survey, company, clock.now(), 9)
    fold()
    assert set(ScoreCell.objects.values_list("span", flat=True)) == {"month"}
    assert set(ScoreCell.objects.values_list("tier", flat=True)) == {""}
    assert issubclass(FixedCutsError, SiteError)

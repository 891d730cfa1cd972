"""Figures and answers as files: within reach, safe in a spreadsheet, and told to the audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.boards.behind import answered, lines, related
from peakend.server.boards.dashboards import Dashboard, dashboard
from peakend.server.boards.options import Options, read_options
from peakend.server.boards.pages import read_score
from peakend.server.boards.policies import TAKE
from peakend.server.boards.scoring import Score
from peakend.server.boards.subjects import Board, get_board
from peakend.server.web.downloads import csv_file
from peakend.server.web.pages import actor_of, page

MOST = 100_000
_FIGURES = (
    "question",
    "cut",
    "value",
    "metric",
    "period",
    "n",
    "score",
    "low",
    "high",
    "before_n",
    "before",
    "p",
    "verdict",
)
_ANSWERS = (
    "response",
    "at",
    "score",
    "words",
    "chosen",
    "site",
    "team",
    "touchpoint",
    "channel",
    "language",
    "tier",
    "customer_id",
)


@service(TAKE)
def take_figures(*, actor: Actor, board: Board, options: Options) -> list[tuple[Any, ...]]:
    """The figures of a board as rows of `_FIGURES`."""
    rows = list(_figures(dashboard(actor, board, options)))
    audit(actor, TAKE, board.surveys[0], what="figures", rows=len(rows), **_told(options))
    return rows


@service(TAKE)
def take_answers(
    *, actor: Actor, board: Board, options: Options, score: float | None = None, option: str = ""
) -> list[tuple[Any, ...]]:
    """The answers behind a number as rows of `_ANSWERS`, at most `MOST`."""
    found = related(answered(actor, board, options, score=score, option=option)).order_by("pk")[:MOST]
    rows = [
        (
            line.key,
            line.at,
            line.score,
            "\n".join(line.words),
            "; ".join(line.chosen),
            line.site,
            line.team,
            line.touchpoint,
            line.channel,
            line.language,
            line.tier,
            line.customer_id,
        )
        for line in lines(actor, board, found, options.item)
    ]
    audit(actor, TAKE, board.surveys[0], what="answers", rows=len(rows), **_told(options))
    return rows


def _told(options: Options) -> dict[str, str]:
    return {name: value for name, value in options.stored().items() if value}


def _figures(shown: Dashboard) -> Iterator[tuple[Any, ...]]:
    period = shown.options.period.key
    for asked, score in shown.figures:
        yield asked.label, "", "", *_numbers(score, period)
    if shown.item is None:
        return
    for part in shown.parts:
        for row in part.rows:
            yield shown.item.label, part.cut, row.value.name, *_numbers(row.score, period)
    for when, score in shown.trend:
        yield shown.item.label, "period", when.key, *_numbers(score, when.key)


def _numbers(score: Score, period: str) -> tuple[Any, ...]:
    if score.hidden:
        return score.metric, period, None, None, None, None, None, None, None, "hidden"
    return (
        score.metric,
        period,
        score.n,
        score.value,
        score.low,
        score.high,
        score.before_n if score.before is not None else None,
        score.before,
        score.p,
        score.verdict,
    )


@page(TAKE)
@require_safe
def figures_file(request: HttpRequest, key: str) -> HttpResponse:
    """The figures of a board as CSV."""
    actor = actor_of(request)
    board = get_board(actor, key)
    options = read_options(actor, board, request.GET)
    return csv_file("figures.csv", _FIGURES, take_figures(actor=actor, board=board, options=options))


@page(TAKE)
@require_safe
def answers_file(request: HttpRequest, key: str) -> HttpResponse:
    """The answers behind a number as CSV."""
    actor = actor_of(request)
    board = get_board(actor, key)
    options = read_options(actor, board, request.GET)
    rows = take_answers(
        actor=actor,
        board=board,
        options=options,
        score=read_score(request.GET),
        option=request.GET.get("option", ""),
    )
    return csv_file("answers.csv", _ANSWERS, rows)

"""The API of figures: scores with base, interval and cuts, the answers behind them, one customer, saved
views.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError
from peakend.server.boards import views
from peakend.server.boards.analyses import analysed
from peakend.server.boards.api.shapes import (
    AnswerList,
    AnswerOut,
    Asking,
    AskingAnswers,
    BoardList,
    CustomerOut,
    HappeningOut,
    RunList,
    ScoresOut,
    StartOut,
    ViewIn,
    ViewList,
    ViewOut,
    WordList,
)
from peakend.server.boards.behind import anonymous_words, answered, lines, related, with_words
from peakend.server.boards.customer import Known, look_at
from peakend.server.boards.dashboards import Dashboard, Part, dashboard
from peakend.server.boards.findings import headline, sentence
from peakend.server.boards.home import start
from peakend.server.boards.models import SavedView
from peakend.server.boards.options import Options, read_options
from peakend.server.boards.policies import ANALYSES, CUSTOMER, KEEP, READ
from peakend.server.boards.scoring import Score
from peakend.server.boards.subjects import Board, boards, get_board
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives
from peakend.server.web.say import told

router = Router()


@router.get("/start", response=StartOut)
@acts(READ)
def get_start(request: HttpRequest) -> dict[str, Any]:
    """What the caller needs first today."""
    found = start(actor_of(request))
    return {
        "headline": found.headline,
        "period": found.found.period.key,
        "responses": found.found.responses,
        "changes": [sentence(one.moved, one.asked.label) for one in found.found.changes],
        "due": [
            {"case": one.case.key, "title": one.case.title, "due_at": one.at, "late": one.late}
            for one in found.due
        ],
        "open_cases": found.open_cases,
        "late_cases": found.late_cases,
        "next": found.next,
    }


@router.get("/boards", response=BoardList)
@acts(READ)
def list_boards(request: HttpRequest) -> dict[str, Any]:
    """Surveys whose scores the caller may ask for."""
    return {
        "items": [
            {
                "survey": one.key,
                "title": one.title,
                "anonymous": one.anonymous,
                "items": [a.key for a in one.items],
            }
            for one in boards(actor_of(request))
        ]
    }


@router.get("/scores", response=gives(ScoresOut))
@acts(READ)
def get_scores(request: HttpRequest, asking: Query[Asking]) -> dict[str, Any]:
    """Scores of a survey with base, interval and verdict, by cut and over time. Anonymous surveys: fixed
    cuts only.
    """
    actor, board, options = _asked(request, asking)
    return _scores_out(dashboard(actor, board, options))


@router.get("/scores/answers", response=gives(AnswerList))
@acts(READ)
def list_answers(request: HttpRequest, asking: Query[AskingAnswers]) -> dict[str, Any]:
    """The answers behind a score. There is no such list for anonymous surveys."""
    actor, board, options = _asked(request, asking)
    if asking.search:
        rows = with_words(actor, board, options, asking.search.replace("\x00", ""))
    else:
        rows = answered(actor, board, options, score=asking.score, option=asking.option)
    found, following = cut(related(rows), asking.cursor, asking.limit)
    items = [
        {
            **{name: getattr(one, name) for name in AnswerOut.model_fields if name != "response"},
            "response": one.key,
        }
        for one in lines(actor, board, found, options.item)
    ]
    return {"items": items, "count": rows.count(), "next": following}


@router.get("/scores/words", response=gives(WordList))
@acts(READ)
def list_words(request: HttpRequest, asking: Query[AskingAnswers]) -> dict[str, Any]:
    """The latest words on a survey. Of an anonymous one those of months that are over, without anything
    beside them.
    """
    actor, board, options = _asked(request, asking)
    search = asking.search.replace("\x00", "")
    if board.anonymous:
        return {"items": anonymous_words(actor, board, options.period, search)}
    rows = related(with_words(actor, board, options, search))[: max(1, min(asking.limit, 200))]
    return {"items": [words for line in lines(actor, board, rows, None) for words in line.words]}


@router.get("/customers/{customer_id}/360", response=gives(CustomerOut))
@acts(CUSTOMER)
def get_customer(request: HttpRequest, customer_id: str) -> dict[str, Any]:
    """Everything about one customer. The audit tells who looked."""
    whole = look_at(actor=actor_of(request), customer_id=customer_id)
    one = whole.customer
    return {
        "customer_id": one.customer_id,
        "name": one.name,
        "email": whole.shown.email,
        "phone": whole.shown.phone,
        "masked": whole.shown.masked,
        "tier": one.tier,
        "language": one.language,
        "answers": whole.answers,
        "last_score": whole.last_score,
        "open_cases": [case.key for case in whole.open_cases],
        "consents": [
            {name: row[name] for name in ("purpose", "channel", "status", "at")} for row in whole.consents
        ],
        "timeline": [
            {name: getattr(entry, name) for name in HappeningOut.model_fields} for entry in whole.timeline
        ],
        "warehouse": [_known_out(part) for part in whole.known],
        "warehouse_as_of": whole.as_of,
    }


@router.get("/views", response=gives(ViewList))
@acts(READ)
def list_views(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """The caller's own views and those shared with their role."""
    actor = actor_of(request)
    found, following = cut(views.views(actor), cursor, limit)
    return {"items": [_view_out(one, actor) for one in found], "next": following}


@router.post("/views", response=gives(ViewOut, 201))
@acts(KEEP)
def save_view(request: HttpRequest, given: ViewIn) -> Status[dict[str, Any]]:
    """Keep a view; the caller's own of the same name is replaced."""
    actor = actor_of(request)
    view = views.save_view(
        actor=actor,
        name=given.name,
        board=given.survey,
        filters=given.filters,
        role=given.role,
        default=given.default,
    )
    return Status(201, _view_out(view, actor))


@router.delete("/views/{key}", response=gives(None, 204))
@acts(KEEP)
def remove_view(request: HttpRequest, key: str) -> Status[None]:
    """Remove a view."""
    views.remove_view(actor=actor_of(request), key=key)
    return Status(204, None)


@router.get("/analyses", response=gives(RunList))
@acts(ANALYSES)
def list_analyses(request: HttpRequest) -> dict[str, Any]:
    """What was analysed last; for whoever sees the whole company."""
    found = analysed(actor_of(request))
    return {
        "items": [
            {
                "name": run.name,
                "title": told(run.title),
                "status": run.status,
                "at": run.at,
                "seconds": run.seconds,
                "rows": run.rows,
            }
            for run in found.runs
        ],
        "as_of": found.as_of,
        "reports": list(found.reports),
    }


def _asked(request: HttpRequest, asking: Asking) -> tuple[Actor, Board, Options]:
    actor = actor_of(request)
    given = asking.model_dump()
    if any(isinstance(value, str) and "\x00" in value for value in given.values()):
        raise InvalidError(Text("The call holds a character that no text has.", "调用中含有无效字符。"))
    board = get_board(actor, asking.survey)
    return actor, board, read_options(actor, board, given)


def _scores_out(shown: Dashboard) -> dict[str, Any]:
    return {
        "survey": shown.board.key,
        "title": shown.board.title,
        "period": shown.options.period.key,
        "headline": headline(shown),
        "anonymous": shown.board.anonymous,
        "responses": shown.responses,
        "robots": shown.robots,
        "waiting": shown.waiting,
        "item": shown.item.key if shown.item else "",
        "scores": [
            {"key": one.key, "label": one.label, "score": _score_out(score)} for one, score in shown.figures
        ],
        "cuts": [_cut_out(part) for part in shown.parts],
        "trend": [{"period": when.key, "score": _score_out(score)} for when, score in shown.trend],
        "choices": [
            {
                "key": table.asked.key,
                "label": table.asked.label,
                "n": table.n if table.rows else None,
                "options": [
                    {
                        "option": row.code,
                        "label": row.label,
                        "n": row.n,
                        "share": row.share,
                        "low": row.low,
                        "high": row.high,
                    }
                    for row in table.rows
                ],
            }
            for table in shown.choices
        ],
        "refused_cuts": list(shown.refused),
    }


def _cut_out(part: Part) -> dict[str, Any]:
    return {
        "cut": part.cut,
        "rows": [
            {
                "value": row.value.code,
                "name": row.value.name,
                "hidden": row.score.hidden,
                "score": _score_out(row.score),
            }
            for row in part.rows
        ],
    }


def _score_out(score: Score) -> dict[str, Any]:
    return {
        "metric": score.metric,
        "n": None if score.hidden else score.n,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "before": score.before,
        "before_n": score.before_n if score.before is not None else None,
        "p": score.p,
        "verdict": score.verdict,
    }


def _known_out(part: Known) -> dict[str, Any]:
    facts = {fact.column: fact.value for fact in part.facts}
    return {"name": part.name, "title": part.title, "computed": bool(facts), "facts": facts}


def _view_out(view: SavedView, actor: Actor) -> dict[str, Any]:
    return {
        "key": view.key,
        "name": view.name,
        "survey": view.board,
        "filters": view.filters,
        "role": view.role,
        "default": view.default,
        "owner": view.owner.name,
        "own": view.owner_id == actor.user_id,
    }

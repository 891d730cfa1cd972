"""Pages: the start page, boards, the answers behind a number, views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from peakend.language import Text
from peakend.report.numbers import percent
from peakend.server.acting.actors import Actor, Role, role_name
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.policies import may
from peakend.server.boards import views
from peakend.server.boards.behind import anonymous_words, answered, lines, related, with_words
from peakend.server.boards.charts import bars, dots_chart, trend_chart
from peakend.server.boards.dashboards import Dashboard, cuts_of, dashboard
from peakend.server.boards.findings import headline, moved, next_step, sentence
from peakend.server.boards.home import start
from peakend.server.boards.models import EVERYBODY
from peakend.server.boards.options import (
    CUT_NAMES,
    CoarseWeeksError,
    Options,
    at,
    choices,
    read_options,
    today,
    value_name,
)
from peakend.server.boards.overview import Summary, overview
from peakend.server.boards.periods import UNITS, period_of
from peakend.server.boards.policies import KEEP, READ, SHARE
from peakend.server.boards.protecting import FixedCutsError
from peakend.server.boards.scoring import METRIC_NAMES
from peakend.server.boards.subjects import PROGRAMME, Board, get_board, programmes
from peakend.server.web.address import own_path
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut as page_of
from peakend.server.web.say import say, spoken, told


@page(READ)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page."""
    actor = actor_of(request)
    found = start(actor)
    shown = [_summary(one) for one in found.found.summaries if one.n][:4]
    changes = [
        {
            "sentence": sentence(one.moved, one.asked.label),
            "tone": one.moved.score.tone,
            "survey": one.board.title,
            "url": _board_url(
                one.board.key,
                item=one.asked.key,
                **({one.moved.cut: one.moved.code} if one.moved.cut else {}),
            ),
        }
        for one in found.found.changes[:5]
    ]
    return render(
        request,
        "boards/home.html",
        {
            "start": found,
            "figures": shown,
            "changes": changes,
            "period": found.found.period.words(spoken()),
            "view": views.default_view(actor),
            "empty": not found.found.summaries,
            "role": told(role_name(actor.role)) if actor.role else "",
        },
    )


@page(READ)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every board; the role's default view opens instead, unless all are asked for."""
    actor = actor_of(request)
    default = views.default_view(actor)
    if default is not None and "all" not in request.GET:
        return redirect("boards:view", key=default.key)
    found = overview(actor)
    surveys = [survey for one in found.summaries for survey in one.board.surveys]
    return render(
        request,
        "boards/list.html",
        {
            "rows": [_summary(one) for one in found.summaries],
            "programmes": [
                (name, _board_url(PROGRAMME + name), len(mine)) for name, mine in programmes(surveys).items()
            ],
            "views": views.views(actor),
            "period": found.period.words(spoken()),
            "waiting_for": None,
        },
    )


@page(READ)
@require_safe
def board(request: HttpRequest, key: str) -> HttpResponse:
    """One board."""
    actor = actor_of(request)
    found = get_board(actor, key)
    try:
        options = read_options(actor, found, request.GET)
    except (FixedCutsError, CoarseWeeksError) as error:
        # The address of a filter that was set for another survey: say so, and show what there is.
        messages.warning(request, f"{told(error.what)} {told(error.do)}" if error.do else told(error.what))
        unit = request.GET.get("unit", "")
        return redirect(_board_url(key, **({"unit": unit} if unit and not found.anonymous else {})))
    shown = dashboard(actor, found, options)
    return render(request, "boards/board.html", _board_context(actor, shown))


@page(READ)
@require_safe
def answers(request: HttpRequest, key: str) -> HttpResponse:
    """The answers behind a number."""
    actor = actor_of(request)
    found = get_board(actor, key)
    options = read_options(actor, found, request.GET)
    score, option = read_score(request.GET), request.GET.get("option", "")
    rows = answered(actor, found, options, score=score, option=option)
    count = rows.count()
    shown, following = page_of(related(rows), request.GET.get("cursor"), 40)
    return render(
        request,
        "boards/answers.html",
        {
            "board": found,
            "options": options,
            "count": count,
            "lines": lines(actor, found, shown, options.item),
            "about": _about(options, score, option),
            "back": _board_url(key, options),
            "next": f"?{_query(options, score, option)}&{urlencode({'cursor': following})}"
            if following
            else "",
            "file": f"{reverse('boards:answers_file', args=[key])}?{_query(options, score, option)}",
        },
    )


@page(READ)
@require_safe
def words(request: HttpRequest, key: str) -> HttpResponse:
    """The latest words on a board, searched."""
    actor = actor_of(request)
    found = get_board(actor, key)
    options = read_options(actor, found, request.GET)
    return render(
        request,
        "boards/words.html",
        {"board": found, "options": options, **_words(actor, found, options, 60)},
    )


@page(READ)
@require_safe
def view(request: HttpRequest, key: str) -> HttpResponse:
    """Open a saved view in the period one is in."""
    found = views.get_view(actor_of(request), key)
    return redirect(f"{reverse('boards:board', args=[found.board])}?{urlencode(found.filters)}")


@page(KEEP)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the board one looks at under a name."""
    actor = actor_of(request)
    given = request.POST
    back = own_path(given.get("next", ""), reverse("boards:list") + "?all=1")
    try:
        saved = views.save_view(
            actor=actor,
            name=given.get("name", ""),
            board=given.get("board", ""),
            filters={name: given[name] for name in views.KEPT if given.get(name)},
            role=given.get("role", ""),
            default=given.get("default") == "on",
        )
    except InvalidError as error:
        messages.error(request, told(error.what))
        return redirect(back)
    messages.success(request, say("“{name}” is saved.", "已保存“{name}”。", name=saved.name))
    return redirect(back)


@page(KEEP)
@require_POST
def remove_view(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a view."""
    views.remove_view(actor=actor_of(request), key=key)
    messages.success(request, say("The view is removed.", "视图已删除。"))
    return redirect(reverse("boards:list") + "?all=1")


def read_score(given: Mapping[str, Any]) -> float | None:
    """The score that a list is narrowed to; `InvalidError` for what is no number."""
    text = str(given.get("score") or "")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not abs(found) <= 100:
        raise InvalidError(Text("This is no score.", "这不是有效的分值。"))
    return found


def _query(options: Options, score: float | None, option: str) -> str:
    return options.query(search="", score="" if score is None else f"{score:g}", option=option)


def _board_url(key: str, options: Options | None = None, /, **more: str) -> str:
    query = options.query(**more) if options is not None else urlencode(more)
    return reverse("boards:board", args=[key]) + (f"?{query}" if query else "")


def _summary(one: Summary) -> dict[str, Any]:
    score, language = one.score, spoken()
    return {
        "title": one.board.title,
        "url": _board_url(one.board.key),
        "label": told(METRIC_NAMES[score.metric]) if score else "",
        "value": score.told(language) if score and not score.hidden else "",
        "base": score.base(language) if score and score.n else "",
        "change": score.change(language) if score and not score.hidden else "",
        "tone": score.tone if score else "",
        "anonymous": one.board.anonymous,
    }


def _board_context(actor: Actor, shown: Dashboard) -> dict[str, Any]:
    options, found, language = shown.options, shown.board, spoken()
    period = options.period
    return {
        "shown": shown,
        "board": found,
        "options": options,
        "stored": {**options.stored(), "unit": options.unit},
        "headline": headline(shown),
        "next": next_step(shown),
        "period": period.words(language),
        "figures": [
            {
                "label": asked.label,
                "metric": told(METRIC_NAMES[score.metric]),
                "value": score.told(language),
                "base": score.base(language),
                "change": score.change(language),
                "tone": score.tone,
                "url": _board_url(found.key, options, item=asked.key),
                "chosen": shown.item is not None and asked.key == shown.item.key,
            }
            for asked, score in shown.figures
            if score.n
        ],
        "changes": [sentence(one, shown.item.label) for one in moved(shown.score, shown.parts)[1:4]]
        if shown.item
        else [],
        "earlier": _board_url(found.key, options, period=period.before.key),
        "later": _board_url(found.key, options, period=period.back(-1).key) if period.end <= today() else "",
        "now": _board_url(found.key, at(options, period_of(today(), period.unit))),
        "units": [(key, told(name)) for key, name in UNITS.items()],
        "cuts": []
        if found.anonymous
        else [
            (cut, told(CUT_NAMES[cut]), choices(actor, cut, found, options), options.filters.get(cut, ""))
            for cut in cuts_of(period)
        ],
        "trend": _trend(shown),
        "parts": [_part(shown, place) for place in range(len(shown.parts))],
        "bars": _bars(shown),
        "choices": [_choice(shown, place) for place in range(len(shown.choices))],
        "behind": ""
        if found.anonymous
        else f"{reverse('boards:answers', args=[found.key])}?{options.query(search='')}",
        "refused": [told(CUT_NAMES[cut]) for cut in shown.refused],
        "roles": [
            (EVERYBODY, say("Everybody", "所有人")),
            *((role.value, told(role_name(role))) for role in Role),
        ],
        "may_share": may(actor, SHARE),
        **_words(actor, found, options, 8),
    }


def _words(actor: Actor, found: Board, options: Options, most: int) -> dict[str, Any]:
    if not found.texts:
        return {"lines": [], "anonymous_words": [], "asks_words": False}
    if found.anonymous:
        said = anonymous_words(actor, found, options.period, options.search)[:most]
        return {"lines": [], "anonymous_words": said, "asks_words": True}
    rows = related(with_words(actor, found, options, options.search))[:most]
    return {"lines": lines(actor, found, rows, options.item), "anonymous_words": [], "asks_words": True}


def _trend(shown: Dashboard) -> dict[str, Any]:
    language = spoken()
    if shown.item is None or len(shown.trend) < 2:
        return {}
    words = say("{item} over time", "{item}的变化", item=shown.item.label)
    return {
        "chart": trend_chart(shown.trend, "trend", words),
        "rows": [
            {
                "name": period.words(language),
                "value": score.told(language) if not score.hidden else "",
                "base": score.base(language),
                "change": score.change(language) if not score.hidden else "",
                "tone": score.tone,
                "url": _board_url(shown.board.key, shown.options, period=period.key),
            }
            for period, score in reversed(shown.trend)
        ],
    }


def _part(shown: Dashboard, place: int) -> dict[str, Any]:
    part, language, options = shown.parts[place], spoken(), shown.options
    anonymous = shown.board.anonymous
    words = say(
        "{item} by {cut}",
        "{item}，按{cut}",
        item=shown.item.label if shown.item else "",
        cut=part.title.lower(),
    )
    behind = reverse("boards:answers", args=[shown.board.key])
    rows = [
        {
            "name": row.value.name,
            "value": row.score.told(language) if not row.score.hidden else "",
            "base": _hidden(anonymous) if row.score.hidden else row.score.base(language),
            "change": row.score.change(language) if not row.score.hidden else "",
            "tone": row.score.tone,
            "url": "" if anonymous else _board_url(shown.board.key, options, **{part.cut: row.value.code}),
            "behind": ""
            if anonymous
            else f"{behind}?{options.query(search='', **{part.cut: row.value.code})}",
        }
        for row in part.rows
    ]
    return {
        "title": part.title,
        "by": say("By {cut}", "按{cut}", cut=part.title.lower()),
        "chart": dots_chart(part, f"part-{part.cut}", words),
        "rows": rows,
        "cut": part.cut,
    }


def _hidden(anonymous: bool) -> str:
    if anonymous:
        return say("hidden to protect people", "为保护应答者不公布")
    return say("fewer than 10 answers", "不足 10 份答案")


def _bars(shown: Dashboard) -> list[dict[str, Any]]:
    score, item = shown.score, shown.item
    if score is None or item is None or score.hidden:
        return []
    behind = "" if shown.board.anonymous else reverse("boards:answers", args=[shown.board.key])
    found = bars(score, item.item.scale)
    widest = max((bar.share for bar in found), default=1) or 1
    return [
        {
            "score": bar.score,
            "n": bar.n,
            "percent": percent(bar.share, spoken()),
            "width": f"{bar.share / widest * 100:.1f}",
            "tone": bar.tone,
            "url": f"{behind}?{shown.options.query(search='', score=bar.score)}" if behind and bar.n else "",
        }
        for bar in reversed(found)
    ]


def _choice(shown: Dashboard, place: int) -> dict[str, Any]:
    table = shown.choices[place]
    behind = "" if shown.board.anonymous else reverse("boards:answers", args=[shown.board.key])
    widest = max((row.share for row in table.rows), default=1) or 1
    return {
        "label": table.asked.label,
        "n": table.n,
        "first": table.asked.item.question.type == "ranking",
        "rows": [
            {
                "label": row.label,
                "n": row.n,
                "percent": percent(row.share, spoken()),
                "between": say(
                    "{low} to {high} %",
                    "{low}% 至 {high}%",
                    low=f"{row.low * 100:.0f}",
                    high=f"{row.high * 100:.0f}",
                ),
                "width": f"{row.share / widest * 100:.1f}",
                "url": f"{behind}?{shown.options.query(search='', item=table.asked.key, option=row.code)}"
                if behind
                else "",
            }
            for row in table.rows
        ],
    }


def _about(options: Options, score: float | None, option: str) -> str:
    parts = [options.item.label if options.item else "", options.period.words(spoken())]
    parts += [
        say("{cut}: {value}", "{cut}：{value}", cut=told(CUT_NAMES[cut]), value=value_name(cut, code))
        for cut, code in options.filters.items()
    ]
    if score is not None:
        parts.append(say("score {score}", "评分 {score}", score=f"{score:g}"))
    return " · ".join(part for part in (*parts, option) if part)

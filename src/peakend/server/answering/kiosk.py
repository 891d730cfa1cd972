"""The kiosk: the whole survey in one page, answered without a network and sent when there is one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from peakend.server.acting import clock
from peakend.server.answering import compiled as compiling
from peakend.server.answering import limits, storing, tokens
from peakend.server.answering.checking import PREFIX, Checked, from_form
from peakend.server.answering.drawing import Shown, frame, question, render
from peakend.server.answering.flags import flags
from peakend.server.answering.framing import policy
from peakend.server.answering.messages import closed_by
from peakend.server.answering.occasions import NoOccasionError, Occasion, at_place, clamped, open_place
from peakend.server.answering.pages import WHO
from peakend.server.answering.words import chosen, matched
from peakend.server.web.assets import asset_url
from peakend.server.web.pages import public_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.answering.compiled import Compiled

MOST_AT_ONCE = 100
LARGEST = 900_000
_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
_FIELDS = {"key", "language", "began", "done", "finished", "fields"}

Status = Literal["stored", "kept", "refused"]


@csrf_exempt  # a signed word, as on the other answering pages
@public_page
def kiosk(request: HttpRequest, key: str) -> HttpResponse:
    """`/s/k/<key>/`: every step in one page; the script shows one at a time and starts anew by itself."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        occasion = open_place(key)
        if occasion.kind != "kiosk":
            raise NoOccasionError("missing")
    except NoOccasionError as none:
        return closed_by(request, none)
    version = occasion.survey.current_id
    compiled = compiling.version(version)
    known = compiled.questionnaire.languages
    default = compiled.questionnaire.default_language
    asked = request.GET.get("lang", "")[:40]
    language = (matched(asked, known) if asked else None) or chosen(
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""), known, default
    )
    shown = Shown(compiled, language, live=True)
    response = HttpResponse(render("kiosk", _context(shown, occasion, version)))
    response.headers["Content-Security-Policy"] = policy() + "; worker-src 'self'; connect-src 'self'"
    return response


def _context(shown: Shown, occasion: Occasion, version: int) -> dict[str, Any]:
    whole = shown.compiled.questionnaire
    place = occasion.place
    assert place is not None
    home = reverse("answering:kiosk", args=[place.key])
    words = (
        "error_required",
        "error_rows",
        "error_ranking",
        "error_most",
        "error_exclusive",
        "waiting",
        "refused",
    )
    return frame(shown) | {
        "mode": "kiosk",
        "intro": shown.text(whole.intro) if whole.intro else "",
        "thanks": shown.text(whole.thanks) if whole.thanks else shown.word("thanks"),
        "privacy": shown.text(whole.privacy) if whole.privacy else "",
        "anonymous": occasion.survey.anonymous,
        "steps": [
            {
                "number": step.number,
                "heading": shown.text(step.title) if step.title else "",
                "rule": step.page_rule.model_dump_json() if step.page_rule else "",
                "questions": [question(shown, one) | _limits(one.question) for one in step.checks],
            }
            for step in shown.compiled.steps
        ],
        "home": home,
        "send": f"{home}answers/",
        "plain": reverse("answering:place", args=[place.key]),
        "pass": tokens.sealed(tokens.fresh(version), "k" + place.key),
        "words": json.dumps({name: shown.word(name) for name in words}, ensure_ascii=False),
        "labels": json.dumps(_labels(shown), ensure_ascii=False),
    }


def _limits(asked: Any) -> dict[str, Any]:  # noqa: ANN401 - a Question
    return {"choices": asked.most or "", "exclusive": " ".join(o.code for o in asked.options if o.exclusive)}


def _labels(shown: Shown) -> dict[str, dict[str, str]]:
    """What the script pipes for a code: `{"q1": {"a": "Lounge"}}`."""
    asked = shown.compiled.by_id.values()
    return {one.id: {o.code: shown.text(o.text) for o in one.options} for one in asked if one.options}


@cache
def _worker() -> str:
    return (files("peakend.server.answering") / "assets/kiosk-worker.js").read_text("utf-8")


@public_page
def worker(request: HttpRequest, key: str) -> HttpResponse:
    """The service worker of one kiosk: keeps its page and files for when there is no network."""
    home = reverse("answering:kiosk", args=[key])
    kept = [asset_url(name) for name in ("answer.css", "kiosk.css", "kiosk.js", "icon.svg")]
    head = f"const HOME = {json.dumps(home)};\nconst FILES = {json.dumps(kept)};\n"
    response = HttpResponse(head + _worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = home
    response.headers["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # a signed word, as on the other answering pages
@public_page
def answers(request: HttpRequest, key: str) -> HttpResponse:
    """Take a queue of answers: `{"now": ms, "answers": […]}`, times in milliseconds by the kiosk's clock.

    An answer has `key`, `pass`, `language`, `began`, `done`, `finished` and `fields` (values by field).
    Each is stored once by its own key, so that sending a queue again does no harm. Answers of a kiosk that
    was closed meanwhile still count: they were given while it was open. `results` says for each `stored`,
    `kept` (that key is there with other content) or `refused` (it can never be stored).
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdigit() or int(size) > LARGEST:
        return JsonResponse({"error": "too large"}, status=413)
    occasion = at_place(key)
    if occasion is None or occasion.kind != "kiosk":
        return JsonResponse({"error": "no kiosk"}, status=404)
    try:
        sent = json.loads(request.body)
        items, now = sent["answers"], sent["now"]
        whole = isinstance(sent, dict) and isinstance(items, list) and len(items) <= MOST_AT_ONCE
        if not whole or not _is_time(now):
            raise ValueError("not a queue")
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"error": "not a queue of answers"}, status=400)
    # How far the kiosk's clock is off, by what it says now.
    off = clock.now() - _time(now)
    results = [_one(occasion, item, off) for item in items]
    limits.flush_if_due()
    return JsonResponse({"results": results})


@dataclass(frozen=True, slots=True)
class _Item:
    token: tokens.Token
    language: str
    began: datetime
    done: datetime
    finished: bool
    fields: dict[str, list[str]]


def _one(occasion: Occasion, raw: object, off: timedelta) -> dict[str, str]:
    key = raw.get("key") if isinstance(raw, dict) else None
    name = key if isinstance(key, str) and len(key) <= 40 else ""
    item = _read(occasion, raw, off)
    status: Status = _store(occasion, item) if item else "refused"
    return {"key": name, "status": status}


def _read(occasion: Occasion, raw: object, off: timedelta) -> _Item | None:
    if not isinstance(raw, dict) or set(raw) != _FIELDS | {"pass"}:
        return None
    fields = raw["fields"]
    whole = (
        isinstance(raw["key"], str)
        and _KEY.fullmatch(raw["key"])
        and isinstance(raw["pass"], str)
        and isinstance(raw["language"], str)
        and _is_time(raw["began"])
        and _is_time(raw["done"])
        and isinstance(fields, dict)
        and len(fields) <= 2000
        and all(
            isinstance(name, str)
            and isinstance(values, list)
            and len(values) <= 200
            and all(isinstance(one, str) for one in values)
            for name, values in fields.items()
        )
    )
    if not whole:
        return None
    try:
        passed = tokens.opened(raw["pass"], "k" + occasion.where[1:])
    except tokens.WrongTokenError:
        return None
    now = clock.now()
    done = clamped(_time(raw["done"]) + off, now)
    began = min(clamped(_time(raw["began"]) + off, now), done)
    token = tokens.Token(raw["key"], passed.version, began)
    return _Item(token, raw["language"][:20], began, done, raw["finished"] is True, fields)


def _store(occasion: Occasion, item: _Item) -> Status:
    compiled = compiling.version(item.token.version)
    if any(name not in _known(compiled) for name in item.fields):
        return "refused"
    checked = _checked(compiled, item.fields)
    if checked.errors:
        return "refused"
    language = (
        matched(item.language, compiled.questionnaire.languages) or compiled.questionnaire.default_language
    )
    if not item.finished:
        kept = storing.keep(
            actor=WHO,
            occasion=occasion,
            compiled=compiled,
            token=item.token,
            language=language,
            answers=checked.answers,
            page=0,
            replace=True,
        )
        return "stored" if kept.answers == checked.answers else "kept"
    asked = [one for step in compiled.steps for one in compiled.shown(step, checked.answers, {})]
    seconds = (item.done - item.began).total_seconds()
    sent = storing.Sent(
        item.token,
        language,
        checked.answers,
        flags(asked, checked.answers, seconds, robot=False),
        int(seconds),
        item.done,
    )
    outcome, _ = storing.complete(actor=WHO, occasion=occasion, compiled=compiled, sent=sent, first=True)
    return "kept" if outcome in ("conflict", "taken") else "stored"


def _checked(compiled: Compiled, fields: Mapping[str, list[str]]) -> Checked:
    """Check step by step, as what is shown depends on what came before. Nobody can be asked again: what was
    left out is no error."""
    found = Checked()
    for step in compiled.steps:
        part = from_form(compiled.shown(step, found.answers, {}), fields, lenient=True)
        found.answers |= part.answers
        found.errors |= part.errors
    return found


def _known(compiled: Compiled) -> frozenset[str]:
    return frozenset(
        field for one in compiled.by_name.values() for field in one.fields if field.startswith(PREFIX)
    )


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 32_503_680_000_000


def _time(value: float) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)

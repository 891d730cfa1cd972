"""Whole responses that a program sends: of a kiosk of its own, of a telephone interview, of another
system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotFoundError
from peakend.server.acting.policies import require, within
from peakend.server.answering import compiled as compiling
from peakend.server.answering import storing
from peakend.server.answering.checking import Checked, from_program
from peakend.server.answering.flags import flags
from peakend.server.answering.models import Response
from peakend.server.answering.occasions import NoOccasionError, Occasion, invited, open_place
from peakend.server.answering.policies import SUBMIT
from peakend.server.answering.tokens import Token
from peakend.server.answering.words import matched, word
from peakend.server.channels.models import Place
from peakend.server.company.models import Site, Team
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import within_reach
from peakend.server.surveys.selectors import get_survey
from peakend.server.web.say import spoken

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.answering.compiled import Compiled


@dataclass(frozen=True, slots=True)
class Submission:
    """What a program sends. One of place, invitation (the secret of its link) and survey says what for."""

    key: str
    answers: Mapping[str, object]
    place: str = ""
    invitation: str = ""
    survey: str = ""
    customer_id: str = ""
    site: str = ""
    language: str = ""
    seconds: int | None = None


def submit(actor: Actor, sent: Submission) -> tuple[storing.Outcome, Response]:
    """Store the response, once for its key. `InvalidError` names every wrong answer, `ConflictError` another
    content under the same key or a used invitation, `NotFoundError` what the actor does not reach."""
    require(actor, SUBMIT)
    occasion = _occasion(actor, sent)
    compiled = compiling.version(occasion.survey.current_id)
    checked = _checked(compiled, sent.answers, occasion.embedded)
    if checked.errors:
        raise _invalid(compiled, checked)
    whole = compiled.questionnaire
    language = matched(sent.language or occasion.language, whole.languages) or whole.default_language
    asked = [
        one for step in compiled.steps for one in compiled.shown(step, checked.answers, occasion.embedded)
    ]
    outcome, response = storing.complete(
        actor=actor,
        occasion=occasion,
        compiled=compiled,
        sent=storing.Sent(
            Token(sent.key, occasion.survey.current_id, clock.now()),
            language,
            checked.answers,
            flags(asked, checked.answers, sent.seconds, robot=False),
            sent.seconds,
        ),
    )
    if outcome in ("conflict", "taken") or response is None:
        raise ConflictError(
            Text("There is another answer under this key or invitation.", "此编号或邀请下已有另一份回答。"),
            Text(
                "The first one was kept. Send a new answer with a new key.",
                "已保留第一份。新的回答请使用新的编号。",
            ),
        )
    return outcome, response


def _occasion(actor: Actor, sent: Submission) -> Occasion:
    if sum(map(bool, (sent.place, sent.invitation, sent.survey))) != 1:
        raise _wrong(
            "place",
            Text("Name one of place, invitation and survey.", "须且仅须指明投放点、邀请、调查三者之一。"),
        )
    if Response.objects.filter(key=sent.key).exclude(**_same_ground(actor, sent)).exists():
        raise ConflictError(Text("This key belongs to another answer.", "此编号属于另一份回答。"))
    try:
        if sent.place:
            occasion = _at_place(actor, sent)
        elif sent.invitation:
            occasion = invited(sent.invitation)
        else:
            occasion = _direct(actor, sent)
    except NoOccasionError as none:
        return _refused(none, sent)
    if occasion.survey.anonymous and (sent.invitation or sent.customer_id):
        # What a program sends is kept for a while under its idempotency key: it would lead back to the
        # person.
        raise _wrong(
            "survey",
            Text(
                "The survey is anonymous: send neither invitation nor customer.",
                "该调查为匿名调查：请勿附上邀请或客户。",
            ),
        )
    return occasion


def _same_ground(actor: Actor, sent: Submission) -> dict[str, Any]:
    if sent.place:
        return {"place__key": sent.place}
    if sent.survey:
        return {"survey__key": sent.survey, "place": None, "invitation": None}
    return {"invitation__isnull": False}


def _refused(none: NoOccasionError, sent: Submission) -> Occasion:
    if none.why == "missing" or none.occasion is None:
        raise NotFoundError
    # The same call again is told the same: what is stored decides.
    if none.why == "already" and none.occasion.linked:
        return none.occasion
    raise ConflictError(Text(word(none.why, "en"), word(none.why, "zh")))


def _at_place(actor: Actor, sent: Submission) -> Occasion:
    if not within(actor, Place.objects.filter(key=sent.place)).exists():
        raise NotFoundError(Text("place", "投放点"))
    occasion = open_place(sent.place)
    return _with_customer(actor, sent, occasion) if sent.customer_id else occasion


def _direct(actor: Actor, sent: Submission) -> Occasion:
    survey = get_survey(actor, sent.survey)
    site, team = _where(actor, sent.site)
    occasion = Occasion(
        survey=survey,
        kind="api",
        where="a" + survey.key,
        channel="api",
        site_id=site,
        team_id=team,
    )
    if survey.status != "live" or survey.current_id is None:
        raise NoOccasionError("closed", occasion)
    return _with_customer(actor, sent, occasion) if sent.customer_id else occasion


def _where(actor: Actor, code: str) -> tuple[int | None, int | None]:
    if not code:
        if actor.reach.everything:
            return None, None
        raise _wrong("site", Text("Name the site.", "请指明网点。"))
    site = Site.objects.filter(code=code).first()
    teams = list(Team.objects.filter(site=site, pk__in=actor.reach.teams)) if site else []
    if site is None or not (actor.reach.everything or site.pk in actor.reach.sites or teams):
        raise NotFoundError(Text("site", "网点"))
    return site.pk, teams[0].pk if len(teams) == 1 else None


def _with_customer(actor: Actor, sent: Submission, occasion: Occasion) -> Occasion:
    from dataclasses import replace

    found = within_reach(actor, Customer.objects.filter(customer_id=sent.customer_id)).first()
    if found is None:
        raise NotFoundError(Text("customer", "客户"))
    return replace(occasion, customer=found)


def _checked(compiled: Compiled, sent: Mapping[str, object], embedded: Mapping[str, object]) -> Checked:
    """Check step by step; an answer to a question that is not shown is an error, not something to drop."""
    found = Checked()
    for step in compiled.steps:
        shown = compiled.shown(step, found.answers, embedded)
        part = from_program(shown, {name: sent[name] for one in shown for name in one.names if name in sent})
        found.answers |= part.answers
        found.errors |= part.errors
    stray = {name: value for name, value in sent.items() if name not in found.answers}
    asked = {
        name for one in found.errors for name in (compiled.by_id.get(one) and _names(compiled, one)) or ()
    }
    found.errors |= from_program((), {name: one for name, one in stray.items() if name not in asked}).errors
    return found


def _names(compiled: Compiled, question: str) -> tuple[str, ...]:
    return next((one.names for one in compiled.by_name.values() if one.question.id == question), ())


def _invalid(compiled: Compiled, checked: Checked) -> InvalidError:
    language = spoken()
    return InvalidError(
        Text("Some answers cannot be taken.", "部分回答无法接受。"),
        Text("Mend the answers named in errors.", "请修正 errors 中列出的回答。"),
        fields=[
            {"field": f"answers.{one.name}", "message": word(f"error_{one.what}", language, n=one.n)}
            for one in checked.errors.values()
        ],
    )


def _wrong(field: str, what: Text) -> InvalidError:
    return InvalidError(what, fields=[{"field": field, "message": what.in_(spoken())}])

"""Surveys as an actor may see them: those of the whole company and those of the sites within reach."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.policies import within
from peakend.server.surveys.drafts import Draft, read_draft
from peakend.server.surveys.models import SeriesBreak, Survey, SurveyVersion
from peakend.server.surveys.policies import EDIT
from peakend.server.surveys.series import programme_of
from peakend.server.surveys.texts import storable

_SURVEY = Text("survey", "调查")


def surveys(actor: Actor) -> QuerySet[Survey]:
    """Every survey the actor may see. One of the whole company is asked in every site: all of them see it."""
    rows = Survey.objects.select_related("site", "current", "created_by")
    if actor.reach.everything:
        return rows
    sites = Q(site__isnull=True) | Q(site_id__in=actor.reach.sites)
    return rows.filter(sites | Q(site__teams__in=actor.reach.teams)).distinct()


def get_survey(actor: Actor, key: str) -> Survey:
    """The survey; `NotFoundError` where there is none that the actor may see."""
    found = surveys(actor).filter(key=storable(key)).first()
    if found is None:
        raise NotFoundError(_SURVEY)
    return found


def editable(actor: Actor, key: str, *, action: str = EDIT) -> Survey:
    """The survey, its row locked until the transaction ends, for one who may change it.

    Somebody with some sites only changes the surveys of these: one of the whole company concerns the
    others too.
    """
    survey = get_survey(actor, key)
    if not actor.reach.everything and survey.site_id not in actor.reach.sites:
        raise NotAllowedError(action)
    return Survey.objects.select_for_update().get(pk=survey.pk)


def may_edit(actor: Actor, survey: Survey) -> bool:
    """Whether the actor's reach covers the survey; the policy is asked besides."""
    return actor.reach.everything or survey.site_id in actor.reach.sites


def draft_of(survey: Survey) -> Draft:
    """The survey's draft."""
    return read_draft(survey.draft)


def with_answers(actor: Actor, rows: QuerySet[Survey]) -> QuerySet[Survey]:
    """`rows` with `answers` (completed, within the actor's reach) and `last_answer_at` beside them."""
    seen = answers_of(actor)
    return rows.annotate(
        answers=Subquery(
            seen.filter(survey=OuterRef("pk")).order_by().values("survey").annotate(n=Count("pk")).values("n")
        ),
        last_answer_at=Subquery(
            seen.filter(survey=OuterRef("pk")).order_by("-completed_at").values("completed_at")[:1]
        ),
    )


def answers_of(actor: Actor, survey: Survey | None = None) -> QuerySet[Any]:
    """Completed responses within the actor's reach, found through the survey's side of the relation."""
    responses = Survey._meta.get_field("responses").related_model.objects.filter(completed_at__isnull=False)
    if survey is not None:
        responses = responses.filter(survey=survey)
    return within(actor, responses)


def versions(survey: Survey) -> QuerySet[SurveyVersion]:
    """The survey's versions, the newest first."""
    return survey.versions.select_related("published_by").order_by("-number")


def get_version(survey: Survey, number: int) -> SurveyVersion:
    """One version; `NotFoundError` where there is none."""
    found = survey.versions.filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFoundError(Text("version", "版本"))
    return found


def breaks(survey: Survey) -> QuerySet[SeriesBreak]:
    """The breaks of series within the survey's programme, the newest first."""
    return (
        SeriesBreak.objects.filter(programme=programme_of(survey))
        .select_related("version__survey", "version__published_by")
        .order_by("-at", "-id")
    )


def last_change(survey: Survey) -> AuditEntry | None:
    """Who saved the draft last, and when."""
    return (
        AuditEntry.objects.filter(
            subject_type="surveys.survey", subject_key=survey.key, action__startswith="surveys.draft"
        )
        .order_by("-id")
        .first()
    )

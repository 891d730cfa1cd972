"""What is done to surveys short of publishing: create, edit, settings, duplicate, discard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import F

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.company.models import Site
from peakend.server.surveys import selectors
from peakend.server.surveys.drafts import Draft, dumped, read_draft
from peakend.server.surveys.library import template
from peakend.server.surveys.models import Survey
from peakend.server.surveys.policies import EDIT
from peakend.server.surveys.questionnaire import Words
from peakend.server.surveys.texts import storable

KINDS = ("relational", "transactional", "pulse")
LONGEST_NAME = 200
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@service("surveys.edit")
def create_survey(
    *,
    actor: Actor,
    name: Words,
    questionnaire: object = None,
    from_template: str = "",
    programme: str = "",
    kind: str = "transactional",
    anonymous: bool = False,
    site_code: str = "",
) -> Survey:
    """A new survey in draft: of `questionnaire` (a draft), of a template, or with one empty page.

    `InvalidError` for what does not have its form, `NotFoundError` for a template that does not exist.
    """
    if from_template:
        chosen = template(from_template)
        questionnaire = questionnaire or chosen.questionnaire.model_dump(mode="json")
        kind, programme = chosen.kind, programme or chosen.programme
        name = name or dict(chosen.questionnaire.title)
        anonymous = anonymous or chosen.anonymous
    draft = read_draft(questionnaire or _one_page(name))
    survey = Survey(
        name=_name(name or dict(draft.title)),
        programme=storable(programme).strip()[:80],
        kind=_kind(kind),
        anonymous=anonymous,
        draft=dumped(draft),
        site=_site(actor, site_code),
        created_by_id=actor.user_id,
    )
    survey.save()
    audit(actor, "surveys.draft.created", survey, template=from_template)
    return survey


@service("surveys.edit")
def save_draft(*, actor: Actor, key: str, revision: int, questionnaire: object) -> Survey:
    """Put `questionnaire` in the draft's place. `ConflictError` where somebody saved since revision
    `revision`.
    """
    survey = _unchanged(actor, key, revision)
    return _saved(actor, survey, read_draft(questionnaire))


def change_draft(
    *, actor: Actor, key: str, revision: int, change: Callable[[Draft], Any], what: str = "draft"
) -> tuple[Survey, Any]:
    """Apply `change` to the draft as it stood at `revision`; the survey and what `change` returned."""
    outcome: list[Any] = []
    survey = _change_draft(
        actor=actor, key=key, revision=revision, change=lambda draft: outcome.append(change(draft)), what=what
    )
    return survey, outcome[0]


@service("surveys.edit")
def _change_draft(
    *, actor: Actor, key: str, revision: int, change: Callable[[Draft], None], what: str
) -> Survey:
    survey = _unchanged(actor, key, revision)
    draft = selectors.draft_of(survey)
    change(draft)
    return _saved(actor, survey, read_draft(dumped(draft)), what)


@service("surveys.edit")
def change_settings(
    *,
    actor: Actor,
    key: str,
    name: Words | None = None,
    programme: str | None = None,
    kind: str | None = None,
    anonymous: bool | None = None,
    site_code: str | None = None,
) -> Survey:
    """Change what is given. Once published, neither the programme nor the promise of anonymity can change."""
    survey = selectors.editable(actor, key)
    fixed = survey.current_id is not None
    if fixed and (
        (anonymous is not None and anonymous != survey.anonymous)
        or (programme is not None and storable(programme).strip() != survey.programme)
    ):
        raise ConflictError(
            Text(
                "What customers were promised and the series their answers belong to cannot change any more.",
                "已发布的调查不能再更改匿名承诺与所属系列。",
            ),
            Text("Duplicate the survey and change the copy.", "请复制此调查，在副本中更改。"),
        )
    if name is not None:
        survey.name = _name(name)
    if programme is not None:
        survey.programme = storable(programme).strip()[:80]
    if kind is not None:
        survey.kind = _kind(kind)
    if anonymous is not None:
        survey.anonymous = anonymous
    if site_code is not None:
        survey.site = _site(actor, site_code)
    survey.save(update_fields=["name", "programme", "kind", "anonymous", "site"])
    audit(actor, "surveys.settings.changed", survey, kind=survey.kind, anonymous=survey.anonymous)
    return survey


@service("surveys.edit")
def duplicate(*, actor: Actor, key: str, name: Words | None = None) -> Survey:
    """A new survey in draft with the same questions, in the same programme."""
    before = selectors.get_survey(actor, key)
    if not selectors.may_edit(actor, before):
        raise NotAllowedError(EDIT)
    marks = {"en": "{} (copy)", "zh": "{}（副本）"}
    copied = {language: marks.get(language, "{} ·2").format(word) for language, word in before.name.items()}
    survey = Survey(
        name=_name(name or copied),
        programme=before.programme,
        kind=before.kind,
        anonymous=before.anonymous,
        draft=before.draft,
        site=before.site,
        created_by_id=actor.user_id,
    )
    survey.save()
    audit(actor, "surveys.draft.duplicated", survey, of=before.key)
    return survey


@service("surveys.edit")
def discard(*, actor: Actor, key: str) -> None:
    """Delete a survey that was never published; `ConflictError` for any other: its answers need it."""
    survey = selectors.editable(actor, key)
    if survey.current_id is not None or survey.versions.exists():
        raise ConflictError(
            Text("A survey that was published stays.", "发布过的调查不能删除。"),
            Text("Close it: nobody can answer then.", "可以关闭它，关闭后无人可再作答。"),
        )
    audit(actor, "surveys.discarded", survey)
    survey.delete()


def _unchanged(actor: Actor, key: str, revision: int) -> Survey:
    survey = selectors.editable(actor, key)
    if survey.draft_revision != revision:
        last = selectors.last_change(survey)
        who, at = (last.actor_name, f"{last.at:%Y-%m-%d %H:%M} UTC") if last else ("?", "?")
        raise ConflictError(
            Text(
                f"{who} saved this survey at {at}, after you opened it.",
                f"您打开之后，{who} 于 {at} 保存过此调查。",
            ),
            Text(
                "Nothing of theirs was overwritten. Look at their change, then save yours again.",
                "对方的修改未被覆盖。请先查看对方的修改，再重新保存。",
            ),
            by=who,
            at=at,
            revision=survey.draft_revision,
        )
    return survey


def _saved(actor: Actor, survey: Survey, draft: Draft, what: str = "draft") -> Survey:
    content = dumped(draft)
    # The condition holds on databases without row locks too.
    changed = Survey.objects.filter(pk=survey.pk, draft_revision=survey.draft_revision).update(
        draft=content, draft_revision=F("draft_revision") + 1
    )
    if not changed:
        raise ConflictError(
            Text("Somebody else saved this survey at the same moment.", "有人同时保存了此调查。"),
            Text("Open it again and repeat your change.", "请重新打开后再次修改。"),
        )
    survey.draft, survey.draft_revision = content, survey.draft_revision + 1
    audit(actor, "surveys.draft.saved", survey, revision=survey.draft_revision, what=what)
    return survey


def _name(name: Words) -> Words:
    kept = {
        language: storable(text).strip()[:LONGEST_NAME]
        for language, text in name.items()
        if LANGUAGE_TAG.fullmatch(language) and storable(text).strip()
    }
    if not kept:
        raise InvalidError(
            Text("A survey needs a name.", "请为调查命名。"),
            Text("Give it one that colleagues recognise.", "请取一个同事一看便知的名称。"),
            fields=[{"field": "name", "message": "required"}],
        )
    return kept


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidError(
            Text(f"{kind[:40]} is no kind of survey.", f"没有“{kind[:40]}”这种调查类型。"),
            Text(f"Choose one of {', '.join(KINDS)}.", f"请选择 {'、'.join(KINDS)} 之一。"),
            fields=[{"field": "kind", "message": "unknown"}],
        )
    return kind


def _site(actor: Actor, code: str) -> Site | None:
    if not code:
        if actor.reach.everything:
            return None
        # Somebody with one site makes surveys of that site.
        own = list(Site.objects.filter(pk__in=actor.reach.sites)[:2])
        if len(own) == 1:
            return own[0]
        raise NotAllowedError(EDIT)
    site = Site.objects.filter(code=storable(code)).first()
    if site is None or not (actor.reach.everything or site.pk in actor.reach.sites):
        raise InvalidError(
            Text(f"There is no site {code[:60]}.", f"没有网点 {code[:60]}。"),
            Text("Choose a site you look after.", "请选择您负责的网点。"),
            fields=[{"field": "site", "message": "unknown"}],
        )
    return site


def _one_page(name: Words) -> dict[str, Any]:
    from peakend.server.surveys.drafts import blank

    languages = [one for one in ("en", "zh") if name.get(one)] or ["en"]
    return dumped(blank(languages, {one: text for one, text in name.items() if one in languages}))

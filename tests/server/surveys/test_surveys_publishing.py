"""Drafts, versions that never change, and core items under change control."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.answering.models import Response
from peakend.server.surveys import publishing, selectors, services
from peakend.server.surveys.models import (
    ItemSeries,
    SeriesBreak,
    Survey,
    SurveyVersion,
    UnchangeableError,
)
from peakend.server.surveys.questionnaire import Question, Questionnaire
from peakend.server.surveys.series import questionnaire_of, series_of, warehouse_question_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(company: Any) -> Any:
    return company.actor("cx_manager")


def published(manager: Any, template: str = "nps", **fields: Any) -> Survey:
    survey = services.create_survey(actor=manager, name={}, from_template=template, **fields)
    publishing.publish(actor=manager, key=survey.key, revision=0)
    return Survey.objects.get(pk=survey.pk)


def saved(manager: Any, survey: Survey, change: Any) -> Survey:
    draft = deepcopy(Survey.objects.get(pk=survey.pk).draft)
    change(draft)
    return services.save_draft(
        actor=manager,
        key=survey.key,
        revision=Survey.objects.get(pk=survey.pk).draft_revision,
        questionnaire=draft,
    )


def question(draft: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return draft["pages"][0]["questions"][number]


def test_publishing_makes_version_one_with_the_digest_of_its_canonical_form(manager: Any) -> None:
    survey = published(manager)
    version = survey.current
    assert (survey.status, version.number) == ("live", 1)
    assert version.digest == publishing.digest_of(version.questionnaire)
    shuffled = dict(reversed(list(version.questionnaire.items())))
    assert publishing.digest_of(shuffled) == version.digest
    assert AuditEntry.objects.filter(action="surveys.published", subject_key=survey.key).count() == 1


def test_a_version_can_be_neither_changed_nor_deleted(manager: Any) -> None:
    version = published(manager).current
    version.questionnaire = {}
    with pytest.raises(UnchangeableError):
        version.save()
    with pytest.raises(UnchangeableError):
        version.delete()
    with pytest.raises(UnchangeableError):
        SurveyVersion.objects.filter(pk=version.pk).update(number=7)
    with pytest.raises(UnchangeableError):
        SurveyVersion.objects.all().delete()
    with pytest.raises(UnchangeableError):
        SurveyVersion.objects.bulk_update([version], ["digest"])
    again = SurveyVersion.objects.get(pk=version.pk)
    assert publishing.digest_of(again.questionnaire) == again.digest


def test_history_stays_on_its_version_and_computes_the_same(manager: Any) -> None:
    survey = published(manager)
    first = survey.current
    for n, score in enumerate([10, 9, 8, 3]):
        Response.objects.create(
            survey=survey,
            version=first,
            language="en",
            channel="link",
            state="completed",
            answers={"recommend": {"state": "answered", "score": score}},
            started_at=clock.now(),
            completed_at=clock.now(),
            key=f"r{n}",
        )

    def score_on(version: SurveyVersion) -> tuple[str, float]:
        asked = next(q for q in questionnaire_of(version).questions() if q.type == "nps")
        scores = [r.answers[asked.id]["score"] for r in Response.objects.filter(version=version)]
        return version.digest, sum((s >= 9) - (s <= 6) for s in scores) / len(scores) * 100

    before = score_on(first)
    saved(manager, survey, lambda d: question(d, 1)["text"].update(en="Please tell us why."))
    assert Survey.objects.get(pk=survey.pk).current == first  # the live one is not touched by the draft
    second = publishing.publish(actor=manager, key=survey.key, revision=1)
    assert second.number == 2
    assert score_on(SurveyVersion.objects.get(pk=first.pk)) == before == (first.digest, 25.0)
    assert set(Response.objects.values_list("version__number", flat=True)) == {1}


def test_two_editors_notice_each_other(manager: Any, company: Any) -> None:
    survey = services.create_survey(actor=manager, name={}, from_template="ces")
    services.save_draft(
        actor=company.actor("administrator"), key=survey.key, revision=0, questionnaire=survey.draft
    )
    with pytest.raises(ConflictError) as caught:
        services.save_draft(actor=manager, key=survey.key, revision=0, questionnaire=survey.draft)
    assert caught.value.data["by"] == "administrator"
    assert "administrator" in caught.value.what.zh
    assert Survey.objects.get(pk=survey.pk).draft_revision == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: question(d)["text"].pop("zh"), "missing in zh"),
        (lambda d: d["languages"].append("ar"), "missing in ar"),
        (lambda d: d["pages"][0].update(questions=[]), "no question"),
        (
            lambda d: question(d).update(show_if={"conditions": [{"question": "why", "op": "answered"}]}),
            "does not stand before it",
        ),
        (
            lambda d: question(d, 1).update(show_if={"conditions": [{"question": "gone", "op": "answered"}]}),
            "does not exist",
        ),
        (
            lambda d: question(d, 1).update(
                show_if={"conditions": [{"question": "recommend", "op": "le", "value": 99}]}
            ),
            "not on the scale",
        ),
        (lambda d: question(d)["text"].update(en="Of {{why}}?"), "not an earlier question"),
        (lambda d: question(d, 1).update(type="single"), "at least two options"),
        (lambda d: question(d, 1).update(item="recommend"), "asked twice"),
        (lambda d: question(d, 1).update(type="matrix"), "rows"),
    ],
)
def test_an_unfinished_draft_is_kept_but_not_published(manager: Any, spoil: Any, said: str) -> None:
    survey = services.create_survey(actor=manager, name={}, from_template="nps")
    saved(manager, survey, spoil)
    with pytest.raises(InvalidError) as caught:
        publishing.publish(actor=manager, key=survey.key, revision=1)
    assert any(said in one["message"] for one in caught.value.data["fields"])
    assert not SurveyVersion.objects.exists()


def test_a_changed_core_item_breaks_its_series_only_with_a_reason(manager: Any) -> None:
    survey = published(manager)
    first = survey.current
    saved(manager, survey, lambda d: question(d)["text"].update(en="Would you recommend us?"))
    for given in ({}, {"confirmed": ["recommend"]}, {"confirmed": ["other"], "reason": "because"}):
        with pytest.raises(ConflictError) as caught:
            publishing.publish(actor=manager, key=survey.key, revision=1, **given)
        assert caught.value.data["items"] == ["recommend"]
    assert not SeriesBreak.objects.exists()
    second = publishing.publish(
        actor=manager, key=survey.key, revision=1, confirmed=["recommend"], reason="Shorter"
    )
    row = SeriesBreak.objects.get()
    assert (row.item, row.programme, row.version, row.reason) == ("recommend", "nps", second, "Shorter")
    assert row.before != row.after
    assert series_of("nps", "recommend", first) == "recommend"
    assert series_of("nps", "recommend", second) == "recommend~2"
    asked = next(iter(questionnaire_of(second).questions()))
    assert warehouse_question_id(first, asked) == "recommend"
    assert warehouse_question_id(second, asked) == "recommend~2"
    assert warehouse_question_id(second, asked, "r1") == "recommend~2.r1"


def test_going_back_to_the_old_wording_goes_back_to_the_old_series(manager: Any) -> None:
    survey = published(manager)
    old = question(survey.draft)["text"]["en"]
    for n, words in enumerate(["New words?", old], 1):
        saved(manager, survey, lambda d, words=words: question(d)["text"].update(en=words))
        publishing.publish(actor=manager, key=survey.key, revision=n, confirmed=["recommend"], reason="try")
    labels = [series_of("nps", "recommend", version) for version in survey.versions.order_by("number")]
    assert labels == ["recommend", "recommend~2", "recommend"]
    assert SeriesBreak.objects.count() == 2


def test_another_language_breaks_nothing(manager: Any) -> None:
    survey = published(manager)

    def translated(draft: dict[str, Any]) -> None:
        from peakend.server.surveys.drafts import dumped, read_draft
        from peakend.server.surveys.texts import places

        whole = read_draft(draft)
        whole.languages.append("ar")
        for place in places(whole):
            if place.words:
                place.words["ar"] = "نص"
        draft.update(dumped(whole))

    saved(manager, survey, translated)
    second = publishing.publish(actor=manager, key=survey.key, revision=1)
    assert series_of("nps", "recommend", second) == "recommend"
    saved(manager, survey, lambda d: question(d)["text"].update(ar="نص آخر"))
    with pytest.raises(ConflictError):
        publishing.publish(actor=manager, key=survey.key, revision=2)


def test_core_items_are_held_over_the_surveys_of_a_programme(manager: Any) -> None:
    published(manager)
    other = services.create_survey(actor=manager, name={}, from_template="nps")
    saved(manager, other, lambda d: question(d)["text"].update(zh="您会推荐我们吗？"))
    with pytest.raises(ConflictError):
        publishing.publish(actor=manager, key=other.key, revision=1)
    services.change_settings(actor=manager, key=other.key, programme="elsewhere")
    publishing.publish(actor=manager, key=other.key, revision=1)
    assert not SeriesBreak.objects.exists()


def test_a_question_with_another_scale_is_another_column(manager: Any) -> None:
    survey = published(manager, "csat")
    saved(manager, survey, lambda d: question(d, 1)["options"].pop(0))
    second = publishing.publish(actor=manager, key=survey.key, revision=1)
    settled = next(q for q in questionnaire_of(second).questions() if q.id == "settled")
    assert warehouse_question_id(second, settled) == f"{survey.key}.settled~2"
    assert ItemSeries.objects.filter(version=second).count() == 5


def test_nothing_is_published_twice_and_closing_opens_again(manager: Any) -> None:
    survey = published(manager)
    with pytest.raises(ConflictError):
        publishing.publish(actor=manager, key=survey.key, revision=0)
    publishing.close(actor=manager, key=survey.key)
    with pytest.raises(ConflictError):
        publishing.close(actor=manager, key=survey.key)
    assert publishing.reopen(actor=manager, key=survey.key).status == "live"
    with pytest.raises(ConflictError):
        services.change_settings(actor=manager, key=survey.key, anonymous=True)
    with pytest.raises(ConflictError):
        services.discard(actor=manager, key=survey.key)
    copy = services.duplicate(actor=manager, key=survey.key)
    assert (copy.status, copy.current, copy.draft) == ("draft", None, survey.draft)
    assert copy.name["zh"].endswith("（副本）")
    services.discard(actor=manager, key=copy.key)
    assert not Survey.objects.filter(pk=copy.pk).exists()


def test_who_may_do_what(manager: Any, company: Any) -> None:
    survey = published(manager)
    for name in ("analyst", "north.supervisor", "north.front_line"):
        with pytest.raises(NotAllowedError):
            services.save_draft(
                actor=company.actor(name), key=survey.key, revision=0, questionnaire=survey.draft
            )
        with pytest.raises(NotAllowedError):
            publishing.publish(actor=company.actor(name), key=survey.key, revision=0)
    Survey.objects.filter(pk=survey.pk).update(site=company.sites["south"])
    with pytest.raises(NotFoundError):
        selectors.get_survey(company.actor("north.supervisor"), survey.key)
    assert selectors.get_survey(company.actor("south.supervisor"), survey.key) == survey
    company.users["cx_manager"].sites.add(company.sites["north"])
    with pytest.raises(NotFoundError):
        services.duplicate(actor=company.actor("cx_manager"), key=survey.key)
    Survey.objects.filter(pk=survey.pk).update(site=None)
    with pytest.raises(NotAllowedError):
        publishing.close(actor=company.actor("cx_manager"), key=survey.key)


def test_a_questionnaire_holds_its_form() -> None:
    whole = Questionnaire.model_validate(
        {
            "languages": ["en"],
            "default_language": "en",
            "title": {"en": "T"},
            "pages": [{"id": "p", "questions": [{"id": "q", "type": "text", "text": {"en": "Q"}}]}],
        }
    )
    assert Question.model_validate(whole.pages[0].questions[0].model_dump()) == whole.pages[0].questions[0]

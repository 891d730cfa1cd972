"""Series of items: whether two versions asked the same thing, so that a trend may run over both (LSN-02)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peakend.server.surveys.models import ItemSeries, SeriesBreak, Survey, SurveyVersion
from peakend.server.surveys.questionnaire import (
    Question,
    Questionnaire,
    Words,
    question_key,
    wording_digest,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A core item that is asked otherwise than before."""

    item: str
    before: Question
    after: Question
    version: SurveyVersion  # where it was asked before

    def worded(self, language: str) -> tuple[str, str]:
        """The wording before and after in one language."""
        return self.before.text.get(language, ""), self.after.text.get(language, "")


def programme_of(survey: Survey) -> str:
    """The series of waves the survey belongs to; one without a programme is its own."""
    return survey.programme or survey.key


def questionnaire_of(version: SurveyVersion) -> Questionnaire:
    """What the version asks."""
    return Questionnaire.model_validate(version.questionnaire)


def same_wording(before: Question, after: Question) -> bool:
    """Whether somebody who answers reads the same and can answer the same.

    A language more or less changes nothing for those who read another; without a common language nothing
    is known
    to be the same.
    """
    if wording_digest(before) == wording_digest(after):
        return True
    if (before.type, before.scale, before.not_applicable) != (after.type, after.scale, after.not_applicable):
        return False
    for listed in ("options", "rows"):
        one, other = getattr(before, listed), getattr(after, listed)
        if [(part.code, part.exclusive) for part in one] != [(part.code, part.exclusive) for part in other]:
            return False
    common = set(_languages(before.text)) & set(_languages(after.text))
    pairs = list(zip(_words(before), _words(after), strict=True))
    return bool(common) and all(
        one.get(language, "").strip() == other.get(language, "").strip()
        for one, other in pairs
        for language in common
    )


def same_measure(before: Question, after: Question) -> bool:
    """Whether scores can stand in one column: the same type, scale and answers; the words may differ."""
    return (
        (before.type, before.scale) == (after.type, after.scale)
        and {part.code for part in before.options} == {part.code for part in after.options}
        and {part.code for part in before.rows} == {part.code for part in after.rows}
    )


def _words(question: Question) -> Iterator[Words]:
    yield question.text
    yield question.help
    yield question.low_label
    yield question.high_label
    for part in (*question.options, *question.rows):
        yield part.text


def _languages(words: Words) -> list[str]:
    return [language for language, text in words.items() if text.strip()]


def core_items(questionnaire: Questionnaire) -> dict[str, Question]:
    """The core items by key."""
    return {question.item: question for question in questionnaire.questions() if question.item}


def changes(survey: Survey, questionnaire: Questionnaire) -> list[Change]:
    """Core items that `questionnaire` would ask otherwise than the survey did, or than its programme did
    last.
    """
    found = []
    for item, question in core_items(questionnaire).items():
        before = asked_before(survey, item)
        if before is not None and not same_wording(before[1], question):
            found.append(Change(item, before[1], question, before[0]))
    return found


def asked_before(survey: Survey, item: str) -> tuple[SurveyVersion, Question] | None:
    """How the item was asked last: by the survey itself, else by any survey of its programme."""
    for version in _publications(survey):
        question = core_items(questionnaire_of(version)).get(item)
        if question is not None:
            return version, question
    return None


def _publications(survey: Survey) -> Iterator[SurveyVersion]:
    yield from survey.versions.order_by("-number")
    if survey.programme:
        yield from (
            SurveyVersion.objects.filter(survey__programme=survey.programme)
            .exclude(survey=survey)
            .order_by("-published_at", "-id")
        )


def write_series(survey: Survey, version: SurveyVersion, broken: list[Change], reason: str) -> None:
    """Write which series each question of a fresh version belongs to, and the breaks; for publishing."""
    questionnaire = questionnaire_of(version)
    programme = programme_of(survey)
    for change in broken:
        SeriesBreak.objects.create(
            programme=programme,
            item=change.item,
            version=version,
            before=wording_digest(change.before),
            after=wording_digest(change.after),
            at=version.published_at,
            reason=reason,
        )
    ItemSeries.objects.bulk_create(
        ItemSeries(
            programme=programme,
            item=question_key(survey.key, question),
            version=version,
            digest=wording_digest(question),
            series=_number(survey, programme, version, question),
        )
        for question in questionnaire.questions()
    )


def _number(survey: Survey, programme: str, version: SurveyVersion, question: Question) -> int:
    """The series of an equal question asked before (the latest first), else the next free number."""
    key = question_key(survey.key, question)
    alike = same_wording if question.item else same_measure
    known = list(
        ItemSeries.objects.filter(programme=programme, item=key).select_related("version").order_by("-id")
    )
    for row in known:
        before = next((q for q in questionnaire_of(row.version).questions() if _is(row, q)), None)
        if before is not None and alike(before, question):
            return int(row.series)
    if known:
        return max(int(row.series) for row in known) + 1
    # Versions from before series were written down (imported ones) are series 0.
    earlier = survey.versions.exclude(pk=version.pk).order_by("-number").first()
    if earlier is not None:
        for before in questionnaire_of(earlier).questions():
            if question_key(survey.key, before) == key:
                return 0 if alike(before, question) else 1
    return 0


def _is(row: ItemSeries, question: Question) -> bool:
    return row.item in (question.item, f"{row.item.rpartition('.')[0]}.{question.id}")


def series_of(programme: str, item: str, version: SurveyVersion) -> str:
    """The label of the series that the item's answers on `version` belong to: the item's key, `item~2`
    after its
    first break, `item~3` after the second. Scores compare within a label only.
    """
    row = ItemSeries.objects.filter(version=version, item=item, programme=programme).first()
    return labelled(item, int(row.series) if row else 0)


def labelled(item: str, series: int) -> str:
    """The key of an item in its series number `series` (0: as first asked)."""
    return f"{item}~{series + 1}" if series else item


def series_numbers(version: SurveyVersion) -> dict[str, int]:
    """The series number of each question of the version, by its id; one query."""
    rows = dict(ItemSeries.objects.filter(version=version).values_list("item", "series"))
    key = version.survey.key
    return {
        question.id: int(rows.get(question_key(key, question), 0))
        for question in questionnaire_of(version).questions()
    }


def warehouse_question_id(
    version: SurveyVersion,
    question: Question,
    row: str | None = None,
    numbers: dict[str, int] | None = None,
) -> str:
    """`question_id` in the warehouse: `recommend`, `recommend~2` after a break, `<survey>.q3`, `staff~2.r1`.

    It changes where answers before and after must not be one series. `row`: of a matrix, or "expectation"
    of a
    pair. `numbers`: `series_numbers(version)`, for those who ask often.
    """
    known = series_numbers(version) if numbers is None else numbers
    stem = labelled(question_key(version.survey.key, question), known.get(question.id, 0))
    return f"{stem}.{row}" if row else stem

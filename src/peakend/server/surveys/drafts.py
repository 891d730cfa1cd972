"""Drafts: questionnaires that may still be unfinished, and the changes the builder makes to them.

Functions here change the draft they are given; services save it.
"""

from __future__ import annotations

import json
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from peakend.language import Text
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.surveys.questionnaire import (
    Option,
    Page,
    Question,
    Questionnaire,
    QuestionType,
    Words,
)

Listed = Literal["options", "rows"]
LARGEST = 3_000_000
TYPES: tuple[QuestionType, ...] = get_args(QuestionType)


class DraftQuestion(Question):
    """A question that may lack options, rows or a purpose."""

    @model_validator(mode="after")
    def _whole(self) -> DraftQuestion:
        return self


class DraftPage(Page):
    """A page of a draft."""

    questions: list[DraftQuestion] = Field(default_factory=list, max_length=100)  # type: ignore[assignment]


class Draft(Questionnaire):
    """A questionnaire whose parts have their form but need not fit together yet. Ids are unique even here."""

    pages: list[DraftPage] = Field(min_length=1, max_length=60)  # type: ignore[assignment]

    @model_validator(mode="after")
    def _whole(self) -> Draft:
        for listed in ([page.id for page in self.pages], [one.id for one in self.questions()]):
            twice = sorted({one for one in listed if listed.count(one) > 1})
            if twice:
                raise ValueError(f"two parts are called {', '.join(twice)}")
        return self


def read_draft(data: object) -> Draft:
    """The draft in `data` (as JSON holds it); `InvalidError` names what does not have its form."""
    try:
        draft = Draft.model_validate(data)
        content = json.dumps(dumped(draft), ensure_ascii=False, allow_nan=False).encode()
    except (ValidationError, RecursionError, ValueError) as error:
        raise not_formed(error) from error
    # PostgreSQL stores no NUL; a value without end would be carried by every version.
    if b"\\u0000" in content or len(content) > LARGEST:
        raise not_formed(ValueError("a NUL, or more than 3 MB"))
    return draft


def not_formed(error: ValidationError | RecursionError | ValueError) -> InvalidError:
    """Say which parts of a questionnaire do not have their form."""
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])}
        for one in (error.errors()[:20] if isinstance(error, ValidationError) else [])
    ]
    return InvalidError(
        Text("This is not a questionnaire as Peakend stores it.", "内容不符合 Peakend 的问卷格式。"),
        Text("Mend the fields named below.", "请修正下列字段。"),
        fields=fields,
    )


def blank(languages: list[str], title: Words) -> Draft:
    """A draft with one empty page."""
    return Draft(languages=languages, default_language=languages[0], title=title, pages=[DraftPage(id="p1")])


def dumped(draft: Questionnaire) -> dict[str, Any]:
    """The draft as it is stored."""
    return draft.model_dump(mode="json")


def fresh(stem: str, taken: set[str]) -> str:
    """`stem1`, `stem2`, … – the first that is not taken."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def page_of(draft: Draft, page_id: str) -> DraftPage:
    """The page; `NotFoundError` where there is none."""
    for page in draft.pages:
        if page.id == page_id:
            return page
    raise NotFoundError(Text("page", "页"))


def question_of(draft: Draft, question_id: str) -> tuple[DraftPage, DraftQuestion]:
    """The question and its page; `NotFoundError` where there is none."""
    for page in draft.pages:
        for question in page.questions:
            if question.id == question_id:
                return page, question
    raise NotFoundError(Text("question", "题目"))


def add_page(draft: Draft) -> DraftPage:
    """A new page at the end."""
    page = DraftPage(id=fresh("p", {one.id for one in draft.pages}))
    draft.pages.append(page)
    return page


def add_question(draft: Draft, page_id: str, kind: QuestionType) -> DraftQuestion:
    """A new question at the end of a page, with what its type needs to begin with."""
    question = DraftQuestion(
        id=fresh("q", {one.id for one in draft.questions()}),
        type=kind,
        text={},
        overall=kind == "nps" and not any(one.overall for one in draft.questions()),
        purpose="research" if kind == "consent" else "",
    )
    if kind in ("single", "multiple", "ranking"):
        question.options = [Option(code=code, text={}) for code in ("a", "b", "c")]
    if kind == "matrix":
        question.rows = [Option(code=code, text={}) for code in ("r1", "r2", "r3")]
    page_of(draft, page_id).questions.append(question)
    return question


def insert_question(draft: Draft, page_id: str, question: Question) -> DraftQuestion:
    """A ready question (of the item bank) at the end of a page, under a free id."""
    taken = {one.id for one in draft.questions()}
    made = DraftQuestion.model_validate(
        question.model_dump() | {"id": question.id if question.id not in taken else fresh("q", taken)}
    )
    page_of(draft, page_id).questions.append(made)
    return made


def remove_page(draft: Draft, page_id: str) -> None:
    """Take a page out with its questions; the last one stays."""
    page = page_of(draft, page_id)
    if len(draft.pages) == 1:
        raise InvalidError(
            Text("A questionnaire has at least one page.", "问卷至少要有一页。"),
            Text("Remove its questions instead.", "可改为删除其中的题目。"),
        )
    draft.pages.remove(page)


def remove_question(draft: Draft, question_id: str) -> None:
    """Take a question out."""
    page, question = question_of(draft, question_id)
    page.questions.remove(question)


def move_page(draft: Draft, page_id: str, by: int) -> None:
    """Move a page up (-1) or down (1); nothing at the ends."""
    page = page_of(draft, page_id)
    _move(draft.pages, draft.pages.index(page), by)


def move_question(draft: Draft, question_id: str, by: int) -> None:
    """Move a question up or down, over the edge of its page into the next one."""
    page, question = question_of(draft, question_id)
    place, at = draft.pages.index(page), page.questions.index(question)
    if 0 <= at + by < len(page.questions):
        _move(page.questions, at, by)
    elif 0 <= place + by < len(draft.pages):
        page.questions.remove(question)
        other = draft.pages[place + by].questions
        other.insert(len(other) if by < 0 else 0, question)


def copy_question(draft: Draft, question_id: str) -> DraftQuestion:
    """The same question once more behind it, no core item: an item stands once in a questionnaire."""
    page, question = question_of(draft, question_id)
    made = question.model_copy(deep=True)
    made.id, made.item = fresh("q", {one.id for one in draft.questions()}), None
    page.questions.insert(page.questions.index(question) + 1, made)
    return made


def move_option(question: Question, listed: Listed, code: str, by: int) -> None:
    """Move an option or a row up or down."""
    parts = getattr(question, listed)
    for place, part in enumerate(parts):
        if part.code == code:
            return _move(parts, place, by)
    raise NotFoundError(Text("option", "选项"))


def _move(parts: list[Any], place: int, by: int) -> None:
    if 0 <= place + by < len(parts):
        parts.insert(place + by, parts.pop(place))

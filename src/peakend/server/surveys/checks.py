"""What stands between a draft and its publication: every problem at once, each with the place to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.surveys.drafts import Draft, dumped
from peakend.server.surveys.questionnaire import Question, Questionnaire, ShowIf
from peakend.server.surveys.texts import PIPE, Place, gaps, of_question, places

MOST_SCORES = 12  # that a phone can show as buttons in two rows
SCORED = frozenset({"nps", "csat", "ces", "rating", "pair"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that has to be mended before publishing; `question` is its id ("": the whole)."""

    what: Text
    question: str = ""
    language: str = ""


def problems(draft: Questionnaire) -> list[Problem]:
    """Everything that keeps the draft from being published, in reading order."""
    found = [*_content(draft), *_logic(draft), *_pipes(draft), *_missing(draft)]
    if not found and isinstance(draft, Draft):
        try:
            Questionnaire.model_validate(dumped(draft))
        except ValidationError as error:
            # A rule of the questionnaire that nothing above has a sentence for.
            found = [Problem(Text(one["msg"], f"问卷不符合格式（{one['msg']}）。")) for one in error.errors()]
    return found


def publishable(draft: Questionnaire) -> Questionnaire:
    """The whole questionnaire; `InvalidError` with every problem."""
    found = problems(draft)
    if found:
        raise InvalidError(
            Text(
                f"{len(found)} things have to be settled before this survey can be published.",
                f"发布前还有 {len(found)} 处需要处理。",
            ),
            Text("Mend what is listed.", "请逐项处理下列内容。"),
            fields=[
                {"field": one.question or "questionnaire", "message": one.what.en} for one in found[:100]
            ],
        )
    return Questionnaire.model_validate(dumped(draft))


def _content(draft: Questionnaire) -> Iterator[Problem]:
    questions = list(draft.questions())
    if not questions:
        yield Problem(Text("There is no question yet.", "还没有题目。"))
    if draft.default_language not in draft.languages:
        yield Problem(Text("The default language is not in use.", "默认语言不在所用语言之列。"))
    for page in draft.pages:
        if not page.questions and len(draft.pages) > 1:
            yield Problem(Text(f"Page {page.id} is empty.", f"第 {page.id} 页没有题目。"))
    items = [question.item for question in questions if question.item]
    for item in sorted({one for one in items if items.count(one) > 1}):
        yield Problem(
            Text(f"The core item {item} is asked twice.", f"核心题 {item} 出现了两次。"),
            next(q.id for q in reversed(questions) if q.item == item),
        )
    for question in questions:
        for what in _question(question):
            yield Problem(what, question.id)


def _question(question: Question) -> Iterator[Text]:
    name = question.id
    if question.type in ("single", "multiple", "ranking") and len(question.options) < 2:
        yield Text(f"{name}: give at least two options.", f"{name}：至少需要两个选项。")
    if question.type == "matrix" and not question.rows:
        yield Text(f"{name}: give the matrix its rows.", f"{name}：矩阵题需要行。")
    if question.type == "consent" and not question.purpose:
        yield Text(
            f"{name}: say what the consent is for.",
            f"{name}：请填写征求同意的用途。",
        )
    for listed in (question.options, question.rows):
        codes = [one.code for one in listed]
        for code in sorted({one for one in codes if codes.count(one) > 1}):
            yield Text(f"{name}: two options have the code {code}.", f"{name}：有两个选项的代码都是 {code}。")
    scale = question.scale
    if question.type == "nps" and scale != (0, 10):
        yield Text(f"{name}: NPS is asked from 0 to 10.", f"{name}：净推荐值的量表须为 0 至 10。")
    elif scale and not 0 <= scale[0] < scale[1] <= 100:
        yield Text(
            f"{name}: the scale must rise within 0 to 100.", f"{name}：量表须在 0 至 100 之间且由低到高。"
        )
    elif scale and scale[1] - scale[0] >= MOST_SCORES:
        yield Text(
            f"{name}: a scale has at most {MOST_SCORES} steps.", f"{name}：量表最多 {MOST_SCORES} 级。"
        )
    if question.most and question.type == "multiple" and question.most > len(question.options):
        yield Text(f"{name}: fewer options than may be chosen.", f"{name}：可选数量多于选项数量。")


def _logic(draft: Questionnaire) -> Iterator[Problem]:
    seen: dict[str, Question] = {}
    every = {question.id: question for question in draft.questions()}
    for page in draft.pages:
        first = page.questions[0].id if page.questions else ""
        yield from _rule(page.show_if, page.id, first, seen, every)
        for question in page.questions:
            yield from _rule(question.show_if, question.id, question.id, seen, every)
            seen[question.id] = question


def _rule(
    rule: ShowIf | None, where: str, question: str, seen: dict[str, Question], every: dict[str, Question]
) -> Iterator[Problem]:
    for condition in rule.conditions if rule else ():
        asked, _, part = condition.question.partition(".")
        if asked.startswith("@"):
            continue
        if asked not in every:
            yield Problem(
                Text(
                    f"{where}: its rule asks about {asked}, which does not exist.",
                    f"{where}：显示条件引用的 {asked} 不存在。",
                ),
                question,
            )
        elif asked not in seen:
            yield Problem(
                Text(
                    f"{where}: its rule asks about {asked}, which does not stand before it.",
                    f"{where}：显示条件引用的 {asked} 不在它之前。",
                ),
                question,
            )
        else:
            for what in _value(where, seen[asked], part, condition.op, condition.value):
                yield Problem(what, question)


def _value(where: str, asked: Question, part: str, op: str, value: object) -> Iterator[Text]:
    rows = {row.code for row in asked.rows}
    if part and part not in (rows if asked.type == "matrix" else {"expectation"}):
        yield Text(f"{where}: {asked.id} has no part {part}.", f"{where}：{asked.id} 没有 {part} 这一行。")
    if asked.type == "matrix" and not part:
        yield Text(
            f"{where}: name a row of {asked.id}, such as {asked.id}.{next(iter(rows), 'r1')}.",
            f"{where}：请指明 {asked.id} 的某一行，例如 {asked.id}.{next(iter(rows), 'r1')}。",
        )
    if op in ("answered", "not_answered"):
        return
    values = value if isinstance(value, list) else [value]
    if value in (None, "", []):
        yield Text(f"{where}: its rule has no value.", f"{where}：显示条件缺少取值。")
    elif asked.type in ("single", "multiple", "ranking") and op in ("eq", "ne", "in", "contains"):
        codes = {option.code for option in asked.options}
        for one in values:
            if str(one) not in codes:
                yield Text(
                    f"{where}: {asked.id} has no option {one}.", f"{where}：{asked.id} 没有选项 {one}。"
                )
    elif asked.scale:
        for one in values:
            if not isinstance(one, int | float) or not asked.scale[0] <= one <= asked.scale[1]:
                yield Text(
                    f"{where}: {one} is not on the scale of {asked.id}.",
                    f"{where}：{one} 不在 {asked.id} 的量表上。",
                )


def _pipes(draft: Questionnaire) -> Iterator[Problem]:
    seen: set[str] = set()
    every = [question.id for question in draft.questions()]
    for place in places(draft):
        if place.question or place.path.startswith("page."):
            continue
        yield from _piped(place, set(every) if place.kind == "thanks" else set(), "")
    for page in draft.pages:
        yield from _piped(Place("", "title", page.title), seen, "")
        for question in page.questions:
            for place in of_question(question):
                yield from _piped(place, seen, question.id)
            seen.add(question.id)


def _piped(place: Place, seen: set[str], question: str) -> Iterator[Problem]:
    for language, text in place.words.items():
        for name in PIPE.findall(text):
            if not name.startswith("@") and name.partition(".")[0] not in seen:
                yield Problem(
                    Text(
                        f"{question or place.path}: {{{{{name}}}}} is not an earlier question.",
                        f"{question or place.path}：{{{{{name}}}}} 不是之前的题目。",
                    ),
                    question,
                    language,
                )


def _missing(draft: Questionnaire) -> Iterator[Problem]:
    for language, listed in gaps(draft).items():
        for place in listed:
            yield Problem(
                Text(
                    f"{place.question or 'Survey'}: {place.title.en.lower()} missing in {language}.",
                    f"{place.question or '问卷'}：{place.title.zh}缺少 {language} 文字。",
                ),
                place.question,
                language,
            )

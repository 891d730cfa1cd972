"""From the builder's form to a question, and back: no field is lost on the way, whatever was wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.surveys.drafts import Draft, DraftQuestion, question_of
from peakend.server.surveys.questionnaire import Condition, Option, Question, ShowIf, Words
from peakend.server.surveys.texts import LONGEST, PIPE, places

SPARE = 3  # empty lines for further options
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORDS = ("text", "help", "label", "low_label", "high_label")


@dataclass(slots=True)
class Sent:
    """A question as somebody sent it, and what is wrong with it by field."""

    question: DraftQuestion
    new_id: str
    wrong: dict[str, Text] = field(default_factory=dict)


def read_question(post: QueryDict, before: DraftQuestion, languages: list[str]) -> Sent:
    """The question that the form describes; texts in languages that the form did not show stay as they
    were.
    """
    sent = Sent(before.model_copy(deep=True), before.id)
    made = sent.question
    for name in _WORDS:
        setattr(made, name, _words(post, name, getattr(made, name), languages))
    for name in ("required", "overall", "not_applicable", "shuffle"):
        setattr(made, name, post.get(name) == "on")
    made.dimension = post.get("dimension", "").strip()[:80]
    made.touchpoint = post.get("touchpoint", "").strip()[:60]
    made.purpose = post.get("purpose", made.purpose).strip()[:60]
    tone = post.get("tone", "")
    made.tone = tone if tone in ("functional", "emotional") else ""
    _codes(post, sent)
    if made.type not in ("nps", "single", "multiple", "ranking", "text", "consent"):
        made.scale_low = _number(post, sent, "scale_low", 0, 100)
        made.scale_high = _number(post, sent, "scale_high", 0, 100)
    if made.type == "text":
        made.max_length = _number(post, sent, "max_length", 1, 20_000) or 2000
    if made.type == "multiple":
        made.most = _number(post, sent, "most", 1, 200)
    for listed in ("options", "rows"):
        if f"{listed}.count" in post:
            setattr(made, listed, _options(post, sent, listed, getattr(made, listed), languages))
    made.show_if = read_rule(post, sent.wrong)
    return sent


def _words(post: QueryDict, name: str, before: Words, languages: list[str]) -> Words:
    words = dict(before)
    for language in languages:
        if f"{name}.{language}" in post:
            text = post[f"{name}.{language}"].replace("\r\n", "\n").replace("\x00", "").strip()[:LONGEST]
            words.pop(language, None)
            if text:
                words[language] = text
    return words


def _codes(post: QueryDict, sent: Sent) -> None:
    new_id = post.get("id", sent.question.id).strip()
    if _ID.fullmatch(new_id):
        sent.new_id = new_id
    else:
        sent.wrong["id"] = _bad_code(new_id)
    item = post.get("item", "").strip()
    if not item or _ID.fullmatch(item):
        sent.question.item = item or None
    else:
        sent.wrong["item"] = _bad_code(item)


def _bad_code(text: str) -> Text:
    return Text(
        f"“{text[:40]}”: small letters, digits and underscores only, beginning with a letter.",
        f"“{text[:40]}”：只能使用小写字母、数字和下划线，且以字母开头。",
    )


def _number(post: QueryDict, sent: Sent, name: str, low: int, high: int) -> int | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 7 and low <= int(text) <= high:
        return int(text)
    sent.wrong[name] = Text(
        f"Give a whole number from {low} to {high}.", f"请填写 {low} 至 {high} 之间的整数。"
    )
    return None


def _options(
    post: QueryDict, sent: Sent, listed: str, before: list[Option], languages: list[str]
) -> list[Option]:
    known = {one.code: one for one in before}
    count = post.get(f"{listed}.count", "0")
    made: list[Option] = []
    for number in range(min(int(count), 210) if count.isdigit() and len(count) < 5 else 0):
        stem = f"{listed}.{number}"
        if post.get(f"{stem}.remove") == "on":
            continue
        old = known.get(post.get(f"{stem}.was", ""))
        text = _words(post, f"{stem}.text", dict(old.text) if old else {}, languages)
        code = post.get(f"{stem}.code", "").strip()
        if not old and not text and not code:
            continue
        if code and not _CODE.fullmatch(code):
            sent.wrong[f"{stem}.code"] = Text(
                f"“{code[:40]}”: letters, digits, dot, hyphen and underscore only.",
                f"“{code[:40]}”：只能使用字母、数字、点、连字符和下划线。",
            )
            code = ""
        taken = {one.code for one in made} | set(known)
        made.append(
            Option(
                code=code or (old.code if old else _free(taken, "r" if listed == "rows" else "o")),
                text=text,
                exclusive=post.get(f"{stem}.exclusive") == "on",
            )
        )
    most = 60 if listed == "rows" else 200
    if len(made) > most:
        sent.wrong[listed] = Text(f"At most {most}.", f"最多 {most} 个。")
    return made[:most]


def _free(taken: set[str], stem: str) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def read_rule(post: QueryDict, wrong: dict[str, Text]) -> ShowIf | None:
    """The rule in the form; None for none. A value that is a number is one, a list is written with commas."""
    conditions = []
    for number in range(20):
        asked = post.get(f"rule.{number}.question", "").strip()
        if not asked:
            continue
        op = post.get(f"rule.{number}.op", "eq")
        text = post.get(f"rule.{number}.value", "").strip()[:200]
        value: Any = None
        if op == "in":
            value = [_value(one) for one in re.split(r"[,，、]", text) if one.strip()]
        elif op not in ("answered", "not_answered"):
            value = _value(text)
        try:
            conditions.append(Condition.model_validate({"question": asked[:90], "op": op, "value": value}))
        except ValidationError:
            wrong["rule"] = Text("This rule cannot be read.", "无法识别此显示条件。")
    if not conditions:
        return None
    return ShowIf(match="any" if post.get("rule.match") == "any" else "all", conditions=conditions)


def _value(text: str) -> int | float | str:
    plain = text.strip()
    if re.fullmatch(r"-?\d{1,6}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?\d{1,6}\.\d{1,4}", plain) else plain


def put_question(draft: Draft, question_id: str, sent: Sent) -> None:
    """Put the sent question in the place of the old one; rules and piped texts follow a new id.

    The form cannot tell a number from an option's code: a value is read as the question it is about reads it.
    """
    page, before = question_of(draft, question_id)
    taken = {one.id for one in draft.questions()} - {question_id}
    if sent.new_id in taken:
        sent.wrong["id"] = Text(f"{sent.new_id} is taken.", f"{sent.new_id} 已被使用。")
    if sent.wrong:
        raise InvalidError(
            Text("Some fields need another look.", "有几处需要修改。"),
            Text("Mend what is marked.", "请修改标出的内容。"),
            fields=[{"field": name, "message": what.en} for name, what in sent.wrong.items()],
        )
    fit_values(sent.question.show_if, draft)
    page.questions[page.questions.index(before)] = sent.question
    if sent.new_id != question_id:
        sent.question.id = sent.new_id
        _follow(draft, question_id, sent.new_id)


def fit_values(rule: ShowIf | None, draft: Draft) -> None:
    """Make the values of a rule words where options are meant."""
    kinds = {one.id: one.type for one in draft.questions()}
    for condition in rule.conditions if rule else ():
        if kinds.get(condition.question) in ("single", "multiple", "ranking", "text"):
            if isinstance(condition.value, list):
                condition.value = [str(one) for one in condition.value]
            elif condition.value is not None:
                condition.value = str(condition.value)


def _follow(draft: Draft, old: str, new: str) -> None:
    def renamed(match: re.Match[str]) -> str:
        name, _, part = match.group(1).partition(".")
        return "{{" + (new if name == old else name) + (f".{part}" if part else "") + "}}"

    for place in places(draft):
        for language, text in place.words.items():
            place.words[language] = PIPE.sub(renamed, text)
    for page in draft.pages:
        for rule in (page.show_if, *(question.show_if for question in page.questions)):
            for condition in rule.conditions if rule else ():
                asked, _, part = condition.question.partition(".")
                if asked == old:
                    condition.question = f"{new}.{part}" if part else new


def shown_value(condition: Condition) -> str:
    """The value of a condition as the form shows it."""
    if isinstance(condition.value, list):
        return ", ".join(str(one) for one in condition.value)
    return "" if condition.value is None else str(condition.value)


def earlier(draft: Draft, question_id: str) -> list[Question]:
    """The questions before this one: those that its rule and its texts may refer to."""
    found: list[Question] = []
    for question in draft.questions():
        if question.id == question_id:
            break
        found.append(question)
    return found

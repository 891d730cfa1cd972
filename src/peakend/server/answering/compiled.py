"""A published questionnaire made ready to be asked and checked, kept in the process: versions never
change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from peakend.server.answering.checking import Check, check_for
from peakend.server.surveys import logic
from peakend.server.surveys.questionnaire import Questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.surveys.questionnaire import Question, ShowIf

_MOST = 200  # versions kept in a process; a company has a few dozen live


@dataclass(frozen=True, slots=True)
class Step:
    """What one screen asks: a page, or a part of one.

    A question whose rule or text needs an answer of the same page begins a new step: without a script that
    answer is only known once it was sent.
    """

    number: int
    title: Mapping[str, str]
    page_rule: ShowIf | None
    checks: tuple[Check, ...]
    # Whether what it shows depends on nothing, so that it may be drawn once for everybody.
    fixed: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """A questionnaire with its steps and checks; `drawn` keeps pages that are the same for everybody."""

    questionnaire: Questionnaire
    steps: tuple[Step, ...]
    by_id: Mapping[str, Question]
    by_name: Mapping[str, Check]
    drawn: dict[tuple[str, ...], str] = field(default_factory=dict)

    def shown(self, step: Step, answers: logic.Answers, embedded: logic.Embedded) -> list[Check]:
        """The questions of `step` that are shown after `answers`."""
        if not logic.holds(step.page_rule, answers, embedded):
            return []
        return [
            one
            for one in step.checks
            if one.question.show_if is None or logic.holds(one.question.show_if, answers, embedded)
        ]

    def next_step(self, after: int, answers: logic.Answers, embedded: logic.Embedded) -> Step | None:
        """The first step behind number `after` that shows something; None: that was the last."""
        return next((step for step in self.steps[after + 1 :] if self.shown(step, answers, embedded)), None)

    def ends_with(self, step: Step, answers: logic.Answers, embedded: logic.Embedded) -> bool:
        """Whether nothing can follow `step`, whatever is answered on it."""
        here = {check.question.id for check in step.checks}
        for later in self.steps[step.number + 1 :]:
            rules = [later.page_rule, *(check.question.show_if for check in later.checks)]
            if any(here & logic.asked_by(rule) for rule in rules) or self.shown(later, answers, embedded):
                return False
        return True

    def step_before(self, before: int, answers: logic.Answers, embedded: logic.Embedded) -> Step | None:
        """The last step before number `before` that shows something."""
        known = self.kept(answers, embedded)
        return next(
            (step for step in reversed(self.steps[:before]) if self.shown(step, known, embedded)), None
        )

    def kept(self, answers: logic.Answers, embedded: logic.Embedded) -> dict[str, Any]:
        """`answers` without those to questions that are hidden in the end."""
        kept: dict[str, Any] = {}
        for step in self.steps:
            for check in self.shown(step, kept, embedded):
                for name in check.names:
                    if name in answers:
                        kept[name] = answers[name]
        return kept


def compiled(questionnaire: Questionnaire) -> Compiled:
    """Make `questionnaire` ready."""
    steps: list[Step] = []
    checks: dict[str, Check] = {}
    for page in questionnaire.pages:
        parts: list[list[Check]] = [[]]
        here: set[str] = set()
        for question in page.questions:
            check = checks[question.id] = check_for(question)
            if here & (logic.asked_by(question.show_if) | _piped(question)):
                parts.append([])
                here = set()
            parts[-1].append(check)
            here.add(question.id)
        for number, part in enumerate(parts):
            if not part:
                continue
            fixed = page.show_if is None and all(
                one.question.show_if is None and not one.question.shuffle and not _pipes(one.question)
                for one in part
            )
            title = page.title if number == 0 else {}
            steps.append(Step(len(steps), title, page.show_if, tuple(part), fixed))
    by_name = {name: one for one in checks.values() for name in one.names}
    by_id = {one.question.id: one.question for one in checks.values()}
    return Compiled(questionnaire, tuple(steps), by_id, by_name)


_kept: OrderedDict[int, Compiled] = OrderedDict()
_lock = Lock()


def version(pk: int) -> Compiled:
    """The questionnaire of the version with the primary key `pk`; parsed once a process."""
    found = _kept.get(pk)
    if found is None:
        from peakend.server.surveys.models import SurveyVersion

        stored = SurveyVersion.objects.values_list("questionnaire", flat=True).get(pk=pk)
        found = compiled(Questionnaire.model_validate(stored))
        with _lock:
            _kept[pk] = found
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
    return found


def forget() -> None:
    """For tests, which use a primary key again for another version."""
    _kept.clear()


def _texts(question: Question) -> list[str]:
    every = [question.text, question.help, question.low_label, question.high_label]
    every += [one.text for one in (*question.options, *question.rows)]
    return [text for words in every for text in words.values() if "{{" in text]


def _piped(question: Question) -> set[str]:
    return {name.partition(".")[0] for text in _texts(question) for name in logic.piped_names(text)}


def _pipes(question: Question) -> bool:
    return bool(_texts(question))

"""What a board found, as a sentence with a verb; and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peakend.report.numbers import number
from peakend.server.boards.dashboards import Dashboard, Part
from peakend.server.boards.periods import Period
from peakend.server.boards.scoring import METRIC_NAMES, MINIMUM, Score
from peakend.server.web.say import say, spoken, told


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that differs from the period before beyond chance. `subject`: where; empty for the whole."""

    subject: str
    score: Score
    cut: str = ""
    code: str = ""

    @property
    def size(self) -> float:
        """How far it moved, comparable between metrics: against its own interval."""
        width = (self.score.high or 0) - (self.score.low or 0)
        return abs(self.score.difference or 0) / width if width else 0.0


def moved(whole: Score | None, parts: Sequence[Part]) -> list[Moved]:
    """What moved beyond chance: what got worse first, the largest first."""
    found = [Moved("", whole)] if whole is not None else []
    found += [
        Moved(row.value.name, row.score, part.cut, row.value.code) for part in parts for row in part.rows
    ]
    found = [one for one in found if one.score.verdict in ("better", "worse")]
    return sorted(found, key=lambda one: (one.score.verdict == "better", -one.size))


def sentence(one: Moved, label: str) -> str:
    """ "Lounge fell: NPS from 31 to 18, n = 412, likely not chance"."""
    language = spoken()
    score = one.score
    subject = _answers_in(one) or one.subject or label
    values = {
        "subject": subject,
        "metric": told(METRIC_NAMES[score.metric]),
        "before": _value(score, score.before),
        "now": score.told(language),
        "n": number(score.n),
    }
    if score.verdict == "worse":
        return say(
            "{subject} fell: {metric} from {before} to {now}, n = {n}, likely not chance",
            "{subject}变差：{metric}从 {before} 降到 {now}，n = {n}，不像是偶然",
            **values,
        )
    return say(
        "{subject} rose: {metric} from {before} to {now}, n = {n}, likely not chance",
        "{subject}变好：{metric}从 {before} 升到 {now}，n = {n}，不像是偶然",
        **values,
    )


def _answers_in(one: Moved) -> str:
    """A language or a channel is no place: what moved is the answers in it."""
    if one.cut == "language":
        return say("Answers in {name}", "{name}答卷", name=one.subject)
    if one.cut == "channel":
        return say("Answers by {name}", "{name}渠道的答卷", name=one.subject.lower())
    return ""


def headline(found: Dashboard) -> str:
    """The board's first sentence."""
    item, score, period = found.item, found.score, found.options.period
    if item is None or score is None or not score.n:
        if found.responses:
            return say("{title}: {n} answers in {period}", "{title}：{period}收到 {n} 份答卷",
                       title=found.board.title,
                       n=number(found.responses), period=period.words(spoken()))  # fmt: skip
        return say("{title}: no answers in {period} yet", "{title}：{period}尚无答卷",
                   title=found.board.title, period=period.words(spoken()))  # fmt: skip
    if score.hidden:
        return say("{title}: too few answers in {period} to tell", "{title}：{period}答案太少，尚不能下结论",
                   title=found.board.title, period=period.words(spoken()))  # fmt: skip
    changes = moved(score, found.parts)
    if changes:
        return sentence(changes[0], item.label)
    return quiet(period, [score, *(row.score for part in found.parts for row in part.rows)])


def quiet(period: Period, compared: Sequence[Score]) -> str:
    """Nothing moved, or there is nothing to compare with: said plainly."""
    if not any(one.raw_p is not None for one in compared):
        return say(
            "{period} stands alone: there is no earlier period to compare it with",
            "{period}暂无可比较的上一期",
            period=_capital(period),
        )
    return say(
        "Nothing moved beyond chance since {before}",
        "与{before}相比，没有超出偶然的变化",
        before=period.before.words(spoken()),
    )


def next_step(found: Dashboard) -> str:
    """Who does what next, and how it will be checked."""
    changes = [one for one in moved(found.score, found.parts) if one.score.verdict == "worse"]
    if changes:
        where = changes[0].subject or found.board.title
        return say(
            "Read the answers behind {where}, agree on a cause and give it an owner. A fall is not a cause: "
            "the next period will show whether what you change helps.",
            "阅读“{where}”背后的答卷，商定原因并落实责任人。下降本身不是原因；改进是否有效，由下一期数据检验。",
            where=where,
        )
    lowest = next(
        (part.shown[0] for part in found.parts if part.cut == "touchpoint" and len(part.shown) > 1), None
    )
    if lowest is not None:
        return say(
            "Nothing calls for action today. {where} is rated lowest: read what customers say there.",
            "目前没有需要立即处理的变化。“{where}”评分最低，可先看看客户怎么说。",
            where=lowest.value.name,
        )
    if found.score is None or found.score.hidden:
        return say(
            "Ask more customers: with fewer than {n} answers nothing can be said.",
            "请邀请更多客户作答：不足 {n} 份答案时无法下结论。",
            n=MINIMUM,
        )
    return say(
        "Nothing calls for action today. Read the latest words, and look again when the period is over.",
        "目前没有需要立即处理的变化。可先阅读最新的客户原话，待本期结束后再看。",
    )


def _value(score: Score, value: float | None) -> str:
    from peakend.server.boards.scoring import written

    return written(score.metric, value, spoken())


def _capital(period: Period) -> str:
    words = period.words(spoken())
    return words[:1].upper() + words[1:]

"""What a board found, as a sentence with a verb; and what follows from it.

Only what differs from the period before beyond chance is a finding: everything a page compares in one
metric (the key figures, every value of every cut, and what each cut's shares did to the whole) is one
family under Holm's correction, so that in a page where nothing moved a claim is made in at most one of
twenty. Which finding leads does not touch that: the order is of those that passed.

What got worse comes before what got better. Then comes what somebody can act on: the whole, a customer
tier, a touchpoint, a team, a site, a place. A channel and a language, or answers without the thing that is
cut by, have no owner and come last, however far they moved. Among those, the largest leads (against its own
interval), as a fall of one part pulls what it is a part of.

A finding about a part says what the whole did, and one about the whole says whether its parts went along:
if none did and the shares of a cut explain it (`mixing`), that the answers came from others than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from peakend.report.numbers import number, percent
from peakend.server.boards.dashboards import Dashboard, Mix, Part
from peakend.server.boards.options import CUT_NAMES, NONE
from peakend.server.boards.periods import Period
from peakend.server.boards.scoring import METRIC_NAMES, MINIMUM, Score, written
from peakend.server.web.say import say, spoken, told

# From what one can act on; what is not here comes after it.
_ORDER = ("", "tier", "touchpoint", "team", "site", "place")
_MOVED = ("better", "worse")


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that differs from the period before beyond chance. `subject`: where; empty for the whole.

    `item` is what was asked, where it is not the board's main item.
    Of a part, `whole` is what it is a part of. Of the whole, `mix` is what explains it, and `alone` says
    that there are parts of which none moved as it did.
    """

    subject: str
    score: Score
    cut: str = ""
    code: str = ""
    whole: Score | None = None
    mix: Mix | None = None
    alone: bool = False
    item: str = ""

    @property
    def size(self) -> float:
        """How far it moved, comparable between metrics: against its own interval."""
        width = (self.score.high or 0) - (self.score.low or 0)
        return abs(self.score.difference or 0) / width if width else 0.0

    @property
    def order(self) -> tuple[bool, bool, float, int]:
        """Its place among findings; see the module."""
        nobodys = self.cut not in _ORDER or self.code == NONE
        place = _ORDER.index(self.cut) if self.cut in _ORDER else len(_ORDER)
        return self.score.verdict == "better", nobodys, -self.size, place

    @property
    def where(self) -> str:
        """What moved, as part of a sentence; empty for the whole."""
        if self.code == NONE:
            cut = told(CUT_NAMES[self.cut])
            return say("Answers without a {cut}", "未注明{cut}的答卷", cut=cut[:1].lower() + cut[1:])
        # Neither is a place: what moved is those who answered.
        if self.cut == "tier":
            return say("Customers of tier {name}", "{name}等级的客户", name=self.subject)
        if self.cut == "language":
            return say("Answers in {name}", "{name}答卷", name=self.subject)
        if self.cut == "channel":
            return say("Answers by {name}", "{name}渠道的答卷", name=self.subject.lower())
        return self.subject

    @property
    def behind(self) -> str:
        """The same in the middle of a sentence: what is no name begins small."""
        where = self.where
        if where == self.subject or spoken() == "zh":
            return where
        return where[:1].lower() + where[1:]


def moved(whole: Score | None, parts: Sequence[Part], item: str = "") -> list[Moved]:
    """What moved beyond chance, in the order of the module; `item` is named where it is not the main one."""
    found = [replace(whole_moved(whole, parts), item=item)] if whole is not None else []
    found += [
        Moved(row.value.name, row.score, part.cut, row.value.code, whole, item=item)
        for part in parts
        for row in part.rows
    ]
    return sorted((one for one in found if one.score.verdict in _MOVED), key=lambda one: one.order)


def whole_moved(whole: Score, parts: Sequence[Part]) -> Moved:
    """The whole, with what its parts did."""
    still = [part for part in parts if all(row.score.verdict != whole.verdict for row in part.rows)]
    mixes = sorted((part.mix for part in still if part.mix is not None), key=lambda mix: mix.p)
    compared = any(row.score.raw_p is not None for part in parts for row in part.rows)
    return Moved(
        "",
        whole,
        whole=whole,
        mix=next(iter(mixes), None),
        alone=compared and len(still) == len(parts),
    )


def sentence(one: Moved, label: str) -> str:
    """ "Lounge fell: NPS from 31 to 18 (95 % 8 to 28 · n = 412), likely not chance"."""
    language = spoken()
    score = one.score
    values = {
        "subject": _subject(one, label),
        "metric": told(METRIC_NAMES[score.metric]),
        "before": _value(score, score.before),
        "now": score.told(language),
        "base": score.base(language),
    }
    if score.verdict == "worse":
        return say(
            "{subject} fell: {metric} from {before} to {now} ({base}), likely not chance",
            "{subject}变差：{metric}从 {before} 降到 {now}（{base}），不像是偶然",
            **values,
        )
    return say(
        "{subject} rose: {metric} from {before} to {now} ({base}), likely not chance",
        "{subject}变好：{metric}从 {before} 升到 {now}（{base}），不像是偶然",
        **values,
    )


def _subject(one: Moved, label: str) -> str:
    if one.where and one.item:
        return say("{item} among {where}", "{where}对“{item}”的评价", item=one.item, where=one.behind)
    return one.where or label


def whole_sentence(one: Moved, label: str) -> str:
    """The sentence with what the whole did beside a part, or the parts beside the whole."""
    more = _of_parts(one) if not one.cut else _of_whole(one)
    return sentence(one, label) + more


def _of_whole(one: Moved) -> str:
    whole = one.whole
    if whole is None or whole.hidden or whole.before is None or whole.verdict == one.score.verdict:
        return ""
    values = {
        "before": _value(whole, whole.before),
        "now": whole.told(spoken()),
        "base": whole.base(spoken()),
    }
    if whole.verdict == "better":
        return say(
            "; the whole rose, from {before} to {now} ({base})",
            "；整体却变好，从 {before} 升到 {now}（{base}）",
            **values,
        )
    if whole.verdict == "worse":
        return say(
            "; the whole fell, from {before} to {now} ({base})",
            "；整体却变差，从 {before} 降到 {now}（{base}）",
            **values,
        )
    return say(
        "; the whole, {before} before and {now} now ({base}), did not move beyond chance",
        "；整体由 {before} 到 {now}（{base}），没有超出偶然的变化",
        **values,
    )


def _of_parts(one: Moved) -> str:
    worse = one.score.verdict == "worse"
    if one.mix is None:
        if not one.alone:
            return ""
        return (
            say("; no single part of it fell beyond chance", "；但没有哪个分组单独变差到超出偶然")
            if worse
            else say("; no single part of it rose beyond chance", "；但没有哪个分组单独变好到超出偶然")
        )
    cut = told(CUT_NAMES[one.mix.cut])
    values = {
        "cut": cut[:1].lower() + cut[1:],
        "name": one.mix.value.name,
        "before": percent(one.mix.share_before, spoken(), 0),
        "now": percent(one.mix.share, spoken(), 0),
    }
    if worse:
        return say(
            "; no {cut} fell beyond chance, but others answered: {name} gave {now} of the answers, {before} "
            "before",
            "；各{cut}自身均无超出偶然的下降，主要是作答者构成变了：{name}占答卷的 {now}，上一期为 {before}",
            **values,
        )
    return say(
        "; no {cut} rose beyond chance, but others answered: {name} gave {now} of the answers, {before} "
        "before",
        "；各{cut}自身均无超出偶然的上升，主要是作答者构成变了：{name}占答卷的 {now}，上一期为 {before}",
        **values,
    )


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
        return whole_sentence(changes[0], item.label)
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
    if changes and changes[0].mix is not None:
        return mix_step(changes[0].mix)
    if changes:
        where = changes[0].behind or found.board.title
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


def mix_step(mix: Mix) -> str:
    """What follows from a mix."""
    return say(
        "Compare like with like: within each {cut} nothing fell beyond chance. First ask why the share of "
        "{name} changed, in who came or in who was asked.",
        "请同类相比：各{cut}内部均无超出偶然的下降。先查清“{name}”的占比为何改变：是来客变了，还是邀请的人变了。",
        cut=told(CUT_NAMES[mix.cut]).lower(),
        name=mix.value.name,
    )


def _value(score: Score, value: float | None) -> str:
    return written(score.metric, value, spoken())


def _capital(period: Period) -> str:
    words = period.words(spoken())
    return words[:1].upper() + words[1:]

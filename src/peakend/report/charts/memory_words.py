"""What is said of memory: names of the models, and the sentence that the evidence allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.finding import NextStep
from peakend.report.numbers import level, listing, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, Any]

MODEL: Mapping[str, Text] = {
    "peak_end": Text("Strongest moment and end", "峰值与终值"),
    "worst_last": Text("Worst moment and end", "最差时刻与终值"),
    "end": Text("End alone", "仅终值"),
    "peak": Text("Strongest moment alone", "仅峰值"),
    "mean": Text("Average of all moments", "全程平均"),
    "duration": Text("Average, long moments count more", "平均（时间长的更重）"),
    "recency": Text("Average, late moments count more", "平均（靠后的更重）"),
}
_WHAT: Mapping[str, Text] = {
    "peak_end": Text("the strongest moment and the end", "峰值与终值"),
    "worst_last": Text("the worst moment and the end", "最差的时刻与终值"),
    "end": Text("how it ended", "终值"),
    "peak": Text("the strongest moment", "峰值"),
    "mean": Text("the average of all moments", "全程平均"),
    "duration": Text("the long moments above the short", "时间长的时刻"),
    "recency": Text("the late moments above the early", "靠后的时刻"),
}
_TOLD: Mapping[str, Text] = {
    "peak_end": Text(
        "Your customers remember the strongest moment and the end, not the average",
        "客户记住的是峰值与终值，而不是全程平均",
    ),
    "worst_last": Text(
        "Your customers remember the worst moment and the end, not the average",
        "客户记住的是最差的时刻与终值，而不是全程平均",
    ),
    "end": Text("Your customers remember how it ended, not the average", "客户记住的是终值，而不是全程平均"),
    "peak": Text(
        "Your customers remember the strongest moment, not the average", "客户记住的是峰值，而不是全程平均"
    ),
    "mean": Text(
        "Your customers remember the average: every moment counts alike",
        "客户记住的是全程平均：每个时刻同样重要",
    ),
    "duration": Text("Your customers remember moments by how long they lasted", "客户按时间长短记住各个时刻"),
    "recency": Text(
        "Your customers remember the late moments more than the early ones", "越靠后的时刻，客户记得越牢"
    ),
}
NEAR: Mapping[str, Text] = {
    "end": Text("the end", "终值"),
    "peak": Text("the peak", "峰值"),
    "mean": Text("the average", "全程平均"),
    "midpoint": Text("the middle of best and worst", "峰谷平均"),
}
NEAR_LABEL: Mapping[str, Text] = {
    "end": Text("End", "终值"),
    "peak": Text("Peak", "峰值"),
    "mean": Text("Average of all moments", "全程平均"),
    "midpoint": Text("Middle of best and worst", "峰谷平均"),
}


def headline(verdict: Row) -> Text:
    """One sentence, no stronger than the verdict."""
    if verdict["verdict"] == "told":
        return _TOLD[verdict["model"]]
    reason = verdict["reason"]
    if reason == "too_few":
        return Text(
            "Too few customers have scored a whole journey to tell what is remembered",
            "为整段旅程评分的客户太少，还不能断定客户记住了什么",
        )
    if reason == "no_variance":
        return Text(
            "Everybody gave the same score of the whole, so nothing tells what is remembered",
            "所有人的总体评分都一样，无从判断客户记住了什么",
        )
    if reason == "unrelated":
        return Text(
            "No tie can be shown between the moments of a journey and the score given afterwards",
            "旅程中各时刻的感受与事后的总体评分之间，看不出可断定的联系",
        )
    if reason == "alike":
        return Text(
            "Every moment of a journey felt alike, so no rule of memory can be told from another",
            "同一旅程的各时刻感受都一样，无法区分记忆规则",
        )
    best, next_best = _WHAT[verdict["model"]], _WHAT[verdict["runner_up"]]
    if (verdict["ahead_of_mean_low"] or 0) > 0:
        return Text(
            f"It is not the average that your customers remember; {best.en} or {next_best.en}, the data "
            "cannot tell",
            f"客户记住的不是全程平均；是{best.zh}还是{next_best.zh}，数据尚不能断定",
        )
    return Text(
        f"Whether your customers remember {best.en} or {next_best.en} cannot be told yet",
        f"客户记住的是{best.zh}还是{next_best.zh}，数据尚不能断定",
    )


def lede(verdict: Row, models: Sequence[Row], language: Language) -> str:
    """What stands behind the headline: what was tried, what is shown to be worse, what is still open."""
    if verdict["reason"] in ("too_few", "no_variance"):
        return Text(
            f"{number(verdict['n'])} journeys of {number(verdict['customers'])} customers have three moments "
            "or more and a score of the whole. Fifty customers are needed to fit, fifty later ones to judge.",
            f"有三个以上时刻且有总体评分的旅程共 {number(verdict['n'])} 段，涉及 "
            f"{number(verdict['customers'])} 位客户。拟合需五十位客户，检验另需五十位后期客户。",
        ).in_(language)
    tried = Text(
        f"Each rule was fitted on {number(verdict['earlier_journeys'])} earlier journeys and judged on "
        f"{number(verdict['later_journeys'])} later ones of other customers.",
        f"各规则以前期 {number(verdict['earlier_journeys'])} 段旅程拟合，再用其他客户的后期 "
        f"{number(verdict['later_journeys'])} 段旅程检验。",
    ).in_(language)
    if verdict["reason"] == "unrelated":
        rest = Text(
            "None foretells the later scores better than saying the same for everybody.",
            "没有一条比“对所有人都说同一个数”预测得更好。",
        ).in_(language)
    else:
        rest = _told_apart(models, language)
    return f"{tried} {rest}".strip() if language == "en" else tried + rest


def _told_apart(models: Sequence[Row], language: Language) -> str:
    worse = [MODEL[row["model"]] for row in models if row["standing"] == "worse"]
    still = [MODEL[row["model"]] for row in models if row["standing"] == "cannot_tell"]
    en, zh = [], []
    if worse and not still:
        en.append("Every other rule foretells them worse.")
        zh.append("其余规则的预测都较差。")
    elif worse:
        en.append(f"Shown to be worse: {listing([each.en.lower() for each in worse], 'en')}.")
        zh.append(f"已证较差：{listing([each.zh for each in worse], 'zh')}。")
    if still:
        en.append(f"Still possible: {listing([each.en.lower() for each in still], 'en')}.")
        zh.append(f"仍有可能：{listing([each.zh for each in still], 'zh')}。")
    return " ".join(en) if language == "en" else "".join(zh)


def reading(verdict: Row, confidence: float, language: Language) -> str:
    """How to read the dots."""
    return Text(
        "How much of the differences between the later journeys' scores each rule foretells; farther right "
        f"is better. Lines: {level(confidence, 'en')} intervals. Rules are compared journey by journey, so "
        f"lines may overlap and the difference still be clear. n = {number(verdict['later_journeys'])}.",
        f"各规则能预测后期旅程评分差异的多少，越靠右越好。线段为{level(confidence, 'zh')}。优劣按同一批旅程"
        f"逐一比较，故线段重叠时差别仍可能是明确的。n = {number(verdict['later_journeys'])}。",
    ).in_(language)


def standing(row: Row, verdict: Row, language: Language) -> str:
    """The word beside a dot."""
    if verdict["reason"] == "unrelated" or (row["standing"] == "best" and verdict["verdict"] != "told"):
        return ""
    word = _STANDING.get(row["standing"])
    return word.in_(language) if word else ""


_STANDING: Mapping[str, Text] = {
    "best": Text("best", "最佳"),
    "worse": Text("worse", "较差"),
    "cannot_tell": Text("cannot tell", "难分"),
    "no_better_than_simpler": Text("no gain", "无增益"),
}


def distance(row: Row, told: bool, language: Language) -> str:
    """The word beside a distance."""
    if row["standing"] == "nearest":
        return Text("nearest", "最近").in_(language) if told else ""
    words = Text("farther", "较远") if row["standing"] == "farther" else Text("cannot tell", "难分")
    return words.in_(language)


def weight(verdict: Row) -> int:
    """How much the finding deserves to open the page."""
    if verdict["verdict"] == "told":
        return 75
    return 30 if verdict["reason"] in ("runner_up", "unrelated") else 8


def next_step(verdict: Row, language: Language) -> NextStep:
    """What follows, by what is remembered."""
    who = Text("The owner of the journey", "旅程负责人").in_(language)
    if verdict["verdict"] != "told":
        what = Text(
            "Record what customers feel while it happens, and ask about the whole some days later.",
            "在事情发生时记录客户感受，几天后再问总体评价。",
        )
        check = Text("This page, when there are twice as many journeys.", "旅程数翻倍后再看本页。")
        return NextStep(who, what.in_(language), check.in_(language))
    what = _DO.get(verdict["model"], _DO["mean"])
    check = Text(
        "Change it for customers drawn by lot, and compare their score of the whole with that of the others.",
        "随机抽取部分客户试行，再与其余客户的总体评分比较。",
    )
    return NextStep(who, what.in_(language), check.in_(language))


_DO: Mapping[str, Text] = {
    "peak_end": Text(
        "Spend on the peak and the end first (a chart below names them), then polish what lies between.",
        "先投入峰值与终值（见下图），再打磨中间环节。",
    ),
    "worst_last": Text(
        "Take the sting out of the worst moment and make the end good, before polishing what lies between.",
        "先消除最差的时刻、做好终值，再打磨中间环节。",
    ),
    "end": Text(
        "Make the last moment a good one; it is the cheapest to change.", "先把最后一刻做好，这里改起来最省。"
    ),
    "peak": Text(
        "Build one strong good moment, and remove the strongest bad one.",
        "打造一个强烈的好时刻，消除最强烈的坏时刻。",
    ),
    "mean": Text(
        "Raise the moments that most customers meet; a single great one will not make up for the rest.",
        "先改进多数客户都会经历的时刻；单靠一个亮点弥补不了其余。",
    ),
    "recency": Text("Improve the last steps of the journey first.", "先改进旅程的最后几步。"),
    "duration": Text("Improve what takes longest, or make it shorter.", "先改进耗时最长的环节，或缩短它。"),
}


def nearest_step(candidate: str, told: bool, language: Language) -> NextStep:
    """What follows from what the score of the whole lies nearest to."""
    if not told:
        what = Text(
            "Plan by the rule that foretells best, above; distance alone does not decide here.",
            "以上一项检验中预测最好的规则为准；仅凭距离在此不足以判断。",
        )
    elif candidate in ("mean", "midpoint"):
        what = Text(
            "Do not count on a good ending to save a poor journey.", "不要指望一个好的收尾能挽回糟糕的全程。"
        )
    else:
        what = Text(
            f"Watch {NEAR[candidate].en} of every journey as closely as the score of the whole.",
            f"像关注总体评分一样关注每段旅程的{NEAR[candidate].zh}。",
        )
    return NextStep(
        Text("The owner of the journey", "旅程负责人").in_(language),
        what.in_(language),
        Text("The same distances next period.", "下一期再比较同样的距离。").in_(language),
    )

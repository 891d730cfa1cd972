"""How many journeys there are, how long they are, and which events stand in none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.journey_words import lasting
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import listing, number, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE, ACCOUNT = "journey_lengths", "journey_events"
Row = dict[str, Any]
_DAY_S = 86_400.0
WHY = {
    "no_time": Text("no time", "无时间"),
    "before_1970": Text("dated before 1970", "时间早于 1970 年"),
    "future": Text("dated in the future", "时间晚于当前"),
    "nobody": Text("nobody they belong to", "无从对应到人"),
    "no_touchpoint": Text("no touchpoint", "无接触点"),
}


class JourneyLengths:
    """Bars: the share of journeys with so many steps, and how long these took."""

    needs = (TABLE, ACCOUNT)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        whole = next((row for row in _rows(basis) if row["steps_from"] == 0), None)
        if whole is None or not whole["journeys"]:
            return None
        return Finding(
            headline=_headline(whole, _classes(basis), language),
            lede=_lede(whole, basis, language),
            figures=_figures(whole, basis, language),
            reading=Text(
                "Each bar is the share of journeys with so many steps; beside it, how long half of these "
                "took at most. A journey is a case where the source names one, else what a customer does "
                f"without a pause of more than {number(basis.settings.journey_gap_days)} days.",
                "每条为该步数的旅程占比，旁注为其中半数旅程不超过的时长。来源给出实例时以实例为一段旅程，"
                f"否则以客户间隔超过 {number(basis.settings.journey_gap_days)} 天为界。",
            ).in_(language),
            caution=Text(
                "Another pause cuts other journeys (`--journey-gap-days`). Journeys still under way count as "
                "they are.",
                "改变间隔（`--journey-gap-days`）会得到不同的旅程；尚未结束的旅程按现状计入。",
            ).in_(language),
            next_step=_next_step(basis, language),
            weight=30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        classes = _classes(basis)
        if not classes:
            return None
        drawn = [
            BarRow(
                _steps(row, language),
                (Bar(((row["share"], "brand"),), _beside(row, language)),),
            )
            for row in classes
        ]
        title = Text(
            "Share of journeys, and how long half of them took at most", "占旅程的比例，及半数不超过的时长"
        )
        return bars(drawn, (Column(title),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE].sort_by("steps_from")


LENGTHS = JourneyLengths()


def _rows(basis: Basis) -> list[Row]:
    rows: list[Row] = basis[TABLE].to_pylist()
    return rows


def _classes(basis: Basis) -> list[Row]:
    return sorted((row for row in _rows(basis) if row["steps_from"]), key=lambda row: row["steps_from"])


def _steps(row: Row, language: Language) -> str:
    first, last = row["steps_from"], row["steps_to"]
    if last is None:
        return Text(f"{first} steps or more", f"{first} 步及以上").in_(language)
    if first == last:
        return Text("1 step" if first == 1 else f"{first} steps", f"{first} 步").in_(language)
    return Text(f"{first} to {last} steps", f"{first} 至 {last} 步").in_(language)


def _beside(row: Row, language: Language) -> str:
    share = percent(row["share"], language)
    if row["steps_from"] == 1 or row["median_days"] is None:
        return share
    return f"{share} · {lasting(row['median_days'] * _DAY_S, language)}"


def _headline(whole: Row, classes: list[Row], language: Language) -> str:
    single = next((row["share"] for row in classes if row["steps_from"] == 1), 0.0)
    if single >= 0.5:
        share = percent(single, language)
        return Text(f"{share} of journeys are a single contact", f"{share}的旅程只有一次接触").in_(language)
    steps, took = whole["median_steps"], lasting(whole["median_days"] * _DAY_S, language)
    return Text(
        f"Half of all journeys take {number(steps)} steps or fewer and no more than {took}",
        f"半数旅程不超过 {number(steps)} 步、{took}",
    ).in_(language)


def _lede(whole: Row, basis: Basis, language: Language) -> str:
    journeys, customers, events = (number(whole[name]) for name in ("journeys", "customers", "events"))
    long = lasting(whole["p90_days"] * _DAY_S, language)
    told = Text(
        f"{customers} customers made {journeys} journeys of {events} events. Nine in ten journeys have no "
        f"more than {number(whole['p90_steps'])} steps and take no longer than {long}.",
        f"{customers} 位客户共有 {journeys} 段旅程、{events} 次互动。九成旅程不超过 "
        f"{number(whole['p90_steps'])} 步、{long}。",
    ).in_(language)
    out = [row for row in basis[ACCOUNT].to_pylist() if not row["kept"] and row["events"]]
    if not out:
        return told
    out.sort(key=lambda row: (-row["events"], row["fate"]))
    left = number(sum(row["events"] for row in out))
    why = listing(
        [
            Text(
                f"{number(row['events'])} with {WHY[row['fate']].en}"
                if row["fate"].startswith("no")
                else f"{number(row['events'])} {WHY[row['fate']].en}",
                f"{WHY[row['fate']].zh} {number(row['events'])} 次",
            ).in_(language)
            for row in out
            if row["fate"] in WHY
        ],
        language,
    )
    return told + Text(f" {left} events stand in none: {why}.", f"另有 {left} 次互动未计入：{why}。").in_(
        language
    )


def _figures(whole: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
    account = {row["fate"]: row["events"] for row in basis[ACCOUNT].to_pylist()}
    found = [
        Figure(
            Text("Journeys", "旅程").in_(language),
            number(whole["journeys"]),
            Text(f"of {number(whole['customers'])} customers", f"{number(whole['customers'])} 位客户").in_(
                language
            ),
        ),
        Figure(
            Text("Steps, half have no more", "步数（半数不超过）").in_(language),
            number(whole["median_steps"]),
            Text(
                f"nine in ten: {number(whole['p90_steps'])}", f"九成不超过 {number(whole['p90_steps'])}"
            ).in_(language),
        ),
    ]
    recognised = account.get("login", 0) + account.get("identity", 0)
    unknown = account.get("visitor", 0) + account.get("conflict", 0)
    if recognised or unknown:
        found.append(
            Figure(
                Text("Anonymous events that found their customer", "找到客户的匿名互动").in_(language),
                percent(recognised / (recognised + unknown), language),
                Text(
                    f"{number(recognised)} of {number(recognised + unknown)}; "
                    f"{number(account.get('conflict', 0))} name two customers at once",
                    f"{number(recognised + unknown)} 次中的 {number(recognised)} 次；"
                    f"{number(account.get('conflict', 0))} 次同时指向两位客户",
                ).in_(language),
            )
        )
    return tuple(found)


def _next_step(basis: Basis, language: Language) -> NextStep:
    out = any(not row["kept"] and row["events"] for row in basis[ACCOUNT].to_pylist())
    what = (
        Text(
            "Have the events that stand in no journey corrected where they are recorded.",
            "在记录源头更正未能计入旅程的互动。",
        )
        if out
        else Text(
            "Read ten of the longest journeys from first to last step, and ask what the customer wanted.",
            "从最长的旅程中取十段，逐步读完，弄清客户当时想要什么。",
        )
    )
    check = (
        Text("The next load leaves none out.", "下次载入时无一遗漏。")
        if out
        else Text("The same share of journeys takes fewer steps.", "同样占比的旅程步数减少。")
    )
    who = (
        Text("Who looks after the data", "数据负责人")
        if out
        else Text("The owner of the journey", "旅程负责人")
    )
    return NextStep(who.in_(language), what.in_(language), check.in_(language))

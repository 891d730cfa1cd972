"""What pages and API show alike of a check, in words."""

from __future__ import annotations

from dataclasses import dataclass

from peakend.language import Text
from peakend.server.promises.affordability import MONTHS, Affordability, Case, Range
from peakend.server.promises.words import VERDICTS


def count(value: float) -> str:
    """A number of uses: whole from ten on, one place below."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def span(one: Range) -> Text:
    """Likely (low to high)."""
    low, likely, high = count(one.low), count(one.likely), count(one.high)
    return Text(f"{likely} ({low} to {high})", f"{likely}（{low} 至 {high}）")


def percent(value: float) -> str:
    """A share as per cent; small ones with a place."""
    places = 0 if value >= 0.1 or value == 0 else 1
    return f"{100 * value:.{places}f}\N{NO-BREAK SPACE}%"


def summary(found: Affordability) -> list[Text]:
    """The check in plain sentences."""
    said = [_money(found)]
    if "hollow" in found.verdicts:
        said.append(_hollow(found))
    if found.break_uses is not None and found.break_each is not None:
        uses, each = count(found.break_uses), count(found.break_each)
        said.append(
            Text(
                f"The budget ends at {uses} uses a year: {each} for each customer who uses it.",
                f"预算最多支持每年 {uses} 次，即每位使用客户 {each} 次。",
            )
        )
    if found.usage is not None and found.usage.source == "observed":
        customers = f"{found.usage.customers:,}"
        said.append(
            Text(
                f"Usage is what {customers} eligible customers did at this touchpoint in the last year.",
                f"使用量来自 {customers} 位符合资格客户近一年在该接触点的记录。",
            )
        )
    return said


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: as the claim would have it, and as the terms have it."""

    name: Text
    advertised: Text
    terms: Text


def table(found: Affordability, currency: str) -> list[Line]:
    """Usage and cost of both; nothing where usage is unknown."""
    if found.advertised is None or found.terms is None:
        return []
    both = (found.advertised, found.terms)
    unknown = Text("not known", "未知")

    def line(en: str, zh: str, *cells: Text) -> Line:
        return Line(Text(en, zh), *cells)

    return [
        line("Most uses a year each", "每人每年上限", *(_cap(one) for one in both)),
        line("Uses a year of one who uses it", "人均年使用次数", *(span(one.uses_each) for one in both)),
        line("Uses a year", "年使用次数", *(span(one.uses_year) for one in both)),
        line("Uses a month", "月使用次数", *(span(one.uses_year.times(1 / MONTHS)) for one in both)),
        line(
            f"Cost a year ({currency})",
            f"年成本（{currency}）",
            *(span(one.cost) if one.cost else unknown for one in both),
        ),
        line("Against the budget", "对照预算", *(VERDICTS[one.budget] for one in both)),
        line("Against capacity", "对照服务能力", *(VERDICTS[one.capacity] for one in both)),
    ]


def _cap(one: Case) -> Text:
    return Text("no limit", "不限") if one.cap is None else Text(count(one.cap), count(one.cap))


def _money(found: Affordability) -> Text:
    if found.lacking:
        return Text(
            f"Still unknown: {', '.join(one.en for one in found.lacking)}.",
            f"尚缺：{'、'.join(one.zh for one in found.lacking)}。",
        )
    if "unaffordable" in found.verdicts:
        if found.terms is not None and found.terms.budget == "unaffordable":
            return Text("Even the low estimate costs more than the budget.", "即使按最低估计也超出预算。")
        return Text("Even the low estimate is more than can be served.", "即使按最低估计也超出服务能力。")
    if "cannot_tell" in found.verdicts:
        return Text(
            "Budget or capacity lies inside the range: it may suffice or not.",
            "预算或服务能力落在估计区间内，可能够用，也可能不够。",
        )
    return Text("Even the high estimate can be paid and served.", "即使按最高估计也能负担。")


def _hollow(found: Affordability) -> Text:
    if found.delivered is None or found.delivered_frequent is None or found.delivered_frequent >= 1:
        return Text("A material item gives less than was advertised.", "有重要条目低于宣传。")
    frequent, all_ = percent(found.delivered_frequent), percent(found.delivered)
    return Text(
        f"The terms leave {all_} of the use the advertisement makes people expect; "
        f"a frequent customer gets {frequent}.",
        f"条款只保留了宣传所引导使用量的 {all_}，常用客户只得到 {frequent}。",
    )

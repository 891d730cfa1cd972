"""RFM segments: how many customers each has, beside how much of the revenue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import day, money, number, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "rfm_segments"
Row = Mapping[str, Any]
# Segments whose last purchase lies long ago though they were worth much: the ones to talk to now.
SLIPPING = ("at_risk", "cant_lose")


class Rfm:
    """Bars of the segments, by share of revenue."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[TABLE].to_pylist()
        return rows

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        segments = _segments(rows)
        if not segments:
            return None
        return Finding(
            headline=_headline(segments, language),
            lede=_lede(rows, segments, language),
            figures=_figures(rows, segments, language),
            reading=Text(
                "Each segment's share of all customers and of all revenue. Segments are cut by how "
                "recently and how "
                "often customers bought; they describe the past and do not forecast.",
                "各分群占全部客户的比例与占全部收入的比例。分群依据最近购买时间与购买次数划定，描述过去，并非预测。",
            ).in_(language),
            caution=_outside(rows, language),
            next_step=_next_step(segments, language),
            weight=55,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        segments = _segments(self._rows(basis))
        if not segments:
            return None
        drawn = [
            BarRow(
                _label(row, language),
                (
                    Bar(
                        ((float(row["customer_share"] or 0), "band"),),
                        percent(row["customer_share"], language),
                    ),
                    Bar(
                        ((float(row["revenue_share"] or 0), "brand"),),
                        percent(row["revenue_share"], language),
                    ),
                ),
            )
            for row in segments
        ]
        columns = (
            Column(Text("share of customers", "客户占比")),
            Column(Text("share of revenue", "收入占比")),
        )
        return bars(drawn, columns, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE].sort_by("position")


RFM = Rfm()


def _segments(rows: list[Row]) -> list[Row]:
    found = [row for row in rows if row["kind"] == "segment" and row["customers"]]
    return sorted(found, key=lambda row: (-(row["revenue_share"] or 0), row["segment"]))


def _label(row: Row, language: Language) -> str:
    both = (row["label_zh"], row["label_en"]) if language == "zh" else (row["label_en"], row["label_zh"])
    return str(both[0] or both[1] or row["segment"])


def _slipping(segments: list[Row]) -> Row | None:
    """Of the segments that are slipping away, the one with the most revenue."""
    return next((row for row in segments if row["segment"] in SLIPPING), None)


def _headline(segments: list[Row], language: Language) -> str:
    first = segments[0]
    name = shortened_to(_label(first, language), 60)
    customers, revenue = percent(first["customer_share"], language), percent(first["revenue_share"], language)
    if len(segments) == 1:
        return Text(f"All customers who can be scored are {name}", f"可评分的客户全部属于“{name}”").in_(
            language
        )
    return Text(
        f"{name} are {customers} of the customers and bring {revenue} of the revenue",
        f"“{name}”占客户的 {customers}，带来 {revenue}的收入",
    ).in_(language)


def _lede(rows: list[Row], segments: list[Row], language: Language) -> str:
    as_of = next((row["as_of_on"] for row in rows if row["as_of_on"]), None)
    count = sum(row["customers"] for row in segments)
    sentences = [
        Text(
            f"{number(count)} customers in {len(segments)} segments"
            + (f", counted to {day(as_of, 'en')}." if as_of else "."),
            f"{number(count)} 位客户，{len(segments)} 个分群"
            + (f"，截至{day(as_of, 'zh')}。" if as_of else "。"),
        ).in_(language)
    ]
    slipping = _slipping(segments)
    if slipping is not None and slipping["recency_days"] is not None:
        sentences.append(
            Text(
                f"{shortened_to(_label(slipping, 'en'), 60)}: {number(slipping['customers'])} customers "
                "who used to buy and last "
                f"bought {number(slipping['recency_days'])} days ago on average; they brought "
                f"{percent(slipping['revenue_share'], 'en')} of the revenue.",
                f"“{shortened_to(_label(slipping, 'zh'), 60)}”：{number(slipping['customers'])} "
                "位曾经常购买的客户，平均已 "
                f"{number(slipping['recency_days'])} 天未购买；他们带来过 "
                f"{percent(slipping['revenue_share'], 'zh')}的收入。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(rows: list[Row], segments: list[Row], language: Language) -> tuple[Figure, ...]:
    first, total = segments[0], next((row for row in rows if row["kind"] == "total"), None)
    name = shortened_to(_label(first, language), 60)
    figures = [
        Figure(
            Text(f"Revenue from {name}", f"“{name}”的收入占比").in_(language),
            percent(first["revenue_share"], language),
            Text(
                f"n = {number(first['customers'])} customers", f"n = {number(first['customers'])} 位客户"
            ).in_(language),
        )
    ]
    slipping = _slipping(segments)
    if slipping is not None:
        figures.append(
            Figure(
                shortened_to(_label(slipping, language), 60),
                number(slipping["customers"]),
                Text("customers: talk to them now", "位客户：现在就联系").in_(language),
                "act",
            )
        )
    if total is not None:
        note = Text("all lines of the table add up to it", "表中各行之和与之相符").in_(language)
        figures.append(
            Figure(
                Text("Net revenue", "净收入").in_(language), money(total["revenue"], total["currency"]), note
            )
        )
    return tuple(figures)


def _outside(rows: list[Row], language: Language) -> str:
    """Revenue that belongs to no segment, so that nobody looks for it."""
    outside = [row for row in rows if row["kind"] in {"other", "unscored"} and row["revenue"]]
    if not outside:
        return ""
    named = "; ".join(f"{_label(row, 'en')} {money(row['revenue'], row['currency'])}" for row in outside)
    named_zh = "；".join(f"{_label(row, 'zh')} {money(row['revenue'], row['currency'])}" for row in outside)
    return Text(f"Revenue in no segment: {named}.", f"不属于任何分群的收入：{named_zh}。").in_(language)


def _next_step(segments: list[Row], language: Language) -> NextStep:
    slipping = _slipping(segments)
    target = slipping if slipping is not None else segments[0]
    name = shortened_to(_label(target, language), 60)
    return NextStep(
        who=Text("Customer care with marketing", "客户关怀与市场团队").in_(language),
        what=Text(
            f"Contact half of the {number(target['customers'])} customers in “{name}”, chosen by lot, and "
            "leave the other half alone.",
            f"在“{name}”的 {number(target['customers'])} 位客户中抽签选出一半联系，另一半暂不触达。",
        ).in_(language),
        check=Text(
            "Compare how many of each half buy again: only the difference is the effect.",
            "比较两半客户再次购买的比例：差额才是效果。",
        ).in_(language),
    )

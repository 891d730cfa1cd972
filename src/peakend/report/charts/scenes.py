"""Journeys as scenes: how many have a stage, props, actors and a memory on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import number, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "scene_parts"
Row = dict[str, Any]
PARTS = {
    "stage": Text("Stage: the site", "舞台：网点"),
    "props": Text("Props: what was bought", "道具：所购商品"),
    "actors": Text("Actors: the staff met", "演员：接触的员工"),
    "memory": Text("Memory: an overall score", "记忆：总体评分"),
}
_HOW = {
    "stage": Text("Record the site of every contact.", "为每次接触记录网点。"),
    "props": Text("Load what was bought, with customer and time.", "载入购买记录，含客户与时间。"),
    "actors": Text("Record who served at every contact.", "为每次接触记录服务的员工。"),
    "memory": Text(
        "Ask a sample for one overall score after the journey ends.", "旅程结束后抽样询问一次总体评分。"
    ),
}


class Scenes:
    """Bars: the share of journeys that has each part of a scene on record."""

    needs = (TABLE,)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        whole = _whole(basis)
        if whole is None:
            return None
        least = min(PARTS, key=lambda name: (whole[name], name))
        journeys = number(whole["journeys"])
        return Finding(
            headline=_headline(whole, least, language),
            lede=Text(
                "A journey is a scene: service the stage, goods the props, staff the actors, and a memory of "
                f"its own. Of {journeys} journeys {percent(whole['whole'], 'en')} have all four on record.",
                f"一段旅程是一幕：服务为舞台、商品为道具、员工为演员，并留下自己的记忆。"
                f"{journeys} 段旅程中，{percent(whole['whole'], 'zh')}四者俱全。",
            ).in_(language),
            figures=(
                Figure(
                    Text("All four on record", "四者俱全").in_(language),
                    percent(whole["whole"], language),
                    Text(f"of {journeys} journeys", f"共 {journeys} 段旅程").in_(language),
                ),
            ),
            reading=Text("Share of journeys with each part on record.", "具备该项记录的旅程占比。").in_(
                language
            ),
            caution=Text("What is not on record may still have happened.", "没有记录，不等于没有发生。").in_(
                language
            ),
            next_step=NextStep(
                Text("Who looks after the data", "数据负责人").in_(language),
                _HOW[least].in_(language),
                Text("The share rises with the next load.", "下次载入后占比上升。").in_(language),
            ),
            weight=10,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        whole = _whole(basis)
        if whole is None:
            return None
        drawn = [
            BarRow(words.in_(language), (Bar(((whole[name], "brand"),), percent(whole[name], language)),))
            for name, words in PARTS.items()
        ]
        return bars(drawn, (Column(Text("Share of journeys", "占旅程的比例")),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE].sort_by([("journeys", "descending")])


SCENES = Scenes()


def _headline(whole: Row, least: str, language: Language) -> str:
    share = percent(whole[least], language)
    if whole[least] < 0.5:
        return Text(
            f"What most journeys lack on record is their {least}: {share} have it",
            f"旅程最缺的是“{PARTS[least].zh}”的记录：仅 {share}有",
        ).in_(language)
    full = percent(whole["whole"], language)
    return Text(
        f"{full} of journeys have stage, props, actors and memory on record",
        f"{full}的旅程有舞台、道具、演员与记忆的完整记录",
    ).in_(language)


def _whole(basis: Basis) -> Row | None:
    rows = [row for row in basis[TABLE].to_pylist() if row["touchpoint_id"] is None and not row["hidden"]]
    return rows[0] if rows else None

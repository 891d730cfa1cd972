"""The journey as it is lived: touchpoints, the ways between them, and how it feels on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.journey_drawing import journey_drawing
from peakend.report.charts.journey_positions import Stop, Way
from peakend.report.charts.journey_words import Row, everybody, feeling_of, lasting, name_of
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, number, percent, share_interval, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

EXPLAINED = 0.9
MOST_STOPS = 40
WAYS_PER_STOP = 2.5
_RARE = 0.05


class JourneyMap:
    """The strongest ways that together carry nine tenths of all steps."""

    needs = ("journey_nodes", "journey_edges")
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        nodes, edges = everybody(basis, "journey_nodes"), everybody(basis, "journey_edges")
        starts = [row for row in edges if row["kind"] == "start"]
        if not nodes or not starts:
            return None
        return Finding(
            headline=_headline(nodes, basis, language),
            lede=_lede(nodes, edges, basis, language),
            figures=_figures(nodes, edges, basis, language),
            reading=_reading(any(feeling_of(row) != "unknown" for row in nodes)).in_(language),
            caution=Text(
                "The map shows what followed what, not what led to it; ways that fewer customers took than "
                "the minimum base are not shown.",
                "图中所示是先后次序，不是因果；人数少于最小基数的路径不予显示。",
            ).in_(language),
            next_step=_next_step(nodes, basis, language),
            weight=60 if _sour(nodes) else 35,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        stops, ways, _ = _chosen(everybody(basis, "journey_nodes"), everybody(basis, "journey_edges"))
        if not stops:
            return None
        place = {key: number for number, key in enumerate(stops)}
        journeys = sum(
            row["transitions"] for row in everybody(basis, "journey_edges") if row["kind"] == "start"
        )
        largest = max((row["journeys"] for row in stops.values() if row), default=1)
        strongest = max((row["transitions"] for row in ways), default=1)
        return journey_drawing(
            [_stop(key, row, journeys, largest, basis, language) for key, row in stops.items()],
            [Way(place[_from(row)], place[_to(row)], row["transitions"] / strongest) for row in ways],
            width,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = sorted(everybody(basis, "journey_edges"), key=lambda row: -row["transitions"])
        return "journey_edges", pa.Table.from_pylist(rows, schema=basis["journey_edges"].schema)


Key = tuple[str, str]
_START: Key = ("start", "start")
_END: Key = ("end", "end")


def _from(row: Row) -> Key:
    return _START if row["kind"] == "start" else ("touchpoint", row["from_touchpoint_id"])


def _to(row: Row) -> Key:
    return _END if row["kind"] == "end" else ("touchpoint", row["to_touchpoint_id"])


def _chosen(nodes: Sequence[Row], edges: Sequence[Row]) -> tuple[dict[Key, Row], list[Row], float]:
    """The stops and ways that are drawn, and the share of all steps that the ways carry.

    The busiest touchpoints; among them the strongest ways until nine tenths of all steps are told, and no
    more than an eye can follow.
    """
    busiest = sorted(nodes, key=lambda row: (-row["journeys"], row["touchpoint_id"]))[:MOST_STOPS]
    known: dict[Key, Row] = {("touchpoint", row["touchpoint_id"]): row for row in busiest}
    known |= {_START: {}, _END: {}}
    within = [row for row in edges if _from(row) in known and _to(row) in known]
    within.sort(key=lambda row: (-row["transitions"], row["from_touchpoint_id"], row["to_touchpoint_id"]))
    total = sum(row["transitions"] for row in edges)
    carried = 0
    ways: list[Row] = []
    for row in within:
        if carried >= EXPLAINED * total or len(ways) >= WAYS_PER_STOP * len(busiest) + 2:
            break
        ways.append(row)
        carried += row["transitions"]
    ways += _ways_to_the_rest(busiest, within, ways)
    met = {key for row in ways for key in (_from(row), _to(row))}
    top = ("touchpoint", busiest[0]["touchpoint_id"]) if busiest else None
    stops = {key: row for key, row in known.items() if key in met or key == top}
    carried = sum(row["transitions"] for row in ways)
    return stops, ways, carried / total if total else 0.0


def _ways_to_the_rest(busiest: Sequence[Row], within: Sequence[Row], ways: Sequence[Row]) -> list[Row]:
    """The strongest way in and out of every touchpoint that many journeys meet, where it is not drawn yet."""
    most = max((row["journeys"] for row in busiest), default=0)
    more: list[Row] = []
    for node in busiest:
        key = ("touchpoint", node["touchpoint_id"])
        for side in (_to, _from):
            drawn = any(side(row) == key and _from(row) != _to(row) for row in (*ways, *more))
            if drawn or node["journeys"] < _RARE * most:
                continue
            found = next((row for row in within if side(row) == key and _from(row) != _to(row)), None)
            if found is not None:
                more.append(found)
    return more


def _stop(key: Key, row: Row, journeys: int, largest: int, basis: Basis, language: Language) -> Stop:
    kind, touchpoint = key
    if kind != "touchpoint":
        word = Text("Start", "开始") if kind == "start" else Text("End", "结束")
        return Stop(word.in_(language), kind=cast("Literal['start', 'end']", kind))
    return Stop(
        name_of(basis, touchpoint, language),
        percent(min(row["journeys"] / journeys, 1.0), language) if journeys else "",
        row["journeys"] / largest,
        feeling_of(row),
        row["mean_place"],
    )


def _sour(nodes: Sequence[Row]) -> Row | None:
    """The touchpoint that is felt worst beyond doubt, among those that many journeys meet."""
    most = max(row["journeys"] for row in nodes)
    found = [row for row in nodes if feeling_of(row) == "unpleasant" and row["journeys"] >= _RARE * most]
    return min(found, key=lambda row: (row["emotion"], row["touchpoint_id"]), default=None)


def _headline(nodes: Sequence[Row], basis: Basis, language: Language) -> str:
    sour = _sour(nodes)
    if sour:
        name = shortened_to(name_of(basis, sour["touchpoint_id"], language), 40)
        return Text(f"On its way the journey feels worst at {name}", f"一路走来，{name}最让客户不快").in_(
            language
        )
    returned = max(nodes, key=lambda row: (row["rework"] or 0.0, row["touchpoint_id"]))
    if (returned["rework_low"] or 0.0) > 0.1:
        name = shortened_to(name_of(basis, returned["touchpoint_id"], language), 40)
        share = percent(returned["rework"], language)
        return Text(
            f"{share} of the journeys that reach {name} come back to it",
            f"到过{name}的旅程中有{share}不止一次到此",
        ).in_(language)
    busiest = max(nodes, key=lambda row: (row["journeys"], row["touchpoint_id"]))
    name = shortened_to(name_of(basis, busiest["touchpoint_id"], language), 40)
    return Text(f"Most journeys pass through {name}", f"多数旅程都经过{name}").in_(language)


def _lede(nodes: Sequence[Row], edges: Sequence[Row], basis: Basis, language: Language) -> str:
    _, ways, carried = _chosen(nodes, edges)
    first = max((row for row in edges if row["kind"] == "start"), key=lambda row: row["transitions"])
    begin = shortened_to(name_of(basis, first["to_touchpoint_id"], language), 40)
    sentences = [
        Text(
            f"{percent(first['share'], language)} of the journeys start at {begin}",
            f"{percent(first['share'], language)}的旅程从{begin}开始",
        ).in_(language)
    ]
    ends = [row for row in nodes if row["drop_off"] is not None and row["ends"]]
    if ends:
        last = max(ends, key=lambda row: (row["ends"], row["touchpoint_id"]))
        end = shortened_to(name_of(basis, last["touchpoint_id"], language), 40)
        share = percent(last["drop_off"], language)
        sentences[0] += Text(
            f"; most end at {end}, as do {share} of all that reach it",
            f"；最多的旅程止于{end}，到过此处的旅程中{share}就此结束",
        ).in_(language)
    slow = max(
        (row for row in ways if row["wait_median_s"] is not None and not row["self_loop"]),
        key=lambda row: row["wait_median_s"],
        default=None,
    )
    if slow:
        names = [
            shortened_to(name_of(basis, slow[f"{side}_touchpoint_id"], language), 40)
            for side in ("from", "to")
        ]
        wait = lasting(slow["wait_median_s"], language)
        sentences.append(
            Text(
                f"The longest usual wait lies between {names[0]} and {names[1]}: {wait}",
                f"通常等待最久的是从{names[0]}到{names[1]}：{wait}",
            ).in_(language)
        )
    rest = len(edges) - len(ways)
    drawn = Text(
        f"The {len(ways)} ways drawn carry {percent(carried, language)} of all steps"
        + (f"; {rest} weaker ones are in the table" if rest else ""),
        f"图中 {len(ways)} 条路径涵盖{percent(carried, language)}的步骤"
        + (f"，另有 {rest} 条较弱的见表" if rest else ""),
    )
    sentences.append(drawn.in_(language))
    stop = "。" if language == "zh" else ". "
    return (stop.join(sentences) + stop).strip()


def _figures(
    nodes: Sequence[Row], edges: Sequence[Row], basis: Basis, language: Language
) -> tuple[Figure, ...]:
    journeys = sum(row["transitions"] for row in edges if row["kind"] == "start")
    named = level(basis.settings.confidence, language)
    figures = [
        Figure(
            Text("Journeys", "旅程").in_(language),
            number(journeys),
            Text(f"{len(nodes)} touchpoints", f"{len(nodes)} 个接触点").in_(language),
        )
    ]
    ended = [row for row in nodes if row["drop_off"] is not None and row["drop_off_low"] is not None]
    if ended:
        last = max(ended, key=lambda row: (row["ends"], row["touchpoint_id"]))
        name = shortened_to(name_of(basis, last["touchpoint_id"], language), 30)
        ends = share_interval(last["drop_off_low"], last["drop_off_high"], language)
        figures.append(
            Figure(
                Text(f"End at {name}", f"止于{name}").in_(language),
                percent(last["drop_off"], language),
                f"{named} {ends} · n = {number(last['journeys'])}",
            )
        )
    sour = _sour(nodes)
    if sour:
        name = shortened_to(name_of(basis, sour["touchpoint_id"], language), 30)
        ends = interval(sour["emotion_low"], sour["emotion_high"], language, 2)
        figures.append(
            Figure(
                Text(f"Feeling at {name}", f"{name}的感受").in_(language),
                signed(sour["emotion"], 2),
                f"{named} {ends} · n = {number(sour['emotion_n'])} · " + Text("act", "需改善").in_(language),
                tone="act",
            )
        )
    return tuple(figures)


def _reading(felt: bool) -> Text:
    signs = (
        Text(
            " + is felt as pleasant, − as unpleasant, ± cannot tell; no sign: nobody said.",
            " + 为愉快，− 为不快，± 为尚不能断定；无符号为感受未知。",
        )
        if felt
        else Text(" How it felt is not known.", "感受未知。")
    )
    return Text(
        "Circles are touchpoints, larger where more journeys come, with the share of journeys that do; "
        "lines are thick where many go, dashed where they go back." + signs.en,
        "圆为接触点，越大则到过的旅程越多，名下为到过的旅程占比；线越粗走的人越多，虚线为折返。" + signs.zh,
    )


def _next_step(nodes: Sequence[Row], basis: Basis, language: Language) -> NextStep:
    sour = _sour(nodes)
    if sour is None:
        return NextStep(
            Text("The owner of the journey", "旅程负责人").in_(language),
            Text(
                "Walk the thickest way yourself, and ask at every stop what the customer still needs.",
                "亲自走一遍最粗的那条路径，在每一站问一句客户还缺什么。",
            ).in_(language),
            Text("The share that turns back, next period.", "看下一期的折返占比。").in_(language),
        )
    name = name_of(basis, sour["touchpoint_id"], language)
    return NextStep(
        basis.owners.get(sour["touchpoint_id"])
        or Text(f"Whoever answers for {name}", f"{name}的责任人").in_(language),
        Text(
            f"Listen to ten customers right after {name}: what makes it unpleasant, and what came before?",
            f"在{name}之后立即倾听十位客户：哪里让人不快，此前发生了什么？",
        ).in_(language),
        Text("The feeling there, with its interval, next period.", "看下一期此处的感受及其区间。").in_(
            language
        ),
    )


JOURNEY_MAP = JourneyMap()

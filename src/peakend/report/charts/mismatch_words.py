"""Words for places, themes and changes of the mismatch charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.lettering import shortened_to
from peakend.report.numbers import day, interval, number, percent, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis

Row = dict[str, Any]
BOTH = " · "
"""Between touchpoint and site in the results."""
_CUTS = {
    "touchpoint": Text("Touchpoint", "接触点"),
    "site": Text("Site", "网点"),
    "channel": Text("Channel", "渠道"),
}


def cluster_name(row: Row, basis: Basis, language: Language) -> str:
    """ "Site: Hangzhou", in the words of the warehouse where it has any."""
    cut, segment = row["segmentation"], row["segment"]
    if cut == "touchpoint_site":
        touchpoint, _, site = segment.partition(BOTH)
        return place_name(touchpoint, site, basis, language)
    named = _CUTS[cut].in_(language) if cut in _CUTS else basis.cut(cut, language)
    return f"{named}{': ' if language == 'en' else '：'}{basis.segment(cut, segment, language)}"


def place_name(touchpoint: str | None, site: str | None, basis: Basis, language: Language) -> str:
    """ "Lounge, Hangzhou": touchpoint and site by their names."""
    named = (("touchpoint", touchpoint), ("site", site))
    found = [basis.segment(cut, key, language) for cut, key in named if key]
    return (", " if language == "en" else "，").join(found)


def cluster_words(clusters: list[Row], basis: Basis, language: Language, *, among: bool) -> str:
    """Where they cluster; where the whole is nothing beyond chance, that those there are do."""
    if not clusters:
        return (
            Text("They cluster nowhere that was looked at.", "在所查看的各处均无集中。").in_(language)
            if among
            else ""
        )
    first = clusters[0]
    name = shortened_to(cluster_name(first, basis, language), 60)
    times = None if first["ratio"] is None else number(first["ratio"], 1 if first["ratio"] < 10 else 0)
    when = ""
    if first["from_on"] is not None:
        start, end = day(first["from_on"], language), day(first["to_on"], language)
        when = Text(f", from {start} to {end}", f"，时间为{start}至{end}").in_(language)
    more = (
        Text(f", {times} times as often as elsewhere", f"，为别处的 {times} 倍").in_(language)
        if times
        else ""
    )
    return Text(f"They cluster at {name}{more}{when}.", f"他们集中在{name}{more}{when}。").in_(language)


def mean_words(whole: Row, language: Language) -> str:
    share = whole["explained"]
    if share is None:
        return ""
    return Text(
        f"The parts predict {percent(share, 'en', 0)} of how totals differ.",
        f"各分项能预测总分差异的 {percent(share, 'zh', 0)}。",
    ).in_(language)


def change_words(changes: list[Row], language: Language) -> str:
    """The logged change that coincides, the clearest first."""
    found = [
        row
        for row in changes
        if row["kind"] == "logged" and row["verdict"] == "coincides" and (row["effect"] or 0) < 0
    ]
    if not found:
        return ""
    first = min(found, key=lambda row: (row["adjusted_p"], row["change"]))
    what, when = shortened_to(str(first["description"]), 60), day(first["week_on"], language)
    ends = interval(first["effect_low"], first["effect_high"], language, 2)
    moved = signed(first["effect"], 2)
    return Text(
        f"One logged change coincides: “{what}”, week of {when}; totals moved by {moved} ({ends}) there.",
        f"有一项已记录的变更与之吻合：“{what}”，{when}当周；当地总分变动 {moved}（{ends}）。",
    ).in_(language)


def break_words(changes: list[Row], basis: Basis, language: Language) -> str:
    """A break of everybody's series, or of a place's, that nobody logged."""
    found = [
        row
        for row in changes
        if row["kind"] == "unlogged"
        and row["verdict"] == "coincides"
        and row["near"] is None
        and (row["effect"] or 0) < 0
    ]
    if not found:
        return ""
    first = min(found, key=lambda row: (row["adjusted_p"], row["change"]))
    place = place_name(first["touchpoint_id"], first["site_id"], basis, language)
    at = Text(f" at {place}", f"在{place}").in_(language) if place else ""
    return Text(
        f"Something changed around {day(first['week_on'], 'en')}{at} that nobody logged.",
        f"{day(first['week_on'], 'zh')}前后{at}发生了无人记录的变化。",
    ).in_(language)


PLAIN_CODES = {"yes": Text("yes", "是"), "no": Text("no", "否")}


def theme_name(row: Row, language: Language) -> str:
    """A phrase in quotation marks; a code behind its question."""
    theme = str(row["theme"])
    if row["kind"] == "phrase":
        return Text(f"“{theme}”", f"“{theme}”").in_(language)
    source = row[f"source_{language}"] or row["source_id"]
    if theme.lower() in PLAIN_CODES:
        theme = PLAIN_CODES[theme.lower()].in_(language)
    return Text(f"{source}: {theme}", f"{source}：{theme}").in_(language)


def said(row: Row, language: Language) -> str:
    """What share of either group says it."""
    far = percent(row["n_below"] / row["texts_below"], language, 0)
    others = percent(row["n_others"] / row["texts_others"], language)
    name = shortened_to(theme_name(row, language), 70)
    return Text(
        f"{name}: {far} of the {number(row['texts_below'])} far below who said anything, {others} of the "
        f"{number(row['texts_others'])} others.",
        f"{name}：远低于期望且有意见的 {number(row['texts_below'])} 人中占 {far}，其他 "
        f"{number(row['texts_others'])} 人中占 {others}。",
    ).in_(language)

"""Share of wallet: how much of what customers spend is spent with us, and where the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.draw import is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import day, interval, level, money, number, percent, share_interval, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_SHARES, _ROOM = "share_of_wallet", "wallet_headroom"
_WORDS = {"better": Text("above the others", "高于其他"), "worse": Text("below the others", "低于其他")}
_MOST_ROWS = 18


class WalletShares:
    """The latest stated shares: by category, and by segment of the category with most customers."""

    needs = (_SHARES, "wallet_trends", "wallet_rule")
    by_programme = False

    def _latest(self, basis: Basis) -> dict[str, list[Row]]:
        """Stated rows of each category's last day; the category of most customers first."""
        rows = [r for r in basis[_SHARES].to_pylist() if r["measure"] == "stated"]
        last: dict[str, Any] = {}
        for row in rows:
            last[row["category"]] = max(last.get(row["category"], row["as_of_on"]), row["as_of_on"])
        found: dict[str, list[Row]] = {}
        for row in rows:
            if row["as_of_on"] == last[row["category"]]:
                found.setdefault(row["category"], []).append(row)
        whole = {name: _whole(own) for name, own in found.items()}
        shown = [name for name, row in whole.items() if row is not None and not row["hidden"]]
        shown.sort(key=lambda name: (-(whole[name] or {"n": 0})["n"], name))
        return {name: found[name] for name in shown}

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        latest = self._latest(basis)
        if not latest:
            return None
        category, rows = next(iter(latest.items()))
        row = _whole(rows)
        assert row is not None
        told = [one for own in latest.values() for one in own if one["verdict"] in _WORDS]
        return Finding(
            headline=_headline(row, language),
            lede=self._lede(basis, row, language),
            figures=_figures(basis, row, language),
            reading=Text(
                "Dot: the mean of customers' shares, each customer counting the same. Line: "
                f"{percent(basis.settings.confidence, 'en')} interval. A coloured dot differs from all "
                "others of its segmentation after Holm's correction.",
                "圆点：客户份额的平均，每位客户权重相同；"
                f"线为 {percent(basis.settings.confidence, 'zh')} 区间。"
                "彩色圆点经 Holm 校正后与该划分的其他客户有别。",
            ).in_(language),
            caution=_caution(basis, category, row, language),
            next_step=NextStep(
                Text("The owner of key accounts", "重点客户负责人").in_(language),
                Text(
                    "Ask customers who rank another brand first what would move us one place up; do not "
                    "try to move everybody.",
                    "询问把别家排在第一的客户：怎样能让我们前进一位；不必同时打动所有人。",
                ).in_(language),
                Text(
                    "The share of the same customers at the next survey.",
                    "下次调查中同一批客户的份额。",
                ).in_(language),
            ),
            weight=45 if told else 35,
        )

    def _lede(self, basis: Basis, row: Row, language: Language) -> str:
        apart = [
            one
            for own in self._latest(basis).values()
            for one in own
            if one["verdict"] in _WORDS and one["category"] == row["category"]
        ]
        changes = [
            one
            for one in basis["wallet_trends"].to_pylist()
            if one["category"] == row["category"] and one["as_of_on"] == row["as_of_on"] and not one["hidden"]
        ]
        parts = [_changed(one, language) for one in changes if one["verdict"] is not None]
        if apart:
            one = min(apart, key=lambda r: (r["p_value"], r["segment"]))
            who = basis.segment(one["segmentation"], one["segment"], language)
            points = number(abs(100 * one["difference"]), 1)
            more = one["difference"] > 0
            parts.append(
                Text(
                    f"“{who}” give us {points} points {'more' if more else 'less'} of their wallet than "
                    "the others.",
                    f"“{who}”给我们的份额比其他客户{'高' if more else '低'} {points} 个百分点。",
                ).in_(language)
            )
        elif any(one["difference"] is not None for one in self._latest(basis)[row["category"]]):
            parts.append(
                Text(
                    "No segment is shown to give us more or less than the others.",
                    "没有分群被证实给我们的份额高于或低于其他客户。",
                ).in_(language)
            )
        return ("" if language == "zh" else " ").join(parts)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        latest = self._latest(basis)
        if not latest:
            return None
        drawn: list[Dot] = []
        if len(latest) > 1:
            drawn.append(Dot(Text("Categories", "品类").in_(language), heading=True))
        drawn += [_dot(row, name) for name, own in latest.items() if (row := _whole(own)) is not None]
        category, rows = next(iter(latest.items()))
        for cut in sorted({row["segmentation"] for row in rows} - {"all"}):
            own = [row for row in rows if row["segmentation"] == cut and not row["hidden"]]
            if not own:
                continue
            title = Text(f"{basis.cut(cut, 'en')} ({category})", f"{basis.cut(cut, 'zh')}（{category}）")
            drawn.append(Dot(title.in_(language), heading=True))
            own.sort(key=lambda row: (-row["mean_share"], row["segment"]))
            for row in own:
                word = _WORDS[row["verdict"]].in_(language) if row["verdict"] in _WORDS else ""
                drawn.append(_dot(row, basis.segment(cut, row["segment"], language), word))
        return dots(
            drawn[:_MOST_ROWS],
            width,
            language,
            decimals=0,
            suffix="\u00a0%" if language == "en" else "%",
            limits=(0, 100),
            base_title=Text("customers", "客户数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for own in self._latest(basis).values() for row in own if not row["hidden"]]
        return _SHARES, pa.Table.from_pylist(rows, schema=basis[_SHARES].schema)


class WalletHeadroom:
    """Where the money is that customers spend with others: by size of wallet and share with us."""

    needs = (_ROOM, _SHARES)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """Cells of the last day of the category with the most money elsewhere."""
        rows = basis[_ROOM].to_pylist()
        whole: dict[tuple[str, Any], Any] = {
            (r["category"], r["as_of_on"]): r["headroom"]
            for r in basis[_SHARES].to_pylist()
            if r["measure"] == "stated" and r["segmentation"] == "all" and r["headroom"]
        }
        last = {name: max(on for other, on in whole if other == name) for name, _ in whole}
        open_ = {key: value for key, value in whole.items() if last[key[0]] == key[1]}
        if not open_:
            return []
        chosen = max(open_, key=lambda key: (open_[key], key[0]))
        return [row for row in rows if (row["category"], row["as_of_on"]) == chosen]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = [row for row in self._rows(basis) if not row["hidden"]]
        if not rows or not any(row["headroom_share"] for row in rows):
            return None
        best = max(rows, key=lambda row: (row["headroom"], -row["share_band"]))
        size, share = (table[best[name]] for table, name in ((_SIZES, "size_band"), (_BANDS, "share_band")))
        part, n = percent(best["headroom_share"], language, 0), number(best["customers"])
        return Finding(
            headline=Text(
                f"{part} of the money spent elsewhere lies with {size.en} wallets that give us {share.en}",
                f"花在别家的钱中，{part}出自支出{size.zh}、给我们{share.zh}的客户",
            ).in_(language),
            lede=Text(
                f"{best['category']}, {day(best['as_of_on'], 'en')}: {n} of those asked.",
                f"{best['category']}，{day(best['as_of_on'], 'zh')}：受访者中的 {n} 位。",
            ).in_(language),
            figures=(
                Figure(
                    Text("They spend with others", "他们花在别家").in_(language),
                    money(best["headroom"], best["currency"]),
                    f"n = {number(best['customers'])}",
                ),
            ),
            reading=Text(
                "Rows: customers in thirds by what they spend in the category. Columns: the share of it that "
                "is ours. A number: the part of all money spent elsewhere; a dot hides few customers.",
                "行：按品类总支出把客户三等分；列：其中花在本公司的比例。数字为占全部外流支出的比例，圆点处人数太少，不予公布。",
            ).in_(language),
            caution=Text(
                "This is the money of those asked, as they say, not of all customers; and what is spent "
                "elsewhere is not yet to be won.",
                "这是受访者自述的金额，并非全部客户；花在别家的钱也未必都能争取到。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of key accounts", "重点客户负责人").in_(language),
                Text(
                    "Begin with this cell: the list of its customers is behind the number.",
                    "从这一格开始：名单就在数字背后。",
                ).in_(language),
                Text("Their spend with others at the next survey.", "下次调查中他们花在别家的支出。").in_(
                    language
                ),
            ),
            weight=25,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not any(row["headroom_share"] for row in rows):
            return None
        cells = {(row["size_band"], row["share_band"]): row for row in rows}
        phone = is_phone(width)
        lines = []
        for size in (3, 2, 1):
            drawn = [_cell(cells.get((size, share)), language) for share in (1, 2, 3, 4)]
            n = [cells[size, s]["customers"] for s in (1, 2, 3, 4) if (size, s) in cells]
            base = number(sum(n)) if n and None not in n else ""
            lines.append((_SIZES[size].in_(language), base, drawn))
        heads = [(_SHORT if phone else _BANDS)[share].in_(language) for share in (1, 2, 3, 4)]
        largest = max(row["headroom_share"] or 0 for row in rows)
        return heat_table(lines, heads, "n", width, largest)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis) if not row["hidden"]]
        return _ROOM, pa.Table.from_pylist(rows, schema=basis[_ROOM].schema)


_SIZES = {1: Text("small", "小额"), 2: Text("middle-sized", "中等"), 3: Text("large", "大额")}
_BANDS = {
    1: Text("under a quarter", "不足四分之一"),
    2: Text("a quarter to half", "四分之一至一半"),
    3: Text("half to three quarters", "一半至四分之三"),
    4: Text("three quarters or more", "四分之三以上"),
}
_SHORT = {
    1: Text("< 25%", "< 25%"),
    2: Text("25–50%", "25–50%"),
    3: Text("50–75%", "50–75%"),
    4: Text("75% +", "75% 以上"),
}


def _whole(rows: list[Row]) -> Row | None:
    return next((row for row in rows if row["segmentation"] == "all"), None)


def _headline(row: Row, language: Language) -> str:
    hundred = round(100 * row["ratio_share"])
    where = row["category"]
    return Text(
        f"Of every 100 that customers spend on “{where}”, {hundred} are spent with us",
        f"客户在“{where}”上每花 100 元，有 {hundred} 元花在我们这里",
    ).in_(language)


def _figures(basis: Basis, row: Row, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    n = f"n = {number(row['n'])}"
    return (
        Figure(
            Text("Of the money", "按金额").in_(language),
            percent(row["ratio_share"], language, 1),
            f"{named} {share_interval(row['ratio_share_low'], row['ratio_share_high'], language)} · {n}",
        ),
        Figure(
            Text("Of the average customer's wallet", "按客户平均").in_(language),
            percent(row["mean_share"], language, 1),
            f"{named} {share_interval(row['mean_share_low'], row['mean_share_high'], language)} · {n}",
        ),
        Figure(
            Text("Spent with others", "花在别家").in_(language),
            money(row["headroom"], row["currency"]),
            Text("by those asked", "受访者合计").in_(language),
        ),
    )


def _changed(row: Row, language: Language) -> str:
    since, n = day(row["before_on"], language), number(row["n"])
    ends = interval(100 * row["change_low"], 100 * row["change_high"], language, 1)
    points = signed(100 * row["change"], 1)
    if row["verdict"] == "cannot_tell":
        return Text(
            f"Whether it changed since {since} cannot be told ({points} points, {ends}; {n} asked both "
            "times).",
            f"自{since}以来是否变化尚不能断定（{points} 个百分点，{ends}；两次均受访 {n} 人）。",
        ).in_(language)
    moved = Text("rose", "上升") if row["change"] > 0 else Text("fell", "下降")
    return Text(
        f"Of {n} asked both times it {moved.en} since {since}: {points} points ({ends}).",
        f"两次均受访的 {n} 人自{since}以来{moved.zh}：{points} 个百分点（{ends}）。",
    ).in_(language)


def _caution(basis: Basis, category: str, row: Row, language: Language) -> str:
    told = Text("What customers say they spend is what they remember.", "自述支出取决于客户的记忆。").in_(
        language
    )
    rule = next(
        (
            one
            for one in basis["wallet_rule"].to_pylist()
            if one["category"] == category and one["as_of_on"] == row["as_of_on"] and not one["hidden"]
        ),
        None,
    )
    if rule is None:
        return told
    off = number(100 * rule["mean_absolute_error"], 0)
    more = Text(
        "Inferred from ranks alone (Wallet Allocation Rule) it would be "
        f"{percent(rule['rule_share'], 'en')}, off by {off} points for a single customer.",
        f"若只按排名推算（钱包分配法则）为 {percent(rule['rule_share'], 'zh')}，"
        f"对单个客户平均偏差 {off} 个百分点。",
    ).in_(language)
    return f"{told}{' ' if language == 'en' else ''}{more}"


def _dot(row: Row, label: str, word: str = "") -> Dot:
    low, high = row["mean_share_low"], row["mean_share_high"]
    return Dot(
        label,
        100 * row["mean_share"],
        None if low is None else 100 * low,
        None if high is None else 100 * high,
        number(row["n"]),
        {"better": "good", "worse": "act"}.get(row["verdict"] or "", "plain"),  # type: ignore[arg-type]
        word,
    )


def _cell(row: Row | None, language: Language) -> Cell:
    if row is None:
        return Cell(None, "")
    if row["hidden"] or row["headroom_share"] is None:
        return Cell(None, "·")
    return Cell(row["headroom_share"], percent(row["headroom_share"], language))


SHARES = WalletShares()
HEADROOM = WalletHeadroom()

"""How long customers stay at each touchpoint: half of them, and nine in ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dumbbells import Dumbbell, dumbbells
from peakend.report.charts.journey_words import lasting
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "dwell"
Row = dict[str, Any]
MOST_ROWS = 16
_UNITS = (
    (86_400.0, Text("days", "天")),
    (3_600.0, Text("hours", "小时")),
    (60.0, Text("minutes", "分钟")),
    (1.0, Text("seconds", "秒")),
)


class Dwell:
    """A ring at the median and a dot where nine in ten have left, the longest first."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis[TABLE].to_pylist() if not row["hidden"] and row["p90_s"] is not None]
        return sorted(rows, key=lambda row: (-row["p90_s"], row["touchpoint_id"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        late = _late(rows)
        return Finding(
            headline=_headline(rows[0], late, language),
            lede=_lede(rows, language),
            figures=tuple(_figure(row, basis, language) for row in ([late] if late else []) + rows[:1]),
            reading=Text(
                f"In {_unit(rows)[1].en}. The ring is the time that half of the stays do not exceed, the dot "
                "the time that nine in ten do not exceed; the pale band is the dot's interval.",
                f"单位：{_unit(rows)[1].zh}。圆环为半数停留不超过的时长，圆点为九成停留不超过的时长，"
                "浅色带为圆点的区间。",
            ).in_(language),
            caution=_caution(rows, language),
            next_step=_next_step(late or rows[0], language),
            weight=40 if late else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)[:MOST_ROWS]
        if not rows:
            return None
        size, _ = _unit(rows)
        drawn = [
            Dumbbell(
                _name(row, language),
                row["median_s"] / size,
                row["p90_s"] / size,
                _written(row, language),
                number(row["n"]),
                "act" if _is_late(row) else "plain",
                None if row["p90_s_low"] is None else row["p90_s_low"] / size,
                None if row["p90_s_high"] is None else row["p90_s_high"] / size,
            )
            for row in rows
        ]
        largest = max(max(row.end, row.high or 0.0) for row in drawn)
        return dumbbells(
            drawn,
            width,
            language,
            names=(Text("half leave by then", "半数不超过"), Text("nine in ten leave by then", "九成不超过")),
            limits=(0.0, max(largest * 1.2, 1e-3)),
            base_title=Text("stays", "次"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE].sort_by([("p90_s", "descending"), ("touchpoint_id", "ascending")])


DWELL = Dwell()


def _unit(rows: list[Row]) -> tuple[float, Text]:
    longest = max(row["p90_s"] for row in rows)
    return next((unit for unit in _UNITS if longest >= 2 * unit[0]), _UNITS[-1])


def _written(row: Row, language: Language) -> str:
    both = f"{lasting(row['median_s'], language)} · {lasting(row['p90_s'], language)}"
    if not _is_late(row):
        return both
    share = percent(row["longer_share"], language)
    return both + Text(f", {share} late", f"，{share}超时").in_(language)


def _name(row: Row, language: Language) -> str:
    both = (row["touchpoint_zh"], row["touchpoint_en"]) if language == "zh" else (row["touchpoint_en"],)
    return str(next((name for name in both if name), row["touchpoint_id"]))


def _is_late(row: Row) -> bool:
    """Whether more than one stay in ten is longer than promised, beyond chance."""
    return row["longer_share_low"] is not None and row["longer_share_low"] > 0.1


def _late(rows: list[Row]) -> Row | None:
    late = [row for row in rows if _is_late(row)]
    return max(late, key=lambda row: (row["longer_share_low"], row["touchpoint_id"])) if late else None


def _headline(longest: Row, late: Row | None, language: Language) -> str:
    if late is not None:
        share, promised = percent(late["longer_share"], language), lasting(late["service_level_s"], language)
        return Text(
            f"{_name(late, 'en')} takes longer than the promised {promised} in {share} of stays",
            f"{_name(late, 'zh')}有 {share}的停留超出承诺的 {promised}",
        ).in_(language)
    half, most = lasting(longest["median_s"], language), lasting(longest["p90_s"], language)
    return Text(
        f"Customers stay longest at {_name(longest, 'en')}: one in ten longer than {most}",
        f"客户在{_name(longest, 'zh')}停留最久：十人中有一人超过 {most}（半数不超过 {half}）",
    ).in_(language)


def _lede(rows: list[Row], language: Language) -> str:
    stays = number(sum(row["n"] for row in rows))
    unknown = number(sum(row["unknown"] for row in rows))
    told = Text(
        f"{stays} stays at {number(len(rows))} touchpoints. A stay without a recorded duration lasts until "
        "the next step of the journey.",
        f"{number(len(rows))} 个接触点共 {stays} 次停留。无时长记录的以至旅程下一步的间隔计。",
    ).in_(language)
    if unknown == "0":
        return told
    return told + Text(
        f" Of {unknown} last steps the length is not known.", f"另有 {unknown} 次为旅程末步，时长未知。"
    ).in_(language)


def _figure(row: Row, basis: Basis, language: Language) -> Figure:
    if row["longer_share"] is not None:
        ends = share_interval(row["longer_share_low"], row["longer_share_high"], language)
        return Figure(
            Text(f"{_name(row, 'en')}: longer than promised", f"{_name(row, 'zh')}：超出承诺").in_(language),
            percent(row["longer_share"], language, 1),
            f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
            "act" if _is_late(row) else "plain",
        )
    between = dict.fromkeys(lasting(row[name], language) for name in ("median_s_low", "median_s_high"))
    return Figure(
        Text(f"{_name(row, 'en')}: half leave within", f"{_name(row, 'zh')}：半数不超过").in_(language),
        lasting(row["median_s"], language),
        f"{level(basis.settings.confidence, language)} {' – '.join(between)} · n = {number(row['n'])}",
    )


def _caution(rows: list[Row], language: Language) -> str:
    until = any((row["measured_share"] or 0) < 1 for row in rows)
    words = Text(
        "The time until the next step includes whatever the customer did elsewhere: it is an upper end, not "
        "a measurement.",
        "“至下一步”的间隔包含客户在别处的时间，只是上限，并非实测。",
    )
    plain = Text(
        "A long stay is no fault by itself: ask whether customers wanted it.",
        "停留久未必不好：先弄清是否客户所愿。",
    )
    return (words if until else plain).in_(language)


def _next_step(row: Row, language: Language) -> NextStep:
    return NextStep(
        Text(f"Who answers for {_name(row, 'en')}", f"{_name(row, 'zh')}负责人").in_(language),
        Text(
            "Watch ten of the longest stays and write down what the customer was waiting for.",
            "旁观十次最长的停留，记下客户在等什么。",
        ).in_(language),
        Text("Nine in ten stays are shorter next month.", "下个月九成停留的时长缩短。").in_(language),
    )

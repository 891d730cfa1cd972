"""Lifetime value: how good the model of purchases is on a time it had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.lifetime_lines import Line, lines, ranges
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import day, level, money, number, percent, share_interval

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

MODELS = "lifetime_models"
CALIBRATION = "lifetime_calibration"
TRACKING = "lifetime_tracking"
ACCURACY = "value_accuracy"
FREQUENCY = "lifetime_frequency"
CHECKS = "lifetime_checks"
FAR_OFF = 0.1
"""A predicted total this far from the actual one is said to be off, if its interval agrees."""

Row = Mapping[str, Any]


class LifetimeCalibration:
    """Purchases predicted and made in the test window, by tenths of the prediction."""

    needs = (CALIBRATION, MODELS, ACCURACY, CHECKS)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        judged, plain = _judged(basis)
        if judged is None or plain is None or judged["bias"] is None:
            return None
        figures = _figures(basis, judged, plain, language)
        return Finding(
            headline=_headline(judged, language),
            lede=_lede(basis, judged, language),
            figures=figures,
            reading=Text(
                "Customers in tenths by the purchases predicted for them, fewest on the left. The line "
                "is what was predicted, the dot what they bought, with its interval.",
                "客户按预测购买次数分为十组，左少右多。折线为预测，圆点为实际购买次数及其区间。",
            ).in_(language),
            caution=_caution(basis, language),
            next_step=_next_step(judged, language),
            weight=50 if _off(judged) else 40,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis[CALIBRATION].sort_by("decile").to_pylist()
        if len(rows) < 3:
            return None
        return ranges(
            [(row["decile"], row["predicted"], row["actual"], row["low"], row["high"]) for row in rows],
            width,
            title=Text("purchases a customer", "人均购买次数").in_(language),
            across=Text("tenths of customers by prediction", "按预测划分的十分位").in_(language),
            names=(
                Text("predicted", "预测").in_(language),
                Text("actual", "实际").in_(language),
            ),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return CALIBRATION, basis[CALIBRATION].sort_by("decile")


class LifetimeTracking:
    """Repeat purchases up to each week, and what the model expected from a day on."""

    needs = (TRACKING, MODELS)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = basis[TRACKING].sort_by("week").to_pylist()
        later = [row for row in rows if not row["fitted"]]
        if not later or len(later) == len(rows):
            return None
        last, before = rows[-1], [row for row in rows if row["fitted"]][-1]
        actual = last["actual_total"] - before["actual_total"]
        expected = last["expected_total"] - before["expected_total"]
        since = day(before["until_on"], language)
        return Finding(
            headline=_tracking_headline(actual, expected, since, language),
            lede=Text(
                "Customers who began to buy later are counted in both lines from their first purchase "
                "on; only what they buy again is predicted.",
                "此后新增的客户自首购起计入两条线，预测的只是他们的复购。",
            ).in_(language),
            reading=Text(
                "Repeat purchases since the first week, added up. To the right of the mark the model had "
                "seen nothing.",
                "自第一周起累计的复购次数。标记右侧是模型未见过的时期。",
            ).in_(language),
            caution=Text(
                "These models know no seasons: a Christmas or a holiday lies above the line without anybody "
                "having changed.",
                "这类模型不含季节因素：节庆期间高于预期，并不表示客户行为已改变。",
            ).in_(language),
            weight=20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis[TRACKING].sort_by("week").to_pylist()
        if len(rows) < 8:
            return None
        return lines(
            (
                Line(
                    Text("actual", "实际").in_(language),
                    "ink",
                    [(r["week"], r["actual_total"]) for r in rows],
                ),
                Line(
                    Text("expected", "预期").in_(language),
                    "brand",
                    [(r["week"], r["expected_total"]) for r in rows],
                    dashed=True,
                ),
            ),
            width,
            title=Text("repeat purchases, added up", "累计复购次数").in_(language),
            across=Text("week", "周").in_(language),
            mark=next((r["week"] for r in rows if not r["fitted"]), None),
            marked=Text("not seen by the model", "模型未见").in_(language),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TRACKING, basis[TRACKING].sort_by("week")


class LifetimeFrequency:
    """How many customers bought again how often, and how many the model expects."""

    needs = (FREQUENCY,)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = basis[FREQUENCY].sort_by("purchases").to_pylist()
        everybody = sum(row["customers"] for row in rows)
        if not everybody:
            return None
        moved = sum(abs(row["customers"] - row["expected"]) for row in rows) / 2 / everybody
        share = percent(moved, language)
        once = percent(rows[0]["customers"] / everybody, language)
        return Finding(
            headline=Text(
                f"The model puts {share} of the customers at another number of purchases than they made",
                f"模型对 {share}客户的复购次数判断与实际不符",
            ).in_(language),
            lede=Text(
                f"{once} have not bought again; {percent(rows[0]['expected'] / everybody, 'en')} were "
                "expected not to.",
                f"{once}尚未复购，预期为 {percent(rows[0]['expected'] / everybody, 'zh')}。",
            ).in_(language),
            reading=Text(
                "Customers by repeat purchases. The line is what the model expects, with the range that "
                "chance alone allows; the dot is how many there are.",
                "按复购次数统计的客户数。折线为模型预期，竖线为随机波动范围，圆点为实际人数。",
            ).in_(language),
            weight=12,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis[FREQUENCY].sort_by("purchases").to_pylist()
        if len(rows) < 3:
            return None
        names = Text("expected", "预期"), Text("actual", "实际")
        return ranges(
            [(r["purchases"], r["expected"], r["customers"], r["low"], r["high"]) for r in rows],
            width,
            title=Text("customers", "客户数").in_(language),
            across=Text("repeat purchases (the last: or more)", "复购次数（末项为该数及以上）").in_(language),
            names=(names[0].in_(language), names[1].in_(language)),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return FREQUENCY, basis[FREQUENCY].sort_by("purchases")


LIFETIME_FREQUENCY = LifetimeFrequency()
LIFETIME_CALIBRATION = LifetimeCalibration()
LIFETIME_TRACKING = LifetimeTracking()


def _judged(basis: Basis) -> tuple[Row | None, Row | None]:
    """The chosen model's row in the test window, and that of the plainest prediction."""
    rows = [row for row in basis[MODELS].to_pylist() if row["stage"] == "test"]
    chosen = next((row for row in rows if row["chosen"]), None)
    return chosen, next((row for row in rows if not row["chosen"] and row["deviance"] is not None), None)


def _off(judged: Row) -> bool:
    """The prediction was off by a tenth or more, beyond chance."""
    same_side = bool(judged["bias_low"] * judged["bias_high"] > 0)
    return abs(judged["bias"]) >= FAR_OFF and same_side


def _headline(judged: Row, language: Language) -> str:
    if not _off(judged):
        return Text(
            f"{judged['model']} predicted purchases it had not seen within {percent(_size(judged), 'en')}",
            f"{judged['model']} 对未见时期购买总量的预测误差在 {percent(_size(judged), 'zh')} 以内",
        ).in_(language)
    less = judged["bias"] < 0
    return Text(
        f"Customers bought {'more' if less else 'less'} than the model expected: it was "
        f"{percent(_size(judged), 'en')} too {'low' if less else 'high'}",
        f"客户的购买{'多' if less else '少'}于模型预期："
        f"预测偏{'低' if less else '高'} {percent(_size(judged), 'zh')}",
    ).in_(language)


def _size(judged: Row) -> float:
    return max(abs(float(judged["bias"])), 0.01)


def _lede(basis: Basis, judged: Row, language: Language) -> str:
    window = Text(
        f"Fitted on what was known on {day(judged['from_on'], 'en')}, judged on the {judged['days']} days "
        "after it.",
        f"以 {day(judged['from_on'], 'zh')} 之前的数据拟合，用其后 {judged['days']} 天检验。",
    ).in_(language)
    chosen = [r for r in basis[MODELS].to_pylist() if r["stage"] == "validation" and r["chosen"]]
    why = chosen[0]["note_zh" if language == "zh" else "note_en"] if chosen else ""
    return ("" if language == "zh" else " ").join(part for part in (window, why) if part)


def _figures(basis: Basis, judged: Row, plain: Row, language: Language) -> tuple[Figure, ...]:
    confidence = level(basis.settings.confidence, language)
    bias = share_interval(judged["bias_low"], judged["bias_high"], language)
    customers = Text("customers", "位客户").in_(language)
    figures = [
        Figure(
            Text("Purchases, predicted against actual", "购买次数：预测与实际").in_(language),
            f"{number(judged['predicted'])} : {number(judged['actual'])}",
            Text(
                f"off by {bias} ({confidence}) · n = {number(judged['customers'])} {customers}",
                f"偏差 {bias}（{confidence}）· n = {number(judged['customers'])} {customers}",
            ).in_(language),
            "act" if _off(judged) else "plain",
        ),
        Figure(
            Text("Deviance against “everybody goes on as before”", "预测偏差度：模型与“一切照旧”").in_(
                language
            ),
            f"{number(judged['deviance'], 2)} : {number(plain['deviance'], 2)}",
            Text("lower is better", "越低越好").in_(language),
        ),
    ]
    spend = {row["decile"]: row for row in basis[ACCURACY].to_pylist()}
    if 10 in spend and 0 in spend and spend[10]["share_of_actual"] is not None:
        predicted, actual = spend[0]["predicted"], spend[0]["actual"]
        figures.append(
            Figure(
                Text(
                    "Spent by the tenth predicted to spend most", "预测消费最高的十分之一客户的实际消费占比"
                ).in_(language),
                percent(spend[10]["share_of_actual"], language),
                Text(
                    f"all together {money(predicted, spend[0]['currency'])} predicted, {money(actual, None)} "
                    "actual",
                    f"总额：预测 {money(predicted, spend[0]['currency'])}，实际 {money(actual, None)}",
                ).in_(language),
            )
        )
    return tuple(figures)


def _caution(basis: Basis, language: Language) -> str:
    named = "meaning_zh" if language == "zh" else "meaning_en"
    told = [row[named] for row in basis[CHECKS].to_pylist() if row["warning"]]
    first = Text("These models know no seasons and no competitors.", "这类模型不含季节与竞争因素。").in_(
        language
    )
    return ("" if language == "zh" else " ").join([first, *told])


def _next_step(judged: Row, language: Language) -> NextStep:
    if _off(judged):
        what = Text(
            "Find what changed in that window (season, campaign, prices) before a budget rests on this.",
            "先查明该时期发生了什么（季节、活动、价格），再以这些价值安排预算。",
        )
    else:
        what = Text(
            "Decide by the order of customers whom to look after; plan with totals and the error shown.",
            "用客户名次决定优先照顾谁；用总额做预算时计入所示误差。",
        )
    return NextStep(
        who=Text("Analysts", "分析人员").in_(language),
        what=what.in_(language),
        check=Text(
            "Run it again next quarter and compare what was predicted now with what came.",
            "下季度重新运行，对照本次预测与实际结果。",
        ).in_(language),
    )


def _tracking_headline(actual: float, expected: float, since: str, language: Language) -> str:
    bought, due = number(actual), number(expected)
    return Text(
        f"Since {since} customers bought again {bought} times; {due} were expected",
        f"自 {since} 起客户复购 {bought} 次，预期 {due} 次",
    ).in_(language)

"""What customers remember of a journey: which model of memory foretells the score they give afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import memory_words as words
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.memory_words import Row
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

TOGETHER = 0.5
"""Above this share of moments asked with the whole, in one questionnaire, the page says so."""


class Remembered:
    """Models of memory by what they foretell of later journeys."""

    needs = ("memory_models", "memory_verdict")
    by_programme = False

    def _verdict(self, basis: Basis) -> Row | None:
        rows = basis["memory_verdict"].to_pylist()
        found = [row for row in rows if row["segmentation"] == "all" and not row["hidden"]]
        return found[0] if found else None

    def _models(self, basis: Basis) -> list[Row]:
        rows = [
            row
            for row in basis["memory_models"].to_pylist()
            if row["segmentation"] == "all" and row["model"] != "nothing" and row["standing"] != "same"
        ]
        return sorted(rows, key=lambda row: (row["error"], row["model"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        verdict = self._verdict(basis)
        if verdict is None:
            return None
        models = self._models(basis)
        return Finding(
            headline=words.headline(verdict).in_(language),
            lede=words.lede(verdict, models, language),
            figures=self._figures(verdict, models, basis, language),
            reading=words.reading(verdict, basis.settings.confidence, language) if models else "",
            caution=" ".join(self._cautions(verdict, language))
            if language == "en"
            else "".join(self._cautions(verdict, language)),
            next_step=words.next_step(verdict, language),
            weight=words.weight(verdict),
        )

    def _cautions(self, verdict: Row, language: Language) -> list[str]:
        said = []
        if (verdict["asked_together"] or 0) > TOGETHER:
            share = verdict["asked_together"]
            said.append(
                Text(
                    f"{percent(share, 'en')} of these moments were rated in the same questionnaire as the "
                    "whole: that shows how customers add up, less what they remember. Record feelings as "
                    "they happen.",
                    f"这些时刻中有 {percent(share, 'zh')}与总体题在同一份问卷中评分：这反映客户如何加总，"
                    "未必是他们记住了什么。请在事情发生时记录感受。",
                ).in_(language)
            )
        said.append(
            Text(
                "Moments measured with error favour the average, in which errors cancel. What goes with the "
                "score is not yet what causes it.",
                "当下评分带有误差时，平均会占便宜，因为误差在其中相互抵消。与总体评分相伴的，未必就是原因。",
            ).in_(language)
        )
        return said

    def _figures(
        self, verdict: Row, models: list[Row], basis: Basis, language: Language
    ) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        by_name = {row["model"]: row for row in models}
        best = by_name.get(verdict["model"])
        if best is None or verdict["reason"] == "unrelated":
            return ()
        n = f"n = {number(best['n'])}"
        figures = [
            Figure(
                Text("Of the differences between journeys, foretold", "可预测的旅程差异").in_(language),
                percent(max(best["r_squared"], 0), language),
                f"{named} {share_interval(best['r_squared_low'], best['r_squared_high'], language, 0)} · {n}",
            )
        ]
        if verdict["model"] == "peak_end" and verdict["peak_weight"] is not None:
            low, high = verdict["peak_weight_low"], verdict["peak_weight_high"]
            figures.append(
                Figure(
                    Text("Weight of the peak; the rest is the end", "峰值的权重（其余为终值）").in_(language),
                    percent(verdict["peak_weight"], language),
                    f"{named} {share_interval(low, high, language, 0)} · "
                    f"n = {number(verdict['earlier_journeys'])}",
                )
            )
        figures += self._against(verdict, by_name, language, named)
        return tuple(figures)

    def _against(self, verdict: Row, by_name: dict[str, Row], language: Language, named: str) -> list[Figure]:
        """How much less the best errs than the average, or the average than the next best."""
        mean = verdict["model"] == "mean"
        column = "ahead" if mean else "ahead_of_mean"
        other = by_name.get(verdict["runner_up"] if mean else "mean")
        if other is None or verdict[column] is None:
            return []
        label = (
            Text("Less error than the next best model", "误差比次优模型少")
            if mean
            else Text("Less error than the average", "误差比“全程平均”少")
        )
        value, low, high = (
            verdict[name] / other["error"] for name in (column, f"{column}_low", f"{column}_high")
        )
        tone: Tone = "good" if low > 0 else "plain"
        told = Text("shown", "可断定") if low > 0 else Text("cannot be told", "尚不能断定")
        return [
            Figure(
                label.in_(language),
                percent(value, language),
                f"{named} {share_interval(low, high, language, 0)} · {told.in_(language)}",
                tone,
            )
        ]

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        verdict, models = self._verdict(basis), self._models(basis)
        if verdict is None or len(models) < 2:
            return None
        return dots(
            [
                Dot(
                    words.MODEL[row["model"]].in_(language),
                    100 * row["r_squared"],
                    100 * row["r_squared_low"],
                    100 * row["r_squared_high"],
                    tone=_tone(row, verdict),
                    word=words.standing(row, verdict, language),
                )
                for row in models
            ],
            width,
            language,
            decimals=0,
            suffix=Text("\u00a0%", "%").in_(language),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        table = basis["memory_models"]
        verdict = self._verdict(basis)
        rows = self._models(basis)
        if verdict is not None and not rows:
            return "memory_verdict", pa.Table.from_pylist([verdict], schema=basis["memory_verdict"].schema)
        return "memory_models", pa.Table.from_pylist(rows, schema=table.schema)


def _tone(row: Row, verdict: Row) -> Tone:
    return "good" if row["standing"] == "best" and verdict["verdict"] == "told" else "plain"


class Nearest:
    """Whether the score of the whole lies nearer to the end, the peak or the average."""

    needs = ("memory_distances",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        return sorted(basis["memory_distances"].to_pylist(), key=lambda row: row["place"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        told = all(row["standing"] == "farther" for row in rows[1:])
        first, second = (words.NEAR[row["candidate"]] for row in rows[:2])
        headline = (
            Text(f"The score of the whole lies nearest to {first.en}", f"总体评分最接近{first.zh}")
            if told
            else Text(
                f"Whether the score of the whole lies nearer to {first.en} or to {second.en} cannot be told",
                f"总体评分更接近{first.zh}还是{second.zh}，尚不能断定",
            )
        )
        away = [percent(row["distance"] / 2, language) for row in rows]
        rest = Text(
            "; ".join(f"{words.NEAR[row['candidate']].en} {a}" for row, a in zip(rows, away, strict=True)),
            "；".join(f"{words.NEAR[row['candidate']].zh} {a}" for row, a in zip(rows, away, strict=True)),
        )
        return Finding(
            headline=headline.in_(language),
            lede=Text(
                f"Typical distance from it, of the whole scale: {rest.en}.",
                f"与之的典型距离（占量表全长）：{rest.zh}。",
            ).in_(language),
            reading=Text(
                "How far the score of the whole lies from each, of the whole scale; less is nearer. Lines: "
                f"{level(basis.settings.confidence, 'en')} intervals, customers kept whole; "
                f"n = {number(rows[0]['n'])} journeys.",
                f"总体评分与各项的距离（占量表全长），越短越近。线段为"
                f"{level(basis.settings.confidence, 'zh')}（按客户计）；n = {number(rows[0]['n'])} 段旅程。",
            ).in_(language),
            caution=Text(
                "Distance also counts when all scores of the whole are simply higher; the models do not.",
                "若总体评分普遍偏高，距离也会变大；各模型的比较不受此影响。",
            ).in_(language),
            next_step=words.nearest_step(rows[0]["candidate"], told, language),
            weight=12,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        return dots(
            [
                Dot(
                    words.NEAR_LABEL[row["candidate"]].in_(language),
                    50 * row["distance"],
                    50 * row["distance_low"],
                    50 * row["distance_high"],
                    tone="good" if row["place"] == 1 and rows[1]["standing"] == "farther" else "plain",
                    word=words.distance(row, rows[1]["standing"] == "farther", language),
                )
                for row in rows
            ],
            width,
            language,
            decimals=0,
            suffix=Text("\u00a0%", "%").in_(language),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = self._rows(basis)
        return "memory_distances", pa.Table.from_pylist(rows, schema=basis["memory_distances"].schema)


REMEMBERED, NEAREST = Remembered(), Nearest()

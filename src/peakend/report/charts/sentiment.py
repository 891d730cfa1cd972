"""How pleased the words sound, touchpoint by touchpoint, with the accuracy of the model that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, number, percent, share_interval
from peakend.report.standing import Standing, standing

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

SHARES, MODELS = "sentiment_by_touchpoint", "sentiment_models"
LANGUAGES = {
    "zh": Text("Chinese", "中文"),
    "en": Text("English", "英文"),
    "other": Text("other languages", "其他语言"),
}
WHY_NOT = {
    "too_few": Text("too few texts come with a score", "附有评分的文本太少"),
    "no_better_than_guessing": Text(
        "a model is no better than always guessing the same", "模型并不优于一律猜同一结果"
    ),
    "not_converged": Text("the model's fit did not converge", "模型拟合未收敛"),
}


class Sentiment:
    """The last period: all texts, then touchpoints, most pleased first."""

    needs = (SHARES, MODELS)
    by_programme = True

    def _rows(self, basis: Basis) -> tuple[list[Row], list[Row]]:
        """Everybody's rows of the last period that has a figure (the whole first), and the models."""
        rows = [row for row in rows_of.everybody(basis[SHARES]) if row["value"] is not None]
        order = rows_of.period_order(rows)
        last = rows_of.of_period(rows, order[-1]) if order else []
        last = sorted(last, key=lambda row: (row["touchpoint_id"] is not None, -row["value"]))
        return last, sorted(basis[MODELS].to_pylist(), key=lambda row: (-row["texts"], row["language"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows, models = self._rows(basis)
        if not models:
            return None
        usable = [row for row in models if row["verdict"] == "usable"]
        if not usable or not rows or rows[0]["touchpoint_id"] is not None:
            return _no_figures(models, language)
        stands = standing(
            [(row["value"], row["low"], row["high"]) for row in rows[1:]],
            confidence=basis.settings.confidence,
        )
        return Finding(
            headline=_headline(rows, stands, language),
            lede=_lede(rows, usable, models, language),
            figures=_figures(rows, usable, basis, language),
            reading=Text(
                "Share of texts whose writers sound pleased, with its interval: the mean of the model's "
                "probabilities, learnt from these customers' own scores.",
                "作者显得满意的文本占比及其区间：由这些客户自己的评分学得的模型所给概率的均值。",
            ).in_(language),
            caution=Text(
                "Those who write need not feel like those who do not. The model reads words, not irony, and "
                "its accuracy holds for this programme's texts only.",
                "写字的人未必与不写的人感受相同。模型只读字面，不懂反话；其准确率只适用于本系列的文本。",
            ).in_(language),
            next_step=NextStep(
                who=Text("Who answers for the touchpoint", "接触点负责人").in_(language),
                what=Text(
                    "Read twenty of the least pleased texts about it, and write down what they share.",
                    "读二十条最不满意的相关文本，写下其共同之处。",
                ).in_(language),
                check=Text(
                    "The share of pleased texts there rises by more than its interval.",
                    "该处满意文本占比的上升超过其区间。",
                ).in_(language),
            ),
            weight=45 if stands.lowest else 25,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows, _ = self._rows(basis)
        if not rows:
            return None
        drawn = [
            Dot(
                label=_label(row, language),
                value=row["value"] * 100,
                low=row["low"] * 100,
                high=row["high"] * 100,
                base=number(row["n"]),
            )
            for row in rows
        ]
        return dots(
            drawn, width, language, decimals=0, suffix="%", limits=(0, 100), base_title=Text("n", "n")
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows, _ = self._rows(basis)
        return SHARES, pa.Table.from_pylist([dict(row) for row in rows], schema=basis[SHARES].schema)


SENTIMENT = Sentiment()


def _label(row: Row, language: Language) -> str:
    if row["touchpoint_id"] is None:
        return Text("All texts", "全部文本").in_(language)
    both = row["touchpoint_zh"], row["touchpoint_en"]
    return str((both if language == "zh" else both[::-1])[0] or both[1] or row["touchpoint_id"])


def _headline(rows: list[Row], stands: Standing, language: Language) -> str:
    share = percent(rows[0]["value"], language, 0)
    if stands.lowest:
        name = shortened_to(_label(rows[1:][stands.lowest[0]], language), 60)
        return Text(
            f"{share} of the texts sound pleased; {name} clearly least",
            f"{share}的文本显得满意；“{name}”明显最低",
        ).in_(language)
    return Text(f"{share} of the texts sound pleased", f"{share}的文本显得满意").in_(language)


def _lede(rows: list[Row], usable: list[Row], models: list[Row], language: Language) -> str:
    whole, model = rows[0], usable[0]
    when, n = rows_of.when(whole, language), number(whole["n"])
    right, base = percent(model["accuracy"], language, 1), percent(model["base_rate"], language, 1)
    tested = number(model["held_out_n"])
    sentences = [
        Text(
            f"{n} texts{f' in {when}' if when else ''} were read by a model of these customers' own words.",
            f"{when}共 {n} 条文本，由据这些客户自己的用语学得的模型判读。",
        ),
        Text(
            f"On {tested} texts it had not seen ({LANGUAGES[model['language']].en}) it was right in {right}; "
            f"always calling the commoner would be in {base}.",
            f"在未见过的 {tested} 条{LANGUAGES[model['language']].zh}文本上，其判断正确率为 {right}；"
            f"一律判为多数类则为 {base}。",
        ),
    ]
    for row in models:
        if row["verdict"] != "usable":
            name, why, texts = LANGUAGES[row["language"]], WHY_NOT[row["verdict"]], number(row["texts"])
            sentences.append(
                Text(
                    f"{texts} texts in {name.en} are left out: {why.en}.",
                    f"另有 {texts} 条{name.zh}文本未计入：{why.zh}。",
                )
            )
    return ("" if language == "zh" else " ").join(one.in_(language) for one in sentences)


def _figures(rows: list[Row], usable: list[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    whole = rows[0]
    figures = [
        Figure(
            Text("Texts that sound pleased", "显得满意的文本").in_(language),
            percent(whole["value"], language, 0),
            f"{named} {share_interval(whole['low'], whole['high'], language)} · n = {number(whole['n'])}",
        )
    ]
    for model in usable[:2]:
        name = LANGUAGES[model["language"]]
        ends = share_interval(model["accuracy_low"], model["accuracy_high"], language)
        figures.append(
            Figure(
                Text(f"Called rightly, {name.en}", f"判断正确（{name.zh}）").in_(language),
                percent(model["accuracy"], language, 1),
                f"{named} {ends} · n = {number(model['held_out_n'])}",
            )
        )
    return tuple(figures)


def _no_figures(models: list[Row], language: Language) -> Finding:
    """A sentence instead of figures that could not be trusted."""
    first = models[0]
    why = WHY_NOT.get(first["verdict"], WHY_NOT["too_few"])
    texts, labelled = number(first["texts"]), number(first["labelled"])
    name = LANGUAGES[first["language"]]
    return Finding(
        headline=Text(
            f"Whether the texts sound pleased cannot be told: {why.en}", f"尚不能判断文本是否满意：{why.zh}"
        ).in_(language),
        lede=Text(
            f"{texts} texts in {name.en}, {labelled} of them by writers whose score is at the top or at the "
            "bottom. So no figure is given.",
            f"{name.zh}文本共 {texts} 条，其中 {labelled} 条的作者评分落在最高或最低档。因此不给出数值。",
        ).in_(language),
        caution=Text(
            "A model trained on other companies' texts would give a figure, and nobody could say how wrong.",
            "用其他公司的文本训练的模型虽能给出数值，却无从知道错了多少。",
        ).in_(language),
        next_step=NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                "Put the overall question and the open question on the same page.",
                "把总体评分题与开放题放在同一页。",
            ).in_(language),
            check=Text(
                "200 texts with a score, and 30 different ones of either kind.",
                "附有评分的文本达到 200 条，且满意与不满意的不同文本各有 30 条。",
            ).in_(language),
        ),
        weight=5,
    )

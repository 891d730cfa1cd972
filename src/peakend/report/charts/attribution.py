"""Which touchpoints an outcome goes with: last touch, removal effect and Shapley value side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.attribution_words import WORDS, OutcomeWords
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.numbers import capitalised, interval, level, number, percent, share_interval, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]

METHODS = {
    "last_touch": Text("Last touch", "末次触点"),
    "removal": Text("Removal effect", "移除效应"),
    "shapley": Text("Shapley value", "沙普利值"),
}
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _View:
    """rate: the outcome's row. by: (touchpoint, method) -> row. more, less: touchpoints that stand out by
    Shapley value, strongest first. over: those that last touch overstates, most first."""

    rate: Row
    by: dict[tuple[str, str], Row]
    more: list[str]
    less: list[str]
    over: list[str]
    tested: bool

    def name(self, touchpoint: str, language: Language) -> str:
        row = self.by[touchpoint, "shapley"]
        return str(row[f"touchpoint_{language}"])


class Attribution:
    """The chart of one outcome."""

    needs = ("touchpoint_attribution", "outcome_rates")
    by_programme = False

    outcome: ClassVar[str]

    @property
    def _words(self) -> OutcomeWords:
        return WORDS[self.outcome]

    def _view(self, basis: Basis) -> _View | None:
        rows = [
            row
            for row in basis["touchpoint_attribution"].to_pylist()
            if row["outcome"] == self.outcome and not row["hidden"]
        ]
        rates = [row for row in basis["outcome_rates"].to_pylist() if row["outcome"] == self.outcome]
        shapley = [row for row in rows if row["method"] == "shapley"]
        if not shapley or not rates:
            return None
        strongest = sorted(shapley, key=lambda row: -abs(row["lift"] or 0))
        more = [row["touchpoint_id"] for row in strongest if row["verdict"] == "more"]
        overstated = [
            row
            for row in shapley
            if row["beside_last"] < 0
            and row["beside_last_p"] is not None
            and row["beside_last_p"] <= basis.settings.alpha
            and row["verdict"] != "more"
        ]
        return _View(
            rates[0],
            {(row["touchpoint_id"], row["method"]): row for row in rows},
            more,
            [row["touchpoint_id"] for row in strongest if row["verdict"] == "less"],
            [row["touchpoint_id"] for row in sorted(overstated, key=lambda row: row["beside_last"])],
            all(row["verdict"] != "not_tested" for row in shapley),
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        named = level(basis.settings.confidence, language)
        rate = percent(view.rate["rate"], language)
        return Finding(
            headline=capitalised(self._headline(view, language)),
            lede=self._words.lede(rate, number(view.rate["n"]), number(view.rate["days"])).in_(language)
            + self._beside(view, language)
            + _beyond(view, language),
            figures=self._figures(view, basis, language),
            reading=Text(
                "Each touchpoint's share of the outcome by three methods; lines are "
                f"{named} intervals. Last touch gives everything to the last step. "
                "The removal effect asks what a chain of the steps would lose without it, the Shapley value "
                "what it adds to journeys that go without it. A touchpoint that every journey meets has a "
                "large share with no merit of its own: it stands out only where the share is above what "
                "presence alone gives.",
                f"各接触点按三种方法所占的份额；线段为{named}。末次触点法把全部功劳归于最后一步；"
                "移除效应看去掉它之后步骤链会失去多少；沙普利值看它为原本没有它的旅程增添多少。"
                "人人都经过的接触点份额自然大，并不说明它有功：只有份额高于“仅凭出现”所应有时才算突出。",
            ).in_(language),
            caution=self._caution(view).in_(language),
            next_step=self._next(view, basis, language),
            weight=45 if view.more or view.less else 15,
        )

    def _headline(self, view: _View, language: Language) -> str:
        if not view.tested:
            first = self._last(view)
            return self._words.right_after(
                percent(first["share"], language), str(first[f"touchpoint_{language}"])
            ).in_(language)
        said = self._words.goes_with(
            [view.name(one, language) for one in view.more[:2]],
            [view.name(one, language) for one in view.less[:2]],
            language,
        )
        if view.over:
            over = view.name(view.over[0], language)
            return Text(f"last touch overstates {over}; ", f"末次触点法高估了{over}；").in_(language) + said
        return said

    def _last(self, view: _View) -> Row:
        """The touchpoint with the largest share by last touch."""
        rows = [row for (_, method), row in view.by.items() if method == "last_touch"]
        return max(rows, key=lambda row: row["share"])

    def _beside(self, view: _View, language: Language) -> str:
        """How much of the last-touch figure is left by Shapley value, for the most overstated touchpoint."""
        if not view.tested:
            first = self._last(view)
            share = Text(*(percent(first["expected"], one) for one in ("en", "zh")))
            return Text(
                f" {first['touchpoint_en']} is the last step of {share.en} of the journeys anyway.",
                f"而{first['touchpoint_zh']}本来就是 {share.zh}旅程的最后一步。",
            ).in_(language)
        if not view.over:
            return ""
        one = view.over[0]
        last, fair = view.by[one, "last_touch"], view.by[one, "shapley"]
        a, b = percent(last["share"], language), percent(max(fair["share"], 0.0), language)
        return Text(
            f" Last touch gives {a} of it to {view.name(one, 'en')}; the Shapley value {b}.",
            f"末次触点法把其中 {a} 归于{view.name(one, 'zh')}，沙普利值只归 {b}。",
        ).in_(language)

    def _figures(self, view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        rate = view.rate
        found = [
            Figure(
                self._words.rate.in_(language),
                percent(rate["rate"], language, 1),
                f"{named} {share_interval(rate['rate_low'], rate['rate_high'], language)} · "
                f"n = {number(rate['n'])}",
            )
        ]
        points = Text("points", "个百分点").in_(language)
        for one in (*view.more, *view.less)[:3]:
            row = view.by[one, "shapley"]
            low, high = 100 * row["lift_low"], 100 * row["lift_high"]
            found.append(
                Figure(
                    Text(
                        f"{view.name(one, 'en')}: share beyond presence",
                        f"{view.name(one, 'zh')}：超出“仅凭出现”的份额",
                    ).in_(language),
                    f"{signed(100 * row['lift'], 1)} {points}",
                    f"{named} {interval(low, high, language, 1)} · n = {number(row['n'])}",
                )
            )
        return tuple(found)

    def _caution(self, view: _View) -> Text:
        always = Text(
            "Who meets a touchpoint may differ from who does not: this is association, not effect. The chain "
            "remembers one step, so what works through later steps shows in the Shapley value only.",
            "经过某接触点的客户可能本就不同：这是相伴，而非因果。步骤链只记得一步，"
            "要经由后续步骤才起作用的，只在沙普利值中显现。",
        )
        if view.tested:
            return always
        share = Text(*(percent(view.rate["cut_short"], language) for language in ("en", "zh")))
        return Text(
            f"{share.en} of them came during the journey; steps after them are left out, so that no share "
            f"is tested, and the Shapley value splits each evenly among what was met before it. {always.en}",
            f"其中 {share.zh}发生在旅程途中，其后的步骤不计入；因此份额未作检验，"
            f"沙普利值按此前经过的接触点均分。{always.zh}",
        )

    def _next(self, view: _View, basis: Basis, language: Language) -> NextStep:
        lead = next(iter([*view.more, *view.less]), None)
        who = basis.owners.get(lead or "") or Text("The owner of the journey", "旅程负责人").in_(language)
        if lead is None or not view.tested:
            return NextStep(who, self._words.look.in_(language), self._words.check.in_(language))
        name = view.name(lead, language)
        what = Text(
            f"Bring a random half of those who would miss it to {name}, or spare them it, before money "
            "follows these shares.",
            f"先随机让一半原本不会经过者经过“{name}”（或免去该环节），再决定是否按份额投入。",
        )
        return NextStep(who, what.in_(language), self._words.check.in_(language))

    def _shown(self, view: _View) -> list[str]:
        """Those that stand out, then those most overstated, then the largest shares."""
        largest = sorted(
            (row for (_, method), row in view.by.items() if method == "shapley"),
            key=lambda row: -row["share"],
        )
        wanted = [*view.more[:3], *view.less[:2], *view.over[:2], *(row["touchpoint_id"] for row in largest)]
        return list(dict.fromkeys(wanted))[:_SHOWN]

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        rows: list[Dot] = []
        for one in self._shown(view):
            rows.append(Dot(view.name(one, language), heading=True))
            for method, title in METHODS.items():
                row = view.by[one, method]
                rows.append(
                    Dot(
                        title.in_(language),
                        100 * row["share"],
                        None if row["share_low"] is None else 100 * row["share_low"],
                        None if row["share_high"] is None else 100 * row["share_high"],
                        base=number(row["n"]) if method == "last_touch" else "",
                        **self._mark(row["verdict"], language, method),
                    )
                )
        return dots(
            rows,
            width,
            language,
            decimals=1,
            suffix="%",
            base_title=Text("Journeys that met it", "经过的旅程"),
        )

    def _mark(self, verdict: str, language: Language, method: str) -> dict[str, Any]:
        """Colour and word of a share that stands out; only of the Shapley value, whose verdict is told."""
        if method != "shapley" or verdict == "not_tested":
            return {}
        if verdict == "cannot_tell":
            return {"word": Text("as presence gives", "与出现相当").in_(language)}
        good = (verdict == "more") == self._words.good
        tone: Tone = "good" if good else "act"
        word = Text("stands out", "突出") if verdict == "more" else Text("less than expected", "低于应有")
        return {"tone": tone, "word": word.in_(language)}

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis)
        rows = (
            []
            if view is None
            else [dict(view.by[one, method]) for one in self._shown(view) for method in METHODS]
        )
        table = basis["touchpoint_attribution"]
        return "touchpoint_attribution", pa.Table.from_pylist(rows, schema=table.schema)


def _beyond(view: _View, language: Language) -> str:
    """What a share above the whole means, where there is one."""
    shares = [row["share"] for (_, method), row in view.by.items() if method == "shapley" and row["share"]]
    if not shares or max(shares) <= 1:
        return ""
    return Text(
        " A share above 100 % means that others take away what it adds: read it as far more than its part, "
        "not as a number.",
        "份额超过 100% 表示其他接触点抵消了它的贡献：应理解为远超其应有，而非精确数值。",
    ).in_(language)


class Repurchase(Attribution):
    """What repurchase goes with. A class of its own: the report tells exhibits apart by it."""

    outcome = "repurchase"


class Churn(Attribution):
    """What churn goes with."""

    outcome = "churn"


class Complaint(Attribution):
    """What complaints go with."""

    outcome = "complaint"


REPURCHASE = Repurchase()
CHURN = Churn()
COMPLAINT = Complaint()

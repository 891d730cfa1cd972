"""Response mix, RFM, revenue concentration and data quality: the sentences that numbers allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import CHARTS, Basis, exhibits
from peakend.report.charts.concentration import REVENUE
from peakend.report.charts.data_quality import QUALITY
from peakend.report.charts.response_mix import RESPONSE_MIX
from peakend.report.charts.rfm import RFM
from peakend.report.draw import svg

Make = Callable[..., Basis]
Everything = Mapping[str, pa.Table]


def _changed(table: pa.Table, **values: object) -> pa.Table:
    rows: list[dict[str, Any]] = [{**row, **values} for row in table.to_pylist()]
    return pa.Table.from_pylist(rows, schema=table.schema)


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_exhibit_is_silent_about_empty_results_and_draws_what_it_tells(
    name: str, basis: Make, everything: Everything
) -> None:
    for exhibit in exhibits(name):
        assert exhibit.finding(basis(), "en") is None
        for language in LANGUAGES:
            found = exhibit.finding(Basis(everything), language)
            if found is None:
                continue
            assert found.headline
            assert not found.headline.endswith((".", "。"))
            assert found.next_step is not None
            for width in (328, 680):
                spec = exhibit.chart(Basis(everything), language, width)
                assert spec is None or svg(spec, found.headline, "c").startswith("<svg")


def test_the_least_answered_question_is_named(everything: Everything) -> None:
    found = RESPONSE_MIX.finding(Basis(everything), "en")
    assert found is not None
    assert found.headline == "Only 20\u00a0% could answer about Lounge"
    assert "No invitations are on record" in found.lede


def test_a_response_rate_is_told_where_invitations_are_on_record(basis: Make, everything: Everything) -> None:
    rows = everything["response_mix"].to_pylist()
    rows[0] |= {"invited": 2000, "response_rate": 0.31, "response_rate_low": 0.29, "response_rate_high": 0.33}
    found = RESPONSE_MIX.finding(basis(response_mix=rows), "zh")
    assert found is not None
    assert found.headline == "受邀者中有 31%作答"


def test_a_sample_unlike_its_population_is_said(basis: Make, everything: Everything) -> None:
    rows = everything["response_mix"].to_pylist()
    segment = {
        "dimension_kind": "segment",
        "dimension": "age",
        "category": "old",
        "label_en": "Old",
        "label_zh": "老年",
    }
    shares = {"share": 0.4, "share_low": 0.37, "share_high": 0.43, "population_share": 0.2}
    rows.append(rows[0] | segment | shares)
    found = RESPONSE_MIX.finding(basis(response_mix=rows), "en")
    assert found is not None
    assert found.headline == "Old is over-represented among those who answered"


def test_rfm_says_who_brings_the_revenue_and_whom_to_talk_to(everything: Everything) -> None:
    found = RFM.finding(Basis(everything), "en")
    assert found is not None
    assert found.headline == "Champions are 20\u00a0% of the customers and bring 70\u00a0% of the revenue"
    assert found.figures[1].value == "80"
    assert found.figures[1].tone == "act"
    assert "chosen by lot" in (found.next_step.what if found.next_step else "")
    assert found.caution == "Revenue in no segment: Not identified EUR 100."


def test_concentration_says_what_a_fifth_of_the_customers_brings(everything: Everything) -> None:
    found = REVENUE.finding(Basis(everything), "en")
    assert found is not None
    assert found.headline == "A fifth of the customers brings 74\u00a0% of the revenue"
    assert "None of the measures says" in found.lede


def test_evenly_spread_revenue_is_not_dramatised(basis: Make, everything: Everything) -> None:
    rows = everything["revenue_concentration"].to_pylist()
    rows[1]["value"] = 0.22
    found = REVENUE.finding(basis(revenue_concentration=rows), "zh")
    assert found is not None
    assert found.headline == "收入分布均匀：最大的五分之一客户带来 22%"


def test_one_customer_who_is_the_company_is_a_warning(basis: Make, everything: Everything) -> None:
    rows = everything["revenue_concentration"].to_pylist()
    rows[3] |= {"value": 0.6, "warning": True}
    found = REVENUE.finding(basis(revenue_concentration=rows), "en")
    assert found is not None
    assert found.headline == "One customer alone brings 60\u00a0% of the revenue"


def test_refused_rows_are_counted_and_their_reasons_told(everything: Everything) -> None:
    reason = {
        "table_name": "answers",
        "column_name": "score",
        "n": 3,
        "reason_en": "7 is out",
        "reason_zh": "7 超出",
    }
    made = replace(Basis(everything), refusals=[reason])
    english, chinese = QUALITY.finding(made, "en"), QUALITY.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "3 rows (0.1\u00a0%) were refused at loading and are kept with the reason"
    assert "“7 is out”" in english.lede
    assert "“7 超出”" in chinese.lede


def test_data_without_a_fault_are_said_to_be_so(basis: Make, everything: Everything) -> None:
    clean = [{**row, "refused": 0, "invalid": 0} for row in everything["data_quality"].to_pylist()]
    found = QUALITY.finding(basis(data_quality=clean), "en")
    assert found is not None
    assert found.headline == "All 2,000 rows were taken, and every value keeps its rule"
    assert all(figure.tone == "plain" for figure in found.figures)


def test_values_that_break_a_rule_are_said_where_nothing_was_refused(everything: Everything) -> None:
    tables = {**everything, "data_quality": _changed(everything["data_quality"], refused=0)}
    found = QUALITY.finding(Basis(tables), "en")
    assert found is not None
    assert found.headline == "2 values break a rule, most of them in answers"

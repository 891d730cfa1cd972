"""Themes and needs of surveys: coded comments joined, shares, scores beside the others, changes, money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from peakend.declaration import Settings
from peakend.feedback.comparison import holm
from peakend.feedback.words.mentioners import Sample, changes, scores, shares
from peakend.feedback.words.phrase_tables import key_phrase_table
from peakend.feedback.words.theme_tables import theme_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

Row = dict[str, Any]
LABELS = '{"labels": {"Wider choice of shops": "商店更多"}}'
QUESTIONS: list[Row] = [
    {"question_id": "overall", "metric": "rating", "scale_low": 1, "scale_high": 5, "overall": True},
    {"question_id": "shops", "metric": "rating", "scale_low": 1, "scale_high": 5, "label_en": "Shops"},
    {"question_id": "ask_1", "metric": "choice", "dimension": "comments", "label_en": "Wishes (1)"},
    {"question_id": "ask_2", "metric": "choice", "dimension": "comments", "attributes": LABELS},
    {"question_id": "used", "metric": "choice", "dimension": "use"},
]
SURVEYS = [{"survey_id": wave, "programme": "p", "wave": wave} for wave in ("2023", "2024")]


def _given(
    codes: Callable[[int, str], list[str]], score: Callable[[int, list[str]], float]
) -> dict[str, Any]:
    """200 responses a wave, one a customer, of whom 100 buy; `codes` and `score` say what each answers."""
    responses: list[Row] = []
    answers: list[Row] = []
    for wave in ("2023", "2024"):
        for number in range(200):
            key = f"{wave}-{number:03d}"
            responses.append({"response_id": key, "survey_id": wave, "customer_id": f"c{number:03d}"})
            said = codes(number, wave)
            own = {"response_id": key, "state": "answered"}
            answers.append({**own, "question_id": "overall", "score": score(number, said)})
            answers.append({**own, "question_id": "used", "choice": "yes"})
            answers += [
                {
                    **own,
                    "question_id": f"ask_{place}",
                    "choice": code,
                    "attributes": '{"Sentiment": "Negative"}',
                }
                for place, code in enumerate(said, start=1)
            ]
    sales = [
        {
            "transaction_id": f"t{number}",
            "customer_id": f"c{number:03d}",
            "at": f"2024-0{1 + number % 6}-01T00:00:00",
            "kind": "sale",
            "revenue": Decimal("10.5"),
            "currency": "CNY",
        }
        for number in range(100)
    ]
    import pyarrow as pa
    import pyarrow.compute as pc

    from peakend.warehouse.schema import canonical_table

    schema = canonical_table("transactions").schema()
    table = pa.Table.from_pylist([{k: v for k, v in sale.items() if k != "at"} for sale in sales])
    table = table.append_column(
        "at", pc.cast(pa.array([sale["at"] for sale in sales]), schema.field("at").type)
    )
    return {
        "surveys": SURVEYS,
        "questions": QUESTIONS,
        "responses": responses,
        "answers": answers,
        "transactions": table,
    }


def _codes(number: int, wave: str) -> list[str]:
    found = ["Wider choice of shops"] if number < (60 if wave == "2024" else 20) else []
    if number % 2:
        found.append("Charging stations")
    if number % 40 == 0:
        found.append("A rare wish")
    return found or ["Q8-1"]


def _score(number: int, said: list[str]) -> float:
    low = "Wider choice of shops" in said
    return float(2 + number % 2) if low else float(4 + number % 2)


@pytest.fixture
def themes(inputs_of: Callable[..., Inputs]) -> dict[tuple[str, str], Row]:
    rows = theme_tables(inputs_of(**_given(_codes, _score)))["themes"].to_pylist()
    return {(row["period"], row["theme"]): row for row in rows}


def test_sets_of_codes_are_joined_and_counted_once_a_response(themes: dict[tuple[str, str], Row]) -> None:
    shops = themes["2024", "Wider choice of shops"]
    assert (shops["source_id"], shops["source_en"], shops["n"], shops["commented"]) == (
        "ask",
        "Wishes",
        60,
        200,
    )
    assert shops["share"] == pytest.approx(0.3)
    assert shops["share_low"] < 0.3 < shops["share_high"]
    assert themes["2024", "Charging stations"]["n"] == 100


def test_names_tones_and_questions_come_with_the_codes(themes: dict[tuple[str, str], Row]) -> None:
    shops, charging = themes["2024", "Wider choice of shops"], themes["2024", "Charging stations"]
    assert (shops["theme_zh"], shops["tone"], shops["covered_by"]) == ("商店更多", "negative", "shops")
    assert (charging["covered"], charging["need"]) == (False, "convenience")
    assert not themes["2024", "Q8-1"]["named"]
    assert ("2024", "yes") not in themes


def test_those_who_mention_it_score_lower_and_it_rose(themes: dict[tuple[str, str], Row]) -> None:
    shops, charging = themes["2024", "Wider choice of shops"], themes["2024", "Charging stations"]
    assert (shops["verdict"], shops["mean"], shops["others_mean"]) == ("lower", 2.5, 4.5)
    assert shops["difference"] == pytest.approx(-2)
    assert (shops["change_verdict"], shops["previous_period"]) == ("more", "2023")
    assert shops["change"] == pytest.approx(0.2)
    assert charging["change_verdict"] == "cannot_tell"
    assert themes["2023", "Charging stations"]["change_verdict"] == "no_previous_period"


def test_few_people_are_left_out_and_cannot_be_had_by_subtraction(themes: dict[tuple[str, str], Row]) -> None:
    assert all(theme != "A rare wish" or period == "all" for period, theme in themes)
    for (period, theme), row in themes.items():
        if period == "all":
            shown = sum(r["n"] for (p, t), r in themes.items() if t == theme and p != "all")
            assert row["n"] == shown or row["n"] - shown >= 10


def test_the_value_at_stake_is_what_those_customers_bought(themes: dict[tuple[str, str], Row]) -> None:
    shops = themes["2024", "Wider choice of shops"]
    assert (shops["customers"], shops["value_at_stake"], shops["currency"]) == (
        60,
        Decimal("630.0000"),
        "CNY",
    )


def test_needs_add_up_people_and_not_mentions(inputs_of: Callable[..., Inputs]) -> None:
    rows = theme_tables(inputs_of(**_given(_codes, _score)))["needs"].to_pylist()
    found = {(row["period"], row["need"]): row for row in rows}
    assert found["2024", "convenience"]["n"] == 100
    assert found["2024", "convenience"]["uncovered"] == 1


def test_an_anonymous_survey_adds_up_nobody(inputs_of: Callable[..., Inputs]) -> None:
    given = _given(_codes, _score)
    given["surveys"] = [{**survey, "anonymous": True} for survey in SURVEYS]
    rows = theme_tables(inputs_of(**given))["themes"].to_pylist()
    assert {(row["customers"], row["value_at_stake"]) for row in rows} == {(None, None)}


def test_null_scores_that_know_nothing_of_the_codes_give_false_verdicts_at_the_stated_rate() -> None:
    """500 worlds of 4 codes thrown at random over scores: any verdict at all in 5 % of them at most."""
    random = np.random.default_rng(2)
    worlds, writers, alarms = 500, 160, 0
    for _ in range(worlds):
        codes = random.integers(0, 4, writers)[:, None] == np.arange(4)
        sample = Sample(np.arange(writers), random.integers(1, 6, writers).astype(float), None, None)
        found = scores(csr_array(codes), sample, (1, 5), 10, 0.95)
        alarms += bool((holm(found.difference.p)[0] <= 0.05).any())
    assert 0 < alarms / worlds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / worlds)


def test_null_shares_that_stay_give_false_changes_at_the_stated_rate() -> None:
    random = np.random.default_rng(3)
    worlds, alarms = 500, 0
    for _ in range(worlds):
        waves = [csr_array(random.random((200, 3)) < 0.2) for _ in range(2)]
        sample = Sample(np.arange(200), np.full(200, np.nan), None, None)
        before, now = (shares(wave, sample, 0.95) for wave in waves)
        alarms += bool((holm(changes(now, before, 0.95).p)[0] <= 0.05).any())
    assert 0 < alarms / worlds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / worlds)


@pytest.mark.parametrize("analysis", [theme_tables, key_phrase_table])
def test_without_remarks_there_are_no_rows(
    inputs_of: Callable[..., Inputs], analysis: Callable[[Inputs], dict[str, Any]]
) -> None:
    assert all(table.num_rows == 0 for table in analysis(inputs_of()).values())


def test_codes_of_the_unhappy_are_key_phrases(inputs_of: Callable[..., Inputs]) -> None:
    rows = key_phrase_table(inputs_of(Settings(), **_given(_codes, _score)))["key_phrases"].to_pylist()
    found = {(row["period"], row["phrase"]): row for row in rows}
    shops = found["2024", "Wider choice of shops"]
    assert (shops["group"], shops["n_high"], shops["phrase_zh"]) == ("low", 0, "商店更多")
    assert all(row["phrase"] != "Q8-1" and row["n"] >= 10 for row in rows)


def test_nothing_is_nan(themes: dict[tuple[str, str], Row]) -> None:
    assert all(value == value for row in themes.values() for value in row.values())

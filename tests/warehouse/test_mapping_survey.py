"""A wide survey becomes responses, answers and segments; not used and no answer are states, never zeros."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from warehouse.planned import Taken, planned

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = """\
source: s
segmentations:
  sex: {en: Gender, zh: 性别, labels: {Man: 男}}
rows:
  questions:
    - {question_id: food, metric: rating, scale_low: 1, scale_high: 5}
    - {question_id: nps, metric: nps, scale_low: 0, scale_high: 10}
    - {question_id: bags, metric: choice}
    - {question_id: words, metric: text}
files:
  - match: a
    survey:
      survey: {value: w1}
      response: "w1-{id}"
      not_used: [6]
      no_answer: [0, Blank]
      columns: {weight: w, customer_id: who}
      answers:
        food: Q1
        nps: {column: Q2, not_used: [], no_answer: [12], shift: -1}
        bags: {column: Q3, values: {1: "yes", 2: "no"}}
        words: {column: Q4, attributes: [extra]}
      segments:
        sex: {column: sex, empty: [0], values: {1: Man, 2: Woman}}
        city: city
"""
CSV = """\
id,w,who,Q1,Q2,Q3,Q4,sex,city,extra,rest
1,1.5,c,5,11,1,太慢了,1,A,e,r
2,,,6,1,0,,0,,,
3,2,,0,12,2,Blank,3,B,,
4,2,,7,13,9,x,2,B,,
5,2,, 3 ,,,,,,,
6,2,,good,x,,,,,,
"""


def surveyed(tmp_path: Path, mapping: str = MAPPING, csv: str = CSV) -> dict[str, Taken]:
    (tmp_path / "a.csv").write_text(csv, encoding="utf-8")
    return planned(tmp_path, mapping)


def answers(found: dict[str, Taken], question: str) -> dict[str, tuple[str, object]]:
    value = {"bags": "choice", "words": "text"}.get(question, "score")
    return {
        row["response_id"]: (row["state"], row[value])
        for row in found["answers"].rows
        if row["question_id"] == question
    }


def test_codes_become_states_and_scores(tmp_path: Path) -> None:
    found = surveyed(tmp_path)
    assert answers(found, "food") == {
        "w1-1": ("answered", 5.0),
        "w1-2": ("not_used", None),
        "w1-3": ("no_answer", None),
        "w1-5": ("answered", 3.0),
    }


def test_a_shift_moves_the_scale_and_zero_may_be_a_score(tmp_path: Path) -> None:
    found = answers(surveyed(tmp_path), "nps")
    assert found["w1-1"] == ("answered", 10.0)
    assert found["w1-2"] == ("answered", 0.0)
    assert found["w1-3"] == ("no_answer", None)
    assert found["w1-5"] == ("no_answer", None)


def test_what_is_outside_the_scale_is_refused_answer_by_answer(tmp_path: Path) -> None:
    refused = set(surveyed(tmp_path)["answers"].refused)
    assert refused == {
        ("outside_scale", "7", 3),
        ("outside_scale", "13", 3),
        ("unlisted_code", "9", 3),
        ("not_a_number", "good", 5),
        ("not_a_number", "x", 5),
    }


def test_choices_and_words_are_kept(tmp_path: Path) -> None:
    found = surveyed(tmp_path)
    assert answers(found, "bags")["w1-1"] == ("answered", "yes")
    assert answers(found, "bags")["w1-2"] == ("no_answer", None)
    assert answers(found, "words")["w1-1"] == ("answered", "太慢了")
    assert answers(found, "words")["w1-3"] == ("no_answer", None)
    said = next(
        r for r in found["answers"].rows if r["question_id"] == "words" and r["response_id"] == "w1-1"
    )
    assert json.loads(said["attributes"]) == {"extra": "e"}


def test_every_response_has_an_answer_row_for_every_question(tmp_path: Path) -> None:
    found = surveyed(tmp_path)["answers"]
    assert len(found.rows) + len(found.refused) == 6 * 4


def test_responses_keep_what_has_no_place(tmp_path: Path) -> None:
    row = surveyed(tmp_path)["responses"].rows[0]
    assert (row["survey_id"], row["weight"], row["customer_id"]) == ("w1", 1.5, "c")
    assert json.loads(row["attributes"]) == {"rest": "r"}


def test_segments_are_members_with_titles_in_both_languages(tmp_path: Path) -> None:
    found = surveyed(tmp_path)["segment_members"]
    members = {(row["segmentation"], row["segment"], row["subject_id"]) for row in found.rows}
    assert members == {
        ("sex", "Man", "w1-1"),
        ("sex", "Woman", "w1-4"),
        ("city", "A", "w1-1"),
        ("city", "B", "w1-3"),
        ("city", "B", "w1-4"),
    }
    assert found.refused == [("unlisted_code", "3", 2)]
    titles = next(row for row in found.rows if row["segment"] == "Man")
    assert json.loads(titles["attributes"]) == {"title_en": "Gender", "title_zh": "性别", "label_zh": "男"}
    assert {row["subject"] for row in found.rows} == {"response"}


def test_a_survey_without_numbers_counts_its_rows(tmp_path: Path) -> None:
    found = surveyed(tmp_path, MAPPING.replace("{id}", "{#}"))
    assert [row["response_id"] for row in found["responses"].rows] == [f"w1-{n}" for n in range(1, 7)]
    assert answers(found, "food")["w1-5"] == ("answered", 3.0)


def test_segments_of_customers_need_no_survey(tmp_path: Path) -> None:
    tier = "{column: w, values: {2: gold}, unlisted: empty}"
    text = f"source: s\nfiles:\n  - match: a\n    segments: {{id: id, by: {{tier: {tier}}}}}\n"
    rows = surveyed(tmp_path, text)["segment_members"].rows
    assert [(row["subject"], row["subject_id"], row["segment"]) for row in rows] == [
        ("customer", str(n), "gold") for n in (3, 4, 5, 6)
    ]


def test_words_of_an_spss_file_become_choices_and_its_missing_codes_no_answer(tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    pyreadstat.write_sav(
        pd.DataFrame({"id": [1.0, 2, 3], "Q1": [5.0, 9, 4], "Q3": [1.0, 2, 3]}),
        str(tmp_path / "a.sav"),
        variable_value_labels={"Q3": {1.0: "with", 2.0: "without"}},
        missing_ranges={"Q1": [9.0]},
    )
    text = """\
source: s
rows:
  questions:
    - {question_id: food, metric: rating, scale_low: 1, scale_high: 5}
    - {question_id: bags, metric: choice}
files:
  - match: a
    survey: {survey: {value: w1}, response: "w1-{id}", answers: {food: Q1, bags: Q3}}
"""
    found = planned(tmp_path, text)
    assert answers(found, "food") == {
        "w1-1": ("answered", 5.0), "w1-2": ("no_answer", None), "w1-3": ("answered", 4.0),
    }  # fmt: skip
    assert [choice for _, choice in answers(found, "bags").values()] == ["with", "without", "3"]

"""Aspects: whose words they are, where they stop, and how well they find what people labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from peakend.feedback.words.aspects import (
    AspectsError,
    Label,
    aspects_in,
    aspects_of,
    dictionary,
    main_aspect,
    mentions_of,
    read_aspects,
)
from peakend.feedback.words.terms import stream_of

# What the dictionary calls the aspects that the reviewers' labels speak of. "Recommendation" is no subject.
LABELLED = {
    "location_traffic": "access",
    "location_distance_from_business_district": "location",
    "location_easy_to_find": "finding",
    "service_wait_time": "waiting",
    "service_waiters_attitude": "staff",
    "service_parking_convenience": "parking",
    "service_serving_speed": "speed",
    "price_level": "price",
    "price_cost_effective": "value",
    "price_discount": "discount",
    "environment_decoration": "decor",
    "environment_noise": "noise",
    "environment_space": "space",
    "environment_cleaness": "cleanliness",
    "dish_portion": "portion",
    "dish_taste": "taste",
    "dish_look": "looks",
}


def test_the_dictionary_finds_what_reviewers_labelled() -> None:
    """300 reviews × 17 aspects, words never fitted to the labels: precision .77, recall .73 in all."""
    table = pq.read_table(Path(__file__).parent / "data" / "asap_sample.parquet")
    texts = [text.replace("\\n", "\n") for text in table["reviewbody"].to_pylist()]
    found = mentions_of(stream_of(texts), dictionary()).matrix.toarray()
    place = {aspect.key: number for number, aspect in enumerate(dictionary())}
    said = np.column_stack([np.array(table[name].to_pylist()) != "-2" for name in LABELLED])
    read = found[:, [place[key] for key in LABELLED.values()]]
    hits = (said & read).sum()
    assert hits / read.sum() == pytest.approx(0.771, abs=0.01)
    assert hits / said.sum() == pytest.approx(0.733, abs=0.01)


def test_counts_of_themes_are_near_the_labelled_ones_where_words_are_plain() -> None:
    table = pq.read_table(Path(__file__).parent / "data" / "asap_sample.parquet")
    found = mentions_of(stream_of(table["reviewbody"].to_pylist()), dictionary()).matrix.sum(axis=0)
    place = {aspect.key: number for number, aspect in enumerate(dictionary())}
    for name in ("dish_taste", "service_waiters_attitude", "price_level", "location_traffic"):
        labelled = sum(value != "-2" for value in table[name].to_pylist())
        assert abs(found[place[LABELLED[name]]] - labelled) <= 0.2 * labelled


def test_a_label_takes_the_dictionary_aspect_that_it_alone_speaks_of() -> None:
    aspects = aspects_of([Label("meals", "Meals and drinks", "机上餐饮"), Label("gate", "Boarding", "登机")])
    meals = next(aspect for aspect in aspects if aspect.key == "meals")
    assert {"Meals", "drinks", "机上餐饮", "coffee"} <= set(meals.words)
    assert "food" not in {aspect.key for aspect in aspects}


def test_an_aspect_of_several_labels_is_no_one_s() -> None:
    aspects = aspects_of([Label("a", "Security screening", "安检"), Label("b", "Security staff", "安检人员")])
    assert {"a", "b", "security"} <= {aspect.key for aspect in aspects}


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Wider selection of restaurants", {"selection", "food"}),
        ("贵宾休息室", set()),
        ("太贵了", {"price"}),
        ("Free Wi‑Fi", {"wifi"}),
        ("check-in", {"checkin"}),
        ("General remark", set()),
    ],
)
def test_short_names_speak_of_aspects(name: str, keys: set[str]) -> None:
    assert aspects_in((name,)) == keys


def test_the_aspect_named_first_is_the_main_one() -> None:
    main = main_aspect("Charging stations at boarding areas")
    assert main is not None
    assert main.key == "charging"
    assert main_aspect("…") is None


@pytest.mark.parametrize(
    "written",
    [
        "- a list",
        "lounge: {words: [a]}",
        "lounge: {en: [a], need: joy}",
        "lounge: {en: a}",
        "lounge: [",
        "x: {}",
    ],
)
def test_aspects_that_cannot_be_read_say_why(written: str) -> None:
    with pytest.raises(AspectsError) as refusal:
        read_aspects(written)
    assert refusal.value.in_("zh")


def test_own_aspects_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "lounge: {name: {en: Lounge, zh: 休息室}, en: [vip room], zh: [休息室], need: pleasure}", "utf-8"
    )
    (aspect,) = read_aspects(path)
    assert (aspect.name.zh, aspect.need, aspect.origin) == ("休息室", "pleasure", "seed")


def test_every_aspect_of_the_dictionary_has_both_languages() -> None:
    for aspect in dictionary():
        assert any(word.isascii() for word in aspect.words), aspect.key
        assert any(not word.isascii() for word in aspect.words), aspect.key

"""Reading: what is stripped, what is masked, what stays; languages; features of texts."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from peakend.feedback.words import language_of
from peakend.feedback.words.boilerplate import emptiness
from peakend.feedback.words.languages import languages_of
from peakend.feedback.words.ngrams import bags_of
from peakend.feedback.words.reading import ADDRESS, LONGEST, MAIL, NUMBER, TextsError, read, read_all


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello <b>World</b> &amp; co", "hello world & co"),
        ("<script>alert(1)</script>好<!-- x -->吃", "好 吃"),
        ("1 < 2 &lt;3", "1 < 2 <3"),
        ("ＡＢＣ，１２％", "abc,12%"),
        ("see http://x.com/a?b=1, or WWW.x.com", f"see {ADDRESS} or {ADDRESS}"),
        ("a.b@c.de", MAIL),
        ("打 138-0000-1111 或 +86 (10) 6234 5678", f"打 {NUMBER} 或 {NUMBER}"),
        ("2016年12月", "2016年12月"),
        ("\ud83d好\u200f\x00", "好"),
        ("👍🏽 \n\t 好", "👍🏽 好"),
        ("繁體中文", "繁體中文"),
        ("الخدمة\u202e ممتازة", "الخدمة ممتازة"),
        (None, ""),
        ("", ""),
        ("好", "好"),
    ],
)
def test_a_text_is_brought_into_one_form(text: str | None, expected: str) -> None:
    assert read(text) == expected
    assert read(read(text)) == expected


def test_a_megabyte_is_cut_and_nasty_markup_does_not_hang() -> None:
    assert len(read("好" * 10**6)) == LONGEST
    for nasty in ("<" * 10**6, "a@" * 10**5, "1 (" * 10**5, "<a " * 10**5, "&" * 10**6, "<!--" * 10**5):
        assert len(read(nasty)) <= LONGEST


def test_every_kind_of_column_is_read_alike() -> None:
    import pandas as pd
    import polars as pl

    texts = ["Good", None, "好"]
    for given in (texts, tuple(texts), pa.array(texts), pa.chunked_array([texts]), pl.Series(texts)):
        assert read_all(given) == ["good", "", "好"]
    assert read_all(pd.Series(["Good", math.nan, "好"], dtype=object)) == ["good", "", "好"]
    assert read_all(np.array(texts, dtype=object)) == ["good", "", "好"]


def test_what_is_no_text_is_an_error_that_says_where() -> None:
    with pytest.raises(TextsError, match="Entry 1") as error:
        read_all(["a", 5])
    assert error.value.data == {"position": 1, "found": "int"}
    with pytest.raises(TextsError, match="One text"):
        read_all("good")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("很好", "zh"),
        ("用iPhone拍照很好", "zh"),
        ("鲜の每日不错", "zh"),
        ("繁體中文很好", "zh"),
        ("Great service", "en"),
        ("no", "en"),
        ("这个app的service很好", "mixed"),
        ("とても良いサービス", "other"),
        ("서비스가 좋다", "other"),
        ("Sehr gut, aber teuer und laut", "other"),
        ("très bon", "other"),
        ("Отличный сервис", "other"),
        ("الخدمة ممتازة", "other"),
        ("👍 12", "none"),
        ("\ud800", "none"),
        (None, "none"),
    ],
)
def test_the_language_is_told_from_script_and_little_words(text: str | None, language: str) -> None:
    assert language_of(text) == language


def test_languages_of_a_column_are_those_of_its_texts() -> None:
    assert languages_of(pa.array(["很好", None, "fine"])) == ["zh", "none", "en"]


def test_features_are_characters_of_chinese_and_words_of_english() -> None:
    bags = bags_of(["好好吃!👍", "aa bb aa", "", "it's", "bb"])
    # 好 ×2, 吃, !, 👍 and 好好, 好吃, 吃!, !👍; aa ×2, bb and "aa bb", "bb aa"
    assert bags.sizes.tolist() == [8, 4, 0, 1, 1]
    assert sorted(bags.counts[:8].tolist()) == [1] * 7 + [2]
    assert set(bags.keys[bags.starts[4] : bags.starts[5]]) < set(bags.keys[bags.starts[1] : bags.starts[2]])


def test_features_taken_are_those_of_the_texts() -> None:
    texts = ["好吃", "good food", "", "很好"]
    taken, alone = bags_of(texts).take(np.array([3, 1])), bags_of([texts[3], texts[1]])
    assert taken.keys.tolist() == alone.keys.tolist()
    assert taken.starts.tolist() == alone.starts.tolist()


def test_no_two_features_share_a_key() -> None:
    characters = [chr(code) for code in range(0x4E00, 0x9000)]
    assert len(np.unique(bags_of(characters).keys)) == len(characters)
    pairs = [a + b for a in characters[:300] for b in characters[:300]]
    assert len(np.unique(bags_of(pairs).keys)) == 300 + 90_000


def test_texts_that_say_nothing_are_told_apart() -> None:
    texts = [
        "",
        None,
        "。。。",
        "无",
        "N/A",
        "No comment.",
        "此用户没有填写评价",
        "系统默认好评！",
        "默认好评",
    ]
    kinds = ["empty"] * 3 + ["nothing_said"] * 3 + ["system"] * 3
    assert emptiness(texts) == kinds
    assert (
        emptiness(["好", "好评", "👍", "没有排队", "http://a.b", "没有填写评价的人太多了"]) == ["words"] * 6
    )

"""Sentiment: found where it is, not found where it is not; honest about how well it does."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from peakend.feedback.words import SentimentModel
from peakend.feedback.words.held_out import calibration_error, delong, judged, platt, sigmoid
from peakend.feedback.words.labels import labels_of_scores
from peakend.feedback.words.ngrams import bags_of
from peakend.feedback.words.sentiment import (
    FOLDS,
    ModelNotUsableError,
    TooFewLabelledTextsError,
    _calibrated_apart,
    _folds,
)
from peakend.feedback.words.vocabulary import Corpus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_GLAD, _SAD, _ANY = "好棒喜欢满意快", "差烂退慢脏", "的了在店里昨天我们去今和"


def written(random: np.random.Generator, glad: np.ndarray, signal: float = 0.8) -> list[str]:
    """Short texts whose characters say what `glad` says, each with chance `signal`."""
    texts = []
    for one in glad:
        said = (_GLAD if one else _SAD) if random.random() < signal else _ANY
        letters = [*random.choice(list(said), 2), *random.choice(list(_ANY), 6)]
        texts.append("".join(random.permutation(letters)))
    return texts


def test_planted_sentiment_is_found_and_held_out_figures_hold() -> None:
    random = np.random.default_rng(5)
    glad = random.random(1500) < 0.7
    texts = written(random, glad)
    model = SentimentModel.train(texts[:1000], glad[:1000], domain="shop")
    assert model.usable
    assert model.held_out.how == "out_of_fold"
    found = model.score(texts[1000:])
    right = ((found.probability > 0.5) == glad[1000:]).mean()
    assert model.held_out.low - 0.04 < right < model.held_out.high + 0.04
    assert not found.foreign
    assert abs(found.probability.mean() - glad[1000:].mean()) < 0.05
    assert calibration_error(found.probability, glad[1000:]) < 0.08


def test_random_labels_are_never_called_usable() -> None:
    random = np.random.default_rng(6)
    texts = written(random, np.ones(200, dtype=bool), 0.0)
    corpus, names = Corpus(bags_of(texts)), np.arange(200)
    usable, covered = 0, 0
    for _ in range(500):
        labels = random.random(200) < 0.5
        score, _, _ = _folds(corpus, labels, names, FOLDS, np.ones(200, dtype=bool))
        found = judged("out_of_fold", _calibrated_apart(score, labels, names), labels, 0.95)
        usable += found.beats_base_rate
        covered += found.low <= found.base_rate
    # The whole 95 % interval above the base rate: 2.5 % by chance, less as the base rate is a maximum.
    assert usable / 500 <= 0.025
    assert covered / 500 >= 0.975


def test_later_texts_judge_a_model_of_earlier_ones() -> None:
    random = np.random.default_rng(7)
    glad = random.random(1200) < 0.5
    model = SentimentModel.train(written(random, glad), glad, order=np.repeat([1, 2, 3, 4, 5], 240))
    assert (model.held_out.how, model.held_out.n) == ("out_of_time", 240)
    # Words that change their meaning in the last fifth are found out by the later texts only.
    turned = glad.copy()
    turned[960:] = ~turned[960:]
    changed = SentimentModel.train(written(random, glad), turned, order=np.repeat([1, 2, 3, 4, 5], 240))
    assert not changed.usable
    assert changed.held_out.accuracy < 0.4


def test_equal_texts_are_never_on_both_sides() -> None:
    random = np.random.default_rng(8)
    labels = random.random(60) < 0.5
    labels[:30], labels[30:] = True, False
    texts = written(random, labels, 0.0)
    # Each text ten times: a model that had seen a copy would be right every time.
    model = SentimentModel.train(texts * 10, np.tile(labels, 10))
    assert model.held_out.accuracy < 0.75


def test_too_few_or_one_class_gives_no_model() -> None:
    random = np.random.default_rng(9)
    glad = random.random(300) < 0.5
    texts = written(random, glad)
    with pytest.raises(TooFewLabelledTextsError) as error:
        SentimentModel.train(texts[:150], glad[:150])
    assert error.value.data["n"] == 150
    for labels in (np.ones(300), [None] * 300, np.arange(300) > 10):
        with pytest.raises(TooFewLabelledTextsError):
            SentimentModel.train(texts, labels)
    with pytest.raises(TooFewLabelledTextsError):
        SentimentModel.train(["好"] * 300, glad)
    with pytest.raises(ValueError, match="texts"):
        SentimentModel.train(texts, glad[:5])
    with pytest.raises(ValueError, match="label"):
        SentimentModel.train(texts, np.full(300, 5))


def test_odd_texts_get_no_probability_instead_of_nonsense() -> None:
    random = np.random.default_rng(10)
    glad = random.random(600) < 0.5
    model = SentimentModel.train(written(random, glad), glad)
    odd = ["", None, "🦄", "\ud800", "<br>", "שלום", "好" * 10**6, "<b>差</b> good 👍"]
    found = model.score(odd).probability
    assert np.isnan(found[:6]).all()
    assert ((found[6:] > 0) & (found[6:] < 1)).all()
    assert np.isnan(model.score([""]).probability).all()


def test_another_domain_is_noticed() -> None:
    random = np.random.default_rng(11)
    glad = random.random(600) < 0.5
    model = SentimentModel.train(written(random, glad), glad, domain="shop")
    found = model.score(["the room was cold and the staff kind", "a long flight, but good food"])
    assert found.foreign
    assert found.warning is not None
    assert "shop" in found.warning.en


def test_a_model_that_is_not_usable_refuses_to_score() -> None:
    random = np.random.default_rng(21)
    labels = random.random(300) < 0.5
    texts = written(random, labels, 0.0)
    model = SentimentModel.train(texts, labels)
    with pytest.raises(ModelNotUsableError, match="held-out"):
        model.score(texts)
    assert len(model.score(texts, anyway=True).probability) == 300


def test_a_saved_model_scores_as_before(tmp_path: Path) -> None:
    random = np.random.default_rng(13)
    glad = random.random(500) < 0.5
    texts = written(random, glad)
    model = SentimentModel.train(texts, glad, domain="店")
    again = SentimentModel.load(model.save(tmp_path / "model"))
    assert again.score(texts).probability == pytest.approx(model.score(texts).probability, abs=1e-5)
    assert (again.domain, again.held_out, again.n) == (model.domain, model.held_out, 500)


def test_training_is_the_same_twice() -> None:
    random = np.random.default_rng(14)
    glad = random.random(500) < 0.5
    texts = written(random, glad)
    one, two = (SentimentModel.train(texts, glad) for _ in range(2))
    assert one.out_of_fold.tolist() == two.out_of_fold.tolist()


@pytest.mark.parametrize(
    ("scale", "metric", "scores", "labels"),
    [
        ((0, 10), "nps", [10, 9, 8, 7, 6, 0], [1, 1, None, None, 0, 0]),
        ((1, 5), "rating", [5, 4, 3, 2, 1], [1, 1, None, 0, 0]),
        ((1, 7), "ces", [7, 6, 5, 3, 2, 1], [1, 1, None, None, 0, 0]),
        ((1, 3), "csat", [3, 2, 1], [1, None, 0]),
        ((0, 100), "rating", [80, 79, 21, 20], [1, None, None, 0]),
        ((-np.inf, np.inf), "rating", [5, 1], [None, None]),
    ],
)
def test_labels_are_the_ends_of_the_scale(
    scale: tuple[float, float], metric: str, scores: list[float], labels: list[float | None]
) -> None:
    found = labels_of_scores([*scores, np.nan], scale, metric)
    assert [None if np.isnan(label) else label for label in found] == [*labels, None]


def test_the_auc_is_that_of_all_pairs_with_delongs_error() -> None:
    score, positive = [0.1, 0.4, 0.35, 0.8, 0.8], [False, False, True, True, False]
    pairs = [(1.0 if a > b else 0.5 if a == b else 0.0) for a in (0.35, 0.8) for b in (0.1, 0.4, 0.8)]
    auc, error = delong(score, positive)
    assert auc == pytest.approx(np.mean(pairs))
    placed = np.array(pairs).reshape(2, 3)
    expected = placed.mean(axis=1).var(ddof=1) / 2 + placed.mean(axis=0).var(ddof=1) / 3
    assert error == pytest.approx(np.sqrt(expected))


def test_delongs_interval_covers_at_its_rate() -> None:
    random = np.random.default_rng(15)
    inside = 0
    for _ in range(1000):
        score = np.r_[random.normal(1, 1, 60), random.normal(0, 1, 60)]
        auc, error = delong(score, np.arange(120) < 60)
        # P(X > Y) for two normals one standard deviation apart: Φ(1/√2).
        inside += abs(auc - 0.7602499389065233) < 1.959964 * error
    assert 0.93 < inside / 1000 < 0.97


def test_platts_curve_is_found_again() -> None:
    random = np.random.default_rng(16)
    score = random.normal(0, 1, 50_000)
    positive = random.random(50_000) < sigmoid(2.0 * score - 0.7)
    assert platt(score, positive) == pytest.approx((2.0, -0.7), abs=0.06)


def test_chinese_shopping_reviews_reach_the_reference(private_data: Callable[[str], Path]) -> None:
    """Reference: character 1–2-gram TF-IDF with a linear support vector machine .936–.939, snownlp .835."""
    table = pq.read_table(private_data("zh_reviews") / "online_shopping_9_cats.parquet")
    labels = np.array(table["label"])
    test = np.random.default_rng(0).random(len(labels)) < 0.2
    texts = np.array(table["review"].to_pylist(), dtype=object)
    model = SentimentModel.train(texts[~test], labels[~test])
    found = model.score(texts[test])
    known = ~np.isnan(found.probability)
    assert ((found.probability > 0.5) == labels[test])[known].mean() >= 0.93
    assert model.held_out.accuracy >= 0.93
    assert not found.foreign


def test_a_category_that_was_left_out_is_foreign_where_accuracy_falls(
    private_data: Callable[[str], Path],
) -> None:
    table = pq.read_table(private_data("zh_reviews") / "online_shopping_9_cats.parquet")
    category = np.array(table["cat"].to_pylist())
    labels, texts = np.array(table["label"]), np.array(table["review"].to_pylist(), dtype=object)
    foreign = {}
    for name in ("蒙牛", "衣服"):
        out = category == name
        found = SentimentModel.train(texts[~out][::3], labels[~out][::3]).score(texts[out])
        foreign[name] = found.foreign, float(((found.probability > 0.5) == labels[out]).mean())
    assert foreign["蒙牛"][0]
    assert foreign["蒙牛"][1] < 0.85
    assert not foreign["衣服"][0]
    assert foreign["衣服"][1] > 0.9


def test_english_clothing_reviews_beat_always_pleased(private_data: Callable[[str], Path]) -> None:
    (path,) = private_data("en_reviews").glob("*.zip")
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        rows = [row for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")) if row["Review Text"]]
    labels = labels_of_scores([float(row["Rating"]) for row in rows], (1, 5))
    model = SentimentModel.train([row["Review Text"] for row in rows], labels, order=np.arange(len(rows)))
    assert model.held_out.how == "out_of_time"
    assert model.held_out.accuracy > 0.935 > 0.9 > model.held_out.base_rate
    assert model.held_out.auc > 0.96

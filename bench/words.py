"""What reading Chinese reviews costs beside scikit-learn's character TF-IDF and linear SVM.

    python bench/words.py [--texts 100000] [--runs 5] [--reviews online_shopping_9_cats.parquet]

Both score the same texts, from a list of strings to a number each, in one process and on one thread, with
models trained on the same 20,000 others; training is not measured (it is loaded from a file). `peakend` also
normalises each text (markup, widths, addresses), calibrates, and counts unknown features. Without `--reviews`
(columns label, review) the texts are made up of common characters. Bounds: 10,000 texts a CPU second, start
included, and no more CPU than scikit-learn.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import measure

BOUND_RATE = 10_000
BOUND_CPU = 1.0
TRAINED_ON = 20_000
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def peakend(folder: str) -> None:
    """Score with `SentimentModel`."""
    from peakend.feedback.words import SentimentModel

    texts = pq.read_table(Path(folder) / "texts.parquet")["review"]
    found = SentimentModel.load(Path(folder) / "model.npz").score(texts, anyway=True)
    np.save(Path(folder) / "peakend.npy", found.probability > 0.5)


def scikit_learn(folder: str) -> None:
    """Score with TfidfVectorizer(analyzer="char") and LinearSVC."""
    texts = pq.read_table(Path(folder) / "texts.parquet")["review"].to_pylist()
    with (Path(folder) / "sklearn.pickle").open("rb") as file:
        vectorizer, machine = pickle.load(file)
    np.save(Path(folder) / "sklearn.npy", machine.predict(vectorizer.transform(texts)) > 0.5)


def train(folder: Path, texts: list[str], labels: np.ndarray) -> None:
    """Both models from the same texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from peakend.feedback.words import SentimentModel

    SentimentModel.train(texts, labels).save(folder / "model")
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    machine = LinearSVC(C=0.5, random_state=0).fit(vectorizer.fit_transform(texts), labels)
    with (folder / "sklearn.pickle").open("wb") as file:
        pickle.dump((vectorizer, machine), file)


def reviews(path: str | None, size: int) -> tuple[list[str], np.ndarray]:
    """`size` texts and labels, repeated where the file has fewer; about 50 characters each."""
    random = np.random.default_rng(0)
    if path is not None:
        table = pq.read_table(path, columns=["label", "review"])
        order = random.permutation(len(table))
        picked = order[np.arange(size) % len(order)]
        texts = table["review"].to_pylist()
        return [texts[place] for place in picked], np.array(table["label"])[picked]
    labels = random.random(size) < 0.5
    common = np.array([chr(code) for code in range(0x4E00, 0x4E00 + 3_000)])
    rare = 3_000 / (np.arange(3_000) + 30)
    drawn = common[random.choice(3_000, (size, 48), p=rare / rare.sum())]
    said = np.where(labels, "好", "差")
    return ["".join(row) + word + "，！" for row, word in zip(drawn, said, strict=True)], labels


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--reviews")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        learnt = min(TRAINED_ON, arguments.texts)
        texts, labels = reviews(arguments.reviews, learnt + arguments.texts)
        train(Path(folder), texts[:learnt], labels[:learnt])
        pq.write_table(pa.table({"review": texts[learnt:]}), Path(folder) / "texts.parquet")
        peakend(folder)  # compiles, once for every later process
        commands = {
            "peakend": measure.call(peakend, folder),
            "scikit-learn": measure.call(scikit_learn, folder),
        }
        comparison = measure.compare(
            commands, runs=arguments.runs, name="words", environment=ONE_THREAD, baseline="scikit-learn"
        )
        right = {
            name: float((np.load(Path(folder) / f"{file}.npy") == labels[learnt:]).mean())
            for name, file in (("peakend", "peakend"), ("scikit-learn", "sklearn"))
        }
    comparison.print()
    rate = {name: arguments.texts / comparison.median(name).cpu_seconds for name in comparison.runs}
    for name in rate:
        print(
            f"{name}: {rate[name]:,.0f} texts a CPU second, start included; {right[name]:.3f} called rightly"
        )
    comparison.save(texts=arguments.texts, rate=rate, right=right, reviews=arguments.reviews is not None)
    broken = []
    if rate["peakend"] < BOUND_RATE:
        broken.append(f"{rate['peakend']:,.0f} texts a CPU second, fewer than {BOUND_RATE:,}")
    if comparison.cpu_ratio("peakend") > BOUND_CPU:
        broken.append(f"{comparison.cpu_ratio('peakend'):.2f} × scikit-learn, more than {BOUND_CPU}")
    measure.judge(broken)


if __name__ == "__main__":
    main()

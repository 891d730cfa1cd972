"""Pleased or not, learnt from the company's own texts and scores: a linear model that says how good it is.

A model trained elsewhere is not used: models do not travel (see the methods page). With too few labelled
texts there is no model and no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.feedback.words.held_out import HeldOut, judged, platt, sigmoid
from peakend.feedback.words.labels import labels_of
from peakend.feedback.words.ngrams import bags_of
from peakend.feedback.words.reading import read_all
from peakend.feedback.words.vocabulary import Corpus, LinearTerms, Lookup
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["usable", "no_better_than_guessing", "not_converged"]

# Fewer labelled texts than this, or fewer different texts of either label, and no model is made.
LEAST_LABELLED, LEAST_OF_EITHER = 200, 30
# More do not help much and cost much: the latest are taken, or a fixed sample where no order is known.
MOST_LABELLED = 50_000
FOLDS, FOLDS_IN_TIME = 5, 3
# Of the labelled texts about this share, the latest, is kept for the judgement, where an order is known.
LATEST = 0.2
LEAST_HELD_OUT = 100
# A batch is from another domain when the odds of a feature being unknown are this many times the usual.
FOREIGN_ODDS = 2.0
_STRENGTH, _MOST_ROUNDS = 0.5, 5_000


class TooFewLabelledTextsError(PeakendError):
    """Too few labelled texts for a model. `data`: n, positive, negative (different texts), needed."""

    code: ClassVar[str] = "feedback.too_few_labelled_texts"


class ModelNotUsableError(PeakendError):
    """The model is no better than guessing, or its fit did not converge. `data`: verdict, domain."""

    code: ClassVar[str] = "feedback.sentiment_not_usable"


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts scored. probability: that the writer is pleased; NaN for a text without a known feature.

    unseen: mean share of features the model does not know. foreign: so many that the texts are probably of
    another domain, where the accuracy that was found does not hold; `warning` says so.
    """

    probability: Numbers
    unseen: float
    foreign: bool
    warning: Text | None


@dataclass(frozen=True, slots=True)
class _Fit:
    weight: Numbers
    intercept: float
    idf: Numbers
    converged: bool

    def scores(self, corpus: Corpus, rows: Flags) -> Numbers:
        found: Numbers = corpus.matrix(self.idf, rows) @ self.weight + self.intercept
        return found


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """What `train` learnt, and how good it is.

    domain: whose texts it learnt from. n, positive_share: labelled texts, and the share of pleased among
    them. held_out: how it does on unseen texts. unseen: mean share of features that an unseen text of this
    domain has and the model does not know. out_of_fold: for each text given to `train` the probability by a
    model that had not seen it, NaN where it has no label or was not used.
    """

    domain: str
    n: int
    positive_share: float
    held_out: HeldOut
    converged: bool
    unseen: float
    terms: LinearTerms
    intercept: float
    slope: float
    offset: float
    out_of_fold: Numbers
    _lookup: Lookup

    @classmethod
    def train(
        cls,
        texts: Iterable[object],
        labels: Sequence[object] | NDArray[np.generic],
        *,
        order: Sequence[float] | NDArray[np.generic] | None = None,
        domain: str = "",
        confidence: float = 0.95,
    ) -> SentimentModel:
        """Learn from `texts` with `labels` (true: pleased; None or NaN: not labelled, `labels_of_scores`).

        order: when each text was written, in any rising unit; then the latest fifth or so judges a model of
        the earlier ones. Without it, or with too few late texts, the judgement is by five folds. Equal texts
        are never on both sides. Features: `ngrams`; a linear support vector machine on TF-IDF; probabilities
        by Platt's method on out-of-fold scores. The same rows in the same order give the same model.

        Raises `TooFewLabelledTextsError` with fewer than 200 labelled texts, or fewer than 30 different ones
        of either label; `TextsError` for what is no text; `ValueError` when lengths differ.
        Source: Joachims (1998), ECML, pp. 137–142; Fan et al. (2008), JMLR 9 (LIBLINEAR).
        """
        read = read_all(texts)
        y = labels_of(labels)
        times = None if order is None else np.asarray(order, dtype=float)
        if len(y) != len(read) or (times is not None and len(times) != len(read)):
            raise ValueError(f"{len(read)} texts, but {len(y)} labels or another number of times")
        names = np.array([crc32(text.encode("utf-8", "replace")) for text in read], dtype=np.int64)
        used = _used(y, np.array([bool(text) for text in read], dtype=bool), names, times)
        _check_numbers(y[used], names[used])
        corpus = Corpus(bags_of([read[place] for place in used]))
        positive, own = y[used] > 0.5, names[used]
        held_out = _out_of_time(corpus, positive, own, None if times is None else times[used], confidence)
        out_of_fold, unseen, settled = _folds(corpus, positive, own, FOLDS, np.ones(len(used), dtype=bool))
        slope, offset = platt(out_of_fold, positive)
        probability = _calibrated_apart(out_of_fold, positive, own)
        fit = _fitted(corpus, positive, np.ones(len(used), dtype=bool))
        known = fit.idf > 0
        terms = LinearTerms(corpus.keys[known], fit.idf[known], fit.weight[known])
        every = np.full(len(read), np.nan)
        every[used] = np.where(np.isnan(unseen), np.nan, probability)
        return cls(
            domain=domain,
            n=len(used),
            positive_share=float(positive.mean()),
            held_out=held_out or judged("out_of_fold", probability, positive, confidence),
            converged=fit.converged and settled,
            unseen=float(np.nanmean(unseen)),
            terms=terms,
            intercept=fit.intercept,
            slope=slope,
            offset=offset,
            out_of_fold=every,
            _lookup=terms.lookup(),
        )

    @property
    def verdict(self) -> Verdict:
        """Usable, or why not."""
        if not self.converged:
            return "not_converged"
        return "usable" if self.held_out.beats_base_rate else "no_better_than_guessing"

    @property
    def usable(self) -> bool:
        """Whether its held-out accuracy lies, with its whole interval, above always calling the commoner."""
        return self.verdict == "usable"

    def score(self, texts: Iterable[object], *, anyway: bool = False) -> Scored:
        """The probability that each writer is pleased. `ModelNotUsableError` unless `usable` or `anyway`."""
        if not (self.usable or anyway):
            raise ModelNotUsableError(*_not_usable(self), verdict=self.verdict, domain=self.domain)
        score, unseen = self._lookup.scores(bags_of(read_all(texts)))
        probability = sigmoid(self.slope * (score + self.intercept) + self.offset)
        probability[np.isnan(unseen) | (unseen == 1)] = np.nan
        share = float(np.nanmean(unseen)) if not np.isnan(unseen).all() else 0.0
        foreign = _odds(share) > FOREIGN_ODDS * _odds(self.unseen)
        return Scored(probability, share, foreign, _foreign(self, share) if foreign else None)

    def save(self, path: str | Path) -> Path:
        """Write the model (numbers only, no text) to a .npz file."""
        target = Path(path).with_suffix(".npz")
        judged_by = self.held_out
        np.savez_compressed(
            target,
            keys=self.terms.keys,
            idf=self.terms.idf.astype(np.float32),
            weight=self.terms.weight.astype(np.float32),
            numbers=np.array(
                [
                    self.n,
                    self.positive_share,
                    self.unseen,
                    self.intercept,
                    self.slope,
                    self.offset,
                    self.converged,
                ]
            ),
            held_out=np.array([getattr(judged_by, name) for name in _FIGURES], dtype=float),
            words=np.array([self.domain, judged_by.how]),
        )
        return target

    @classmethod
    def load(cls, path: str | Path) -> SentimentModel:
        """A model that `save` wrote; without its out-of-fold probabilities."""
        with np.load(path, allow_pickle=False) as found:
            n, share, unseen, intercept, slope, offset, converged = found["numbers"].tolist()
            figures = dict(zip(_FIGURES, found["held_out"].tolist(), strict=True))
            domain, how = found["words"].tolist()
            terms = LinearTerms(found["keys"], found["idf"].astype(float), found["weight"].astype(float))
        held_out = HeldOut(how, **{**figures, "n": int(figures["n"])})
        return cls(
            domain=domain,
            n=int(n),
            positive_share=share,
            held_out=held_out,
            converged=bool(converged),
            unseen=unseen,
            terms=terms,
            intercept=intercept,
            slope=slope,
            offset=offset,
            out_of_fold=np.zeros(0),
            _lookup=terms.lookup(),
        )


_FIGURES = ("n", "accuracy", "low", "high", "base_rate", "auc", "auc_low", "auc_high", "calibration_error")


def _used(y: Numbers, says: Flags, names: NDArray[np.int64], times: Numbers | None) -> NDArray[np.int64]:
    """Places of the labelled texts that are learnt from, in their order."""
    places = np.flatnonzero(~np.isnan(y) & says)
    if len(places) <= MOST_LABELLED:
        return places
    rank = names[places] if times is None else -np.nan_to_num(times[places], nan=-np.inf)
    return np.sort(places[np.argsort(rank, kind="stable")[:MOST_LABELLED]])


def _check_numbers(y: Numbers, names: NDArray[np.int64]) -> None:
    up, down = (len(np.unique(names[y == label])) for label in (1, 0))
    if len(y) >= LEAST_LABELLED and min(up, down) >= LEAST_OF_EITHER:
        return
    raise TooFewLabelledTextsError(
        Text(
            f"Too few labelled texts: {len(y)}, with {up} different ones of pleased and {down} of displeased "
            f"writers; a model needs {LEAST_LABELLED}, and {LEAST_OF_EITHER} of either.",
            f"带标签的文本太少：共 {len(y)} 条，其中满意的不同文本 {up} 条、不满意的 {down} 条；"
            f"训练模型至少需要 {LEAST_LABELLED} 条，且两类各 {LEAST_OF_EITHER} 条。",
        ),
        Text("Collect more texts that come with a score.", "请收集更多附有评分的文字反馈。"),
        n=len(y),
        positive=up,
        negative=down,
        needed=LEAST_LABELLED,
    )


def _fitted(corpus: Corpus, positive: Flags, rows: Flags) -> _Fit:
    """A linear support vector machine on the texts `rows`."""
    import warnings

    from sklearn import config_context
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    idf = corpus.idf(rows)
    machine = LinearSVC(C=_STRENGTH, max_iter=_MOST_ROUNDS, random_state=0)
    # What goes in was made here and needs no checks.
    with warnings.catch_warnings(), config_context(assume_finite=True, skip_parameter_validation=True):
        # It is reported as `converged`.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(corpus.matrix(idf, rows), positive[rows])
    settled = int(machine.n_iter_) < _MOST_ROUNDS
    return _Fit(machine.coef_[0], float(machine.intercept_[0]), idf, settled)


def _folds(
    corpus: Corpus, positive: Flags, names: NDArray[np.int64], folds: int, rows: Flags
) -> tuple[Numbers, Numbers, bool]:
    """For each of `rows` its score and share of unknown features by a model of the other folds.

    A text's name decides its fold, so that equal texts are in one.
    """
    score, unseen = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    settled = True
    for fold in range(folds):
        inside = rows & (names % folds == fold)
        fit = _fitted(corpus, positive, rows & ~inside)
        score[inside] = fit.scores(corpus, inside)
        unseen[inside] = corpus.unseen(fit.idf)[inside]
        settled &= fit.converged
    return score, unseen, settled


def _calibrated_apart(score: Numbers, positive: Flags, names: NDArray[np.int64]) -> Numbers:
    """Probabilities of out-of-fold scores, each fold by the curve of the others: a curve that had seen the
    labels it is judged by would turn bad luck into good."""
    probability = np.empty(len(score))
    for fold in range(FOLDS):
        inside = names % FOLDS == fold
        slope, offset = platt(score[~inside], positive[~inside])
        probability[inside] = sigmoid(slope * score[inside] + offset)
    return probability


def _out_of_time(
    corpus: Corpus, positive: Flags, names: NDArray[np.int64], times: Numbers | None, confidence: float
) -> HeldOut | None:
    """The judgement by the latest texts; None where there are too few, or no order."""
    late = None if times is None else _latest(times)
    if late is None:
        return None
    early = ~late
    late &= ~np.isin(names, names[early])
    enough = late.sum() >= LEAST_HELD_OUT and min(positive[late].sum(), (~positive)[late].sum()) >= 20
    either = [len(np.unique(names[early & (positive == side)])) for side in (True, False)]
    if not enough or early.sum() < LEAST_LABELLED or min(either) < LEAST_OF_EITHER:
        return None
    score, _, _ = _folds(corpus, positive, names, FOLDS_IN_TIME, early)
    slope, offset = platt(score[early], positive[early])
    later = _fitted(corpus, positive, early).scores(corpus, late)
    return judged("out_of_time", sigmoid(slope * later + offset), positive[late], confidence)


def _latest(times: Numbers) -> Flags | None:
    """The texts after that moment which leaves about `LATEST` of them; None when no moment does (10–40 %)."""
    known = np.where(np.isnan(times), -np.inf, times)
    moments, count = np.unique(known, return_counts=True)
    after = 1 - np.cumsum(count) / len(times)
    best = int(np.argmin(np.abs(after - LATEST)))
    return known > moments[best] if 0.1 <= after[best] <= 0.4 else None


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else np.inf


def _foreign(model: SentimentModel, share: float) -> Text:
    known, here = f"{model.unseen:.0%}", f"{share:.0%}"
    return Text(
        f"These texts are probably of another domain than {model.domain or 'those it learnt from'}: {here} "
        f"of their features are unknown, against {known} at home. Its accuracy need not hold here.",
        f"这些文本很可能与训练所用的{f'“{model.domain}”' if model.domain else '文本'}不属同一领域："
        f"有 {here} 的特征未曾见过（同领域通常为 {known}），原有准确率在此未必成立。",
    )


def _not_usable(model: SentimentModel) -> tuple[Text, Text]:
    if not model.converged:
        what = Text("The sentiment model's fit did not converge.", "情感模型的拟合未收敛。")
    else:
        found = model.held_out
        what = Text(
            f"The sentiment model is right on {found.accuracy:.1%} of {found.n} held-out texts "
            f"({found.low:.1%} to {found.high:.1%}), which is not clearly more than the "
            f"{found.base_rate:.1%} of always calling the commoner label.",
            f"情感模型在 {found.n} 条留出文本上的准确率为 {found.accuracy:.1%}"
            f"（{found.low:.1%} 至 {found.high:.1%}），"
            f"并未明显高于一律判为多数类的 {found.base_rate:.1%}。",
        )
    return what, Text(
        "Collect more labelled texts, or pass anyway=True to look at its scores all the same.",
        "请收集更多带标签的文本；如仍要查看其得分，请传入 anyway=True。",
    )

"""Where, when and in whose words: the circumstances of each response, and rows of clusters and themes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.feedback.mismatch.clusters import scan
from peakend.feedback.mismatch.interruption import weeks_of
from peakend.feedback.mismatch.words_of import Theme, codes_of, missing_question, phrases_of
from peakend.feedback.sheets import members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Settings
    from peakend.feedback.mismatch.gathering import Gathered
    from peakend.feedback.mismatch.reading import Codes, Flags, Numbers

Row = dict[str, Any]
Visits = frozenset[tuple[str | None, str | None]]
BOTH = " · "
"""Between touchpoint and site where a place is both."""
MOST_THEMES = 12
MOST_WINDOWS = 26
"""Steps of time that windows are made of; longer programmes take several weeks together."""
DATED = 0.99
FEW_CODES = 5


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded question (or several that ask the same and share their codes): who gave which code."""

    source: str
    label_en: str | None
    label_zh: str | None
    place: Codes
    code: list[str]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of every response of the sheet, in its order.

    day: when it was given (NaT: not known); cuts: by name, the segment of each, or the set of places it has
    been to; visits: pairs of touchpoint and site it has been to; anonymous: of its survey; text: what was
    written, all text questions together; coded: comments in codes; questions: what each says of itself.
    """

    day: NDArray[np.datetime64]
    cuts: Mapping[str, Sequence[str | None] | Sequence[frozenset[str]]]
    visits: Sequence[Visits]
    anonymous: Flags
    text: list[str | None]
    coded: Sequence[Coded]
    questions: Mapping[str, Sequence[str | None]]


def read_circumstances(inputs: Inputs, gathered: Gathered) -> Circumstances:
    responses = gathered.responses
    number = {key: place for place, key in enumerate(responses.response_id.to_pylist())}
    places = _in_order(inputs.query("feedback/mismatch/places").to_arrow(), responses.response_id)
    visits = _visits(inputs, number)
    cuts: dict[str, Sequence[str | None] | Sequence[frozenset[str]]] = {**_places_of(visits)}
    cuts["channel"] = places["channel"].to_pylist()
    cuts["period"] = [gathered.sheet.periods[period].label for period in responses.period.tolist()]
    for name, labels in _segments(members(inputs), responses.response_id).items():
        cuts[name] = labels
    anonymous = {row["survey_id"]: bool(row["anonymous"]) for row in inputs["surveys"].to_arrow().to_pylist()}
    texts, coded = _comments(inputs, number)
    return Circumstances(
        day=places["answered_on"].to_numpy(zero_copy_only=False).astype("datetime64[D]"),
        cuts={name: labels for name, labels in cuts.items() if any(labels)},
        visits=visits,
        anonymous=np.array(
            [anonymous.get(survey, True) for survey in places["survey_id"].to_pylist()], dtype=bool
        ),
        text=texts,
        coded=coded,
        questions=_questions(inputs),
    )


def _visits(inputs: Inputs, number: Mapping[str, int]) -> list[Visits]:
    """Pairs of touchpoint and site that each respondent has been to before answering."""
    found: list[set[tuple[str | None, str | None]]] = [set() for _ in number]
    table = inputs.query("feedback/mismatch/visits").to_arrow()
    for response, touchpoint, site in zip(*(column.to_pylist() for column in table.columns), strict=True):
        place = number.get(response)
        if place is not None:
            found[place].add((touchpoint, site))
    return [frozenset(pairs) for pairs in found]


def _places_of(visits: Sequence[Visits]) -> dict[str, list[frozenset[str]]]:
    """The same by touchpoint, by site, and by both together where an event names both."""
    return {
        "touchpoint": [frozenset(one for one, _ in pairs if one) for pairs in visits],
        "site": [frozenset(one for _, one in pairs if one) for pairs in visits],
        "touchpoint_site": [
            frozenset(f"{one}{BOTH}{other}" for one, other in pairs if one and other) for pairs in visits
        ],
    }


def _segments(table: pa.Table, response_id: pa.Array) -> dict[str, list[str | None]]:
    """The segment of each response, by segmentation; of several the last in the alphabet."""
    place = pc.index_in(table["response_id"], response_id.cast(table["response_id"].type))
    found = {}
    for name in pc.unique(table["segmentation"]).to_pylist():
        here = pc.and_(pc.equal(table["segmentation"], name), pc.is_valid(place))
        labels = np.full(len(response_id), None, dtype=object)
        labels[place.filter(here).to_numpy()] = table["segment"].filter(here).to_numpy()
        found[str(name)] = labels.tolist()
    return found


def _in_order(table: pa.Table, response_id: pa.Array) -> pa.Table:
    at = pc.index_in(response_id, table["response_id"].combine_chunks().cast(pa.string()))
    return table.take(at)


def _questions(inputs: Inputs) -> Mapping[str, Sequence[str | None]]:
    """The words of every question that asks for a score: codes and texts are what customers say
    themselves."""
    names = {row["touchpoint_id"]: row for row in inputs["touchpoints"].to_arrow().to_pylist()}
    found = {}
    for row in inputs["questions"].to_arrow().sort_by("question_id").to_pylist():
        if row["metric"] in ("text", "choice"):
            continue
        touchpoint = names.get(row["touchpoint_id"], {})
        own = [
            row[name] for name in ("text_en", "text_zh", "label_en", "label_zh", "dimension", "touchpoint_id")
        ]
        found[row["question_id"]] = [*own, touchpoint.get("name"), touchpoint.get("name_zh")]
    return found


def _comments(inputs: Inputs, number: Mapping[str, int]) -> tuple[list[str | None], list[Coded]]:
    """The words of each response, and its codes by question; numbered slots of one question together."""
    asked = {row["question_id"]: row for row in inputs["questions"].to_arrow().to_pylist()}
    table = (
        inputs.query("feedback/mismatch/comments")
        .to_arrow()
        .sort_by([("question_id", "ascending"), ("response_id", "ascending")])
    )
    words: dict[int, list[str]] = defaultdict(list)
    groups: dict[tuple[Any, ...], tuple[str, list[int], list[str]]] = {}
    for response, question_id, choice, text in zip(*(c.to_pylist() for c in table.columns), strict=True):
        place, question = number.get(response), asked.get(question_id)
        if place is None or question is None:
            continue
        if question["metric"] == "text" and text:
            words[place].append(text)
        elif question["metric"] == "choice" and choice is not None:
            wording = question["text_en"], question["text_zh"]
            key = wording if any(wording) else (question_id,)
            _, places, codes = groups.setdefault(key, (question_id, [], []))
            places.append(place)
            codes.append(choice)
    texts: list[str | None] = [None] * len(number)
    for place, said in words.items():
        texts[place] = "\n".join(said)
    return texts, [
        Coded(
            source,
            *_names(asked[source], closed=len(set(codes)) <= FEW_CODES),
            np.array(places, dtype=np.int64),
            codes,
        )
        for source, places, codes in groups.values()
    ]


def _names(question: Mapping[str, Any], *, closed: bool) -> tuple[str, str]:
    """What a coded question is called: by its label where people tick one of a few answers, else by its
    wording,
    which the slots of one comment share."""
    kinds = ("label", "text") if closed else ("text", "label")
    english, chinese = (
        next((question[f"{kind}_{language}"] for kind in kinds if question[f"{kind}_{language}"]), None)
        for language in ("en", "zh")
    )
    key = str(question["question_id"])
    return english or chinese or key, chinese or english or key


def cluster_rows(
    gathered: Gathered, known: Circumstances, places: Codes, below: Flags, chance: Numbers, settings: Settings
) -> list[Row]:
    """The worst place of each cut among the responses `places`."""
    weeks, monday = weeks_of(known.day[places])
    cuts = {name: [labels[place] for place in places.tolist()] for name, labels in known.cuts.items()}
    cuts = {name: labels for name, labels in cuts.items() if len(set(labels)) > 1}
    # Where some waves have no dates a window of time would leave their respondents out.
    dated = len(weeks) > 0 and bool((weeks >= 0).mean() > DATED)
    width = int(weeks.max(initial=0)) // MOST_WINDOWS + 1
    time = np.where(weeks >= 0, weeks // width, -1) if dated else np.zeros_like(weeks)
    found = scan(below, chance, cuts, time, smallest=settings.minimum_base)
    rows = []
    for one in found:
        few = len(places) - one.n < settings.minimum_base
        figures: Row = {
            "n": one.n,
            "below": one.below,
            "below_expected": one.expected,
            "ratio": one.ratio if np.isfinite(one.ratio) else None,
            "p_value": one.p,
        }
        if not one.whole_time and dated:
            first = monday + np.timedelta64(7 * width * one.first, "D")
            last = monday + np.timedelta64(7 * width * (one.last + 1) - 1, "D")
            figures |= {"from_on": first.astype(object), "to_on": last.astype(object)}
        verdict = "clusters" if one.p <= settings.alpha else "nothing_beyond_chance"
        rows.append(
            {"segmentation": one.cut, "segment": one.value, "verdict": verdict, "hidden": few}
            | ({} if few else figures)
        )
    return rows


def theme_rows(known: Circumstances, places: Codes, below: Flags, settings: Settings) -> list[Row]:
    """Phrases and codes of the far-below among the responses `places`; errors shared between the sources."""
    inside = np.full(len(known.text), -1, dtype=np.int64)
    inside[places] = np.arange(len(places))
    written = [known.text[place] for place in places.tolist()]
    coded = [one for one in known.coded if (inside[one.place] >= 0).any()]
    sources = len(coded) + any(text is not None for text in written)
    if not sources:
        return []
    alpha = settings.alpha / sources
    how = {
        "minimum": settings.minimum_base,
        "alpha": alpha,
        "confidence": settings.confidence,
        "most": MOST_THEMES,
    }
    rows = [
        _theme_row(theme, known, "Comments", "文字评论", sources, settings)
        for theme in phrases_of(written, below, source="all", **how)  # type: ignore[arg-type]
    ]
    for one in coded:
        there = inside[one.place] >= 0
        codes = [code for code, used in zip(one.code, there.tolist(), strict=True) if used]
        found = codes_of(inside[one.place[there]], codes, below, source=one.source, **how)  # type: ignore[arg-type]
        closed = len(set(one.code)) <= FEW_CODES
        for theme in found:
            row = _theme_row(theme, known, one.label_en, one.label_zh, sources, settings)
            # Who ticks yes or no was asked; codes of a comment are what customers brought up themselves.
            rows.append(row | {"asked_by": one.source} if closed else row)
    return rows


def _theme_row(
    theme: Theme,
    known: Circumstances,
    label_en: str | None,
    label_zh: str | None,
    sources: int,
    settings: Settings,
) -> Row:
    few = theme.n_below < settings.minimum_base
    row: Row = {
        "kind": theme.kind,
        "source_id": theme.source,
        "source_en": label_en,
        "source_zh": label_zh,
        "theme": theme.theme,
        "verdict": "shared" if theme.over and not few else "cannot_tell",
        "asked_by": missing_question(theme.theme, known.questions),
        "hidden": few,
    }
    if few:
        return row
    adjusted = None if theme.adjusted_p is None else min(theme.adjusted_p * sources, 1.0)
    return row | {
        "n_below": theme.n_below,
        "texts_below": theme.texts_below,
        "n_others": theme.n_others,
        "texts_others": theme.texts_others,
        "log_odds": theme.log_odds,
        "low": theme.low,
        "high": theme.high,
        "p_value": theme.p,
        "adjusted_p": adjusted,
    }

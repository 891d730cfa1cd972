"""Aspects: subjects that are known beforehand, by the words that name them in both languages.

They come from the questionnaire (labels of questions and touchpoints), from a dictionary of what customers
talk about in most trades (`aspects.yaml`), and from the user.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.feedback.words.terms import bases_of, places_of, stop_words, stream_of
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scipy.sparse import csr_array

    from peakend.feedback.words.terms import Stream

Codes = NDArray[np.int64]

NEEDS: Mapping[str, Text] = {
    "convenience": Text("Convenience", "便利"),
    "knowledge": Text("Knowledge", "知识"),
    "pleasure": Text("Pleasure", "愉悦"),
    "autonomy": Text("Autonomy", "自主"),
}
"""What customers really want, and what an aspect may serve."""

_FORM = {"name", "en", "zh", "but_en", "but_zh", "need"}
_AND = re.compile(r"\s+and\s+|\s*[/,&、，/＆]\s*|与|和|及|[：:]\s*")
# Parts of labels that name no subject of their own.
_BLANK = frozenset(
    ["overall", "general", "other", "quality", "experience", "service", "整体", "总体", "其他", "服务"]
)


class AspectsError(PeakendError):
    """Aspects are not written as they should be. `data`: aspect, problem."""

    code: ClassVar[str] = "feedback.aspects"


@dataclass(frozen=True, slots=True)
class Aspect:
    """A subject and the words that tell it. `but`: longer words in which those mean something else.

    origin: "label" (touchpoints and questions), "dictionary" or "seed" (the user's own).
    """

    key: str
    name: Text
    words: tuple[str, ...]
    but: tuple[str, ...] = ()
    need: str | None = None
    origin: str = "seed"


@cache
def dictionary() -> tuple[Aspect, ...]:
    """The aspects that most trades share."""
    import yaml

    text = files("peakend.feedback.words").joinpath("aspects.yaml").read_text("utf-8")
    return tuple(_parsed(yaml.safe_load(text), "dictionary"))


def read_aspects(given: Mapping[str, Any] | str | Path) -> tuple[Aspect, ...]:
    """The user's own aspects: a YAML file, its text, or what such a file holds.

    ```yaml
    lounge: {name: {en: Lounge, zh: 休息室}, en: [lounge, vip room], zh: [休息室, 贵宾厅], need: pleasure}
    ```

    en, zh: words that name it (one of them is enough); but_en, but_zh: longer words to leave out; need:
    convenience, knowledge, pleasure or autonomy. Raises `AspectsError`.
    """
    import yaml

    parsed: Any = given
    if isinstance(given, Path) or (isinstance(given, str) and given.endswith((".yaml", ".yml"))):
        try:
            given = Path(given).read_text("utf-8")
        except OSError as cause:
            raise _wrong("–", Text(f"{given} cannot be opened", f"打不开 {given}")) from cause
    if isinstance(given, str):
        try:
            parsed = yaml.safe_load(given)
        except yaml.YAMLError as cause:
            raise _wrong("–", Text(f"this is no YAML ({cause})", f"不是有效的 YAML（{cause}）")) from cause
    if not isinstance(parsed, dict):
        raise _wrong("–", Text("a mapping of aspects is expected", "应为“主题名”到“内容”的映射"))
    return tuple(_parsed(parsed, "seed"))


def _parsed(written: Mapping[str, Any], origin: str) -> Iterator[Aspect]:
    for key, body in written.items():
        if not isinstance(body, dict):
            raise _wrong(key, Text("it has no words", "没有给出词语"))
        unknown = set(body) - _FORM
        if unknown:
            listed = ", ".join(sorted(map(str, unknown)))
            raise _wrong(key, Text(f"{listed} is not known there", f"不认识其中的 {listed}"))
        lists = {name: body.get(name, []) for name in ("en", "zh", "but_en", "but_zh")}
        for name, words in lists.items():
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise _wrong(key, Text(f"{name} is not a list of words", f"{name} 应为词语列表"))
        words = tuple(dict.fromkeys([*lists["en"], *lists["zh"]]))
        if not any(bases_of(word) for word in words):
            raise _wrong(key, Text("it has no words", "没有给出词语"))
        need = body.get("need")
        if need is not None and need not in NEEDS:
            listed = ", ".join(NEEDS)
            raise _wrong(key, Text(f"need is one of {listed}", f"need 应为 {listed} 之一"))
        named = body.get("name", {})
        english = str(named.get("en") or (lists["en"] or words)[0])
        chinese = str(named.get("zh") or (lists["zh"] or words)[0])
        but = (*lists["but_en"], *lists["but_zh"])
        yield Aspect(str(key), Text(english, chinese), words, but, need, origin)


def _wrong(aspect: str, problem: Text) -> AspectsError:
    return AspectsError(
        Text(f"The aspect {aspect} cannot be read: {problem.en}.", f"无法读取主题 {aspect}：{problem.zh}。"),
        Text(
            "Write it like this: lounge: {name: {en: Lounge, zh: 休息室}, en: [lounge], zh: [休息室]}.",
            "请写成：lounge: {name: {en: Lounge, zh: 休息室}, en: [lounge], zh: [休息室]}。",
        ),
        aspect=aspect,
        problem=problem.en,
    )


@dataclass(frozen=True, slots=True)
class Label:
    """What a questionnaire calls something: the key of a touchpoint or question, and its names."""

    key: str
    en: str | None
    zh: str | None


def aspects_of(labels: Iterable[Label], own: Sequence[Aspect] = ()) -> tuple[Aspect, ...]:
    """The aspects to look for: the user's, those of the labels, and those of the dictionary that are left.

    An aspect of the dictionary which exactly one label speaks of is that label's: its words join the label's
    name. One that several labels speak of, or none, stays as it is. Labels with the same name are one aspect.
    """
    named: dict[str, Aspect] = {}
    for label in labels:
        words = tuple(dict.fromkeys(part for name in (label.en, label.zh) for part in _parts(name)))
        english, chinese = label.en or label.zh, label.zh or label.en
        if words and english and chinese and english not in {one.name.en for one in named.values()}:
            named[label.key] = Aspect(label.key, Text(english, chinese), words, origin="label")
    taken = {aspect.key for aspect in own}
    speaks = {key: aspects_in((one.name.en, one.name.zh)) for key, one in named.items()}
    spoken = {one.key: [key for key, about in speaks.items() if one.key in about] for one in dictionary()}
    for aspect in dictionary():
        about = spoken[aspect.key]
        if len(about) == 1 and about[0] not in taken:
            label_aspect = named[about[0]]
            named[about[0]] = replace(
                label_aspect,
                words=tuple(dict.fromkeys([*label_aspect.words, *aspect.words])),
                but=(*label_aspect.but, *aspect.but),
                need=label_aspect.need or aspect.need,
            )
    rest = [one for one in dictionary() if len(spoken[one.key]) != 1 and one.key not in taken | set(named)]
    return (*own, *(one for key, one in named.items() if key not in taken), *rest)


def _parts(name: str | None) -> Iterator[str]:
    """A label as it is, and its parts where it names several things ("Meals and drinks", "清洁：餐厅")."""
    if not name:
        return
    parts = [part.strip() for part in _AND.split(name)]
    for part in (name, *(parts if len(parts) > 1 else [])):
        tokens = bases_of(part)
        long_enough = len("".join(tokens)) > (2 if part.isascii() else 1)
        stop = stop_words()
        said = part.lower() in _BLANK or part in stop["zh"] or all(token in stop["en"] for token in tokens)
        if tokens and long_enough and not said:
            yield part


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which text speaks of which aspect. matrix: texts × aspects; place, aspect: every word found (its token
    in the stream), by aspect."""

    matrix: csr_array
    place: Codes
    aspect: Codes


def mentions_of(stream: Stream, aspects: Sequence[Aspect]) -> Mentions:
    """Where the texts of `stream` mention `aspects`."""
    from scipy.sparse import csr_array

    place, aspect = places_of(stream, [stream.grams(one.words) for one in aspects])
    # A word inside one of `but` means something else.
    covered = [(number, gram) for number, one in enumerate(aspects) for gram in stream.grams(one.but)]
    begin, which = places_of(stream, [[gram] for _, gram in covered])
    if len(begin):
        sizes = np.array([len(gram) for _, gram in covered], dtype=np.int64)[which]
        owner = np.array([number for number, _ in covered], dtype=np.int64)[which]
        inside = np.repeat(begin, sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        blocked = np.repeat(owner, sizes) * len(stream.ids) + inside
        keep = ~np.isin(aspect * len(stream.ids) + place, blocked)
        place, aspect = place[keep], aspect[keep]
    pairs = np.unique(stream.text[place] * max(len(aspects), 1) + aspect)
    row, column = np.divmod(pairs, max(len(aspects), 1))
    matrix = csr_array((np.ones(len(pairs), dtype=bool), (row, column)), shape=(stream.texts, len(aspects)))
    return Mentions(matrix, place, aspect)


@cache
def aspects_in(names: tuple[str | None, ...]) -> frozenset[str]:
    """The keys of the dictionary's aspects that short names, in either language, speak of."""
    found = _found_in(names)
    return frozenset(dictionary()[number].key for number in found)


def main_aspect(name: str) -> Aspect | None:
    """The dictionary's aspect that a short name speaks of first."""
    found = _found_in((name,))
    return dictionary()[found[0]] if found else None


@cache
def _found_in(names: tuple[str | None, ...]) -> tuple[int, ...]:
    """Numbers of the aspects found in `names`, in the order in which they are spoken of."""
    given = [name for name in names if name]
    if not given:
        return ()
    found = mentions_of(stream_of(given), dictionary())
    order = np.lexsort((found.aspect, found.place))
    return tuple(dict.fromkeys(found.aspect[order].tolist()))

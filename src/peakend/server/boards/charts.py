"""Small drawings made here, in the look of the report's: vl-convert takes 40 ms a drawing and 0.7 s for
the first.

Colours are the page's tokens through classes, so that one drawing serves light, dark and print. Each is
drawn twice, for a phone and for a desktop. What stands in them is escaped; a table stands under each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from peakend.report.numbers import number
from peakend.server.boards.dashboards import Part
from peakend.server.boards.periods import Period
from peakend.server.boards.scoring import Score, written
from peakend.server.web.say import say, spoken

DESKTOP, PHONE = 460, 328
MOST_ROWS = 14
_HEIGHT = 220
_ROW = 30


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels, with quiet lines at `ticks`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Where `value` lies."""
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    @property
    def ticks(self) -> list[float]:
        """Three to six round values."""
        step = 10 ** math.floor(math.log10((self.high - self.low) / 3))
        for factor in (1, 2, 2.5, 5, 10):
            if (self.high - self.low) / (step * factor) <= 5:
                step *= factor
                break
        first = math.ceil(self.low / step - 1e-9)
        return [tick * step for tick in range(first, math.floor(self.high / step + 1e-9) + 1)]


def scale_of(scores: Sequence[Score], begin: float, end: float) -> Scale:
    """A scale that holds every interval of `scores` (each with a value)."""
    lows = [one.low if one.low is not None else one.value or 0.0 for one in scores]
    highs = [one.high if one.high is not None else one.value or 0.0 for one in scores]
    low, high = min(lows), max(highs)
    least = {"nps": 20.0, "csat": 0.1}.get(scores[0].metric, 0.5)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    room = (high - low) * 0.06
    return Scale(low - room, high + room, begin, end)


def trend_chart(points: Sequence[tuple[Period, Score]], name: str, sentence: str) -> SafeString:
    """A score over time, its intervals as thin lines; nothing with fewer than two points."""
    shown = [(period, score) for period, score in points if not score.hidden]
    return _both(name, sentence, lambda width: _trend(shown, width)) if len(shown) > 1 else SafeString("")


def dots_chart(part: Part, name: str, sentence: str) -> SafeString:
    """A score by the values of a cut, the lowest first, with intervals and bases; nothing with fewer than
    two.
    """
    rows = part.shown[:MOST_ROWS]
    if len(rows) < 2:
        return SafeString("")
    labels = [(row.value.name, row.score) for row in rows]
    return _both(name, sentence, lambda width: _dots(labels, width))


def _both(name: str, sentence: str, draw: object) -> SafeString:
    drawn = []
    for width, kind in ((DESKTOP, "wide"), (PHONE, "narrow")):
        body, height = draw(width)  # type: ignore[operator]
        mark = f"{name}-{kind}"
        drawn.append(
            f'<svg class="chart {kind}" role="img" aria-labelledby="{escape(mark)}" '
            f'viewBox="0 0 {width} {height:.0f}">'
            f'<title id="{escape(mark)}">{escape(sentence)}</title>{body}</svg>'
        )
    return mark_safe("".join(drawn))


def _trend(points: Sequence[tuple[Period, Score]], width: int) -> tuple[str, float]:
    top, bottom, left = 16.0, _HEIGHT - 30.0, 44.0
    scores = [score for _, score in points]
    scale = scale_of(scores, bottom, top)
    periods = [period for period, _ in points]
    span = max((periods[-1].start - periods[0].start).days, 1)
    right = width - 44.0

    def x(period: Period) -> float:
        return left + 8 + (period.start - periods[0].start).days / span * (right - left - 8)

    parts = [_rule(left, right, scale.at(tick), scores[0].metric, tick) for tick in scale.ticks]
    path = " ".join(f"{x(period):.1f},{scale.at(score.value or 0):.1f}" for period, score in points)
    for period, score in points:
        if score.low is not None and score.high is not None:
            parts.append(_line("span", x(period), scale.at(score.low), x(period), scale.at(score.high)))
    parts.append(f'<polyline class="run" points="{path}"/>')
    every = math.ceil(len(points) / max(2, (right - left) / 52))
    for place, (period, score) in enumerate(points):
        tone = score.tone if score.verdict in ("better", "worse") else ""
        parts.append(_dot(x(period), scale.at(score.value or 0), tone))
        if (len(points) - 1 - place) % every == 0:
            parts.append(_words("tick", x(period), bottom + 22, period.short(spoken()), "middle"))
    last = scores[-1]
    parts.append(
        _words("value", x(periods[-1]) + 9, scale.at(last.value or 0) + 4, last.told(spoken()), "start")
    )
    return "".join(parts), _HEIGHT


def _dots(rows: Sequence[tuple[str, Score]], width: int) -> tuple[str, float]:
    phone = width < DESKTOP
    # On a phone a label has a line of its own above its dot.
    row = _ROW + 16 if phone else _ROW
    left, right = (8.0, width - 60.0) if phone else (156.0, width - 52.0)
    scores = [score for _, score in rows]
    scale = scale_of(scores, left, right)
    height = 14 + row * len(rows) + 26
    parts = []
    for tick in scale.ticks:
        parts.append(_line("grid", scale.at(tick), 8, scale.at(tick), height - 26))
        parts.append(_words("tick", scale.at(tick), height - 8, _tick(scores[0].metric, tick), "middle"))
    for place, (label, score) in enumerate(rows):
        y = 14 + row * place + (row - 10 if phone else row / 2)
        text = _shortened(label, 40 if phone else 22)
        parts.append(
            _words("label", 0, y - 18, text, "start")
            if phone
            else _words("label", left - 14, y + 4, text, "end")
        )
        if score.low is not None and score.high is not None:
            parts.append(_line("span", scale.at(score.low), y, scale.at(score.high), y))
        parts.append(_dot(scale.at(score.value or 0), y, score.tone))
        end = scale.at(score.high if score.high is not None else score.value or 0)
        parts.append(
            _words("tick", max(end, scale.at(score.value or 0)) + 9, y + 4, number(score.n), "start")
        )
    return "".join(parts), height


def _rule(left: float, right: float, y: float, metric: str, tick: float) -> str:
    return _line("grid", left, y, right, y) + _words("tick", left - 8, y + 4, _tick(metric, tick), "end")


def _tick(metric: str, tick: float) -> str:
    if metric == "csat":
        return written(metric, tick, spoken())
    return number(tick, 0 if metric == "nps" or tick == int(tick) else 1)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _dot(x: float, y: float, tone: str) -> str:
    return f'<circle class="dot {tone}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'


def _words(kind: str, x: float, y: float, words: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _shortened(label: str, room: int) -> str:
    """At most `room` Latin letters wide; a Chinese character takes two."""
    width = 0
    for place, letter in enumerate(label):
        width += 2 if ord(letter) > 0x2E7F else 1
        if width > room:
            return label[: max(place - 1, 1)] + "…"
    return label


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave a score: `share` 0 to 1, `tone` good, watch, act or nothing."""

    score: str
    n: int
    share: float
    tone: str


def bars(score: Score, scale: tuple[int, int]) -> list[Bar]:
    """The distribution of a score over its scale, or over the values there are where the scale is long."""
    low, high = scale
    values = [float(v) for v in range(low, high + 1)] if high - low <= 10 else sorted(score.tally)
    total = sum(score.tally.values())
    if not total:
        return []
    return [
        Bar(
            f"{value:g}",
            score.tally.get(value, 0),
            score.tally.get(value, 0) / total,
            _tone(score.metric, value),
        )
        for value in values
    ]


def _tone(metric: str, value: float) -> str:
    if metric != "nps":
        return ""
    return "good" if value >= 9 else "act" if value <= 6 else "watch"


def nothing_yet() -> str:
    """What stands where a chart has too little to show."""
    return say("Too few answers for a chart.", "答案太少，暂不绘图。")

"""What a funnel is made of: steps, what breaks an attempt, and the errors of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

from peakend.errors import PeakendError
from peakend.language import Text

Order = Literal["ordered", "strict", "unordered"]
Counting = Literal["customers", "attempts"]
By = Literal["customer_id", "case_id", "journey_id"]

MOST_STEPS = 20
_CLOSE = 3


class FunnelError(PeakendError):
    """A funnel that cannot be asked for: no steps, no window, an excluded step. `data` says which."""

    code: ClassVar[str] = "journey.funnel"


class UnknownTouchpointError(PeakendError):
    """Touchpoints that are in no event. `data` has unknown, and close: the most similar known ones."""

    code: ClassVar[str] = "journey.unknown_touchpoint"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an event at any of `touchpoints`, in any of `channels` (none: in any).

    name: what the step is called in the result (else its touchpoints).
    """

    touchpoints: tuple[str, ...]
    channels: tuple[str, ...] = ()
    name: str | None = None

    @property
    def label(self) -> str:
        if self.name:
            return self.name
        within = f" ({', '.join(self.channels)})" if self.channels else ""
        return ", ".join(self.touchpoints) + within

    def meets(self, other: Step) -> bool:
        """Whether one event can be both."""
        channels = not self.channels or not other.channels or set(self.channels) & set(other.channels)
        return bool(set(self.touchpoints) & set(other.touchpoints) and channels)

    def same(self, other: Step) -> bool:
        """Whether both ask for exactly the same events."""
        return set(self.touchpoints) == set(other.touchpoints) and set(self.channels) == set(other.channels)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that breaks an attempt where it lies between its step `after` and its step `before`.

    what: the excluded event, written as a step is. after, before: numbers of steps, from 1; before None is
    the last one. Between means in the order of time and event_id, both ends left out.
    """

    what: Step
    after: int = 1
    before: int | None = None


StepLike = str | Collection[str] | Mapping[str, Any] | Step


def step_of(given: StepLike) -> Step:
    """A step from a touchpoint, from several, or from {"touchpoint": …, "channel": …, "name": …}."""
    if isinstance(given, Step):
        return Step(_texts(given.touchpoints), _texts(given.channels, none=True), given.name)
    if isinstance(given, Mapping):
        unknown = set(given) - {"touchpoint", "channel", "name"}
        if unknown or "touchpoint" not in given:
            raise _no_step(given)
        name = given.get("name")
        return Step(
            _texts(given["touchpoint"]), _texts(given.get("channel") or (), none=True), name and str(name)
        )
    return Step(_texts(given))


def steps_of(given: Sequence[StepLike]) -> tuple[Step, ...]:
    """The steps of a funnel; `FunnelError` for fewer than two or more than 20."""
    if isinstance(given, str | Mapping | Step) or not isinstance(given, Sequence):
        raise _wrong_number(1)
    if not 2 <= len(given) <= MOST_STEPS:
        raise _wrong_number(len(given))
    return tuple(step_of(one) for one in given)


def exclusions_of(given: Sequence[StepLike | Exclusion], steps: Sequence[Step]) -> tuple[Exclusion, ...]:
    """The exclusions with their last step filled in; `FunnelError` where one is a step or is nowhere."""
    if isinstance(given, str | Mapping | Step | Exclusion):
        given = [given]
    found = []
    for one in given:
        excluded = one if isinstance(one, Exclusion) else Exclusion(step_of(one))
        what = step_of(excluded.what)
        before = len(steps) if excluded.before is None else excluded.before
        if not 1 <= excluded.after < before <= len(steps):
            raise FunnelError(
                Text(
                    f"{what.label} is excluded between step {excluded.after} and step {before}, but the "
                    f"funnel goes from step 1 to step {len(steps)}.",
                    f"{what.label} 被设为在第 {excluded.after} 步与第 {before} 步之间排除，"
                    f"但漏斗仅有第 1 至第 {len(steps)} 步。",
                ),
                excluded=what.label,
            )
        if both := [step.label for step in steps if step.meets(what)]:
            raise FunnelError(
                Text(
                    f"{what.label} is excluded and is a step as well ({both[0]}).",
                    f"{what.label} 既被排除，又是步骤之一（{both[0]}）。",
                ),
                Text("Leave it out of one of the two.", "请从其中一处去掉。"),
                excluded=what.label,
            )
        found.append(Exclusion(what, excluded.after, before))
    return tuple(found)


def require_known(asked: Collection[str], known: Collection[str]) -> None:
    """`UnknownTouchpointError` unless every touchpoint in `asked` is in `known`."""
    unknown = sorted(set(asked) - set(known))
    if not unknown:
        return
    close = {name: get_close_matches(name, known, _CLOSE, 0.5) for name in unknown}
    listed = [touchpoint for found in close.values() for touchpoint in found]
    missing, near = ", ".join(unknown), list(dict.fromkeys(listed))
    do = (
        Text(f"Did you mean {', '.join(near)}?", f"是否指 {'、'.join(near)}？")
        if near
        else Text(
            f"There are {', '.join(sorted(known)[:8])}." if known else "There are no events.",
            f"现有接触点：{'、'.join(sorted(known)[:8])}。" if known else "没有任何互动。",
        )
    )
    raise UnknownTouchpointError(
        Text(f"No event happened at {missing}.", f"没有任何互动发生在 {'、'.join(unknown)}。"),
        do,
        unknown=unknown,
        close=close,
    )


def _texts(given: object, *, none: bool = False) -> tuple[str, ...]:
    """The different texts in `given`; `none`: there may be none."""
    listed = (given,) if isinstance(given, str) else given
    if not isinstance(listed, Collection) or isinstance(listed, Mapping | bytes):
        raise _no_step(given)
    texts = tuple(listed)
    if not all(isinstance(text, str) and text for text in texts) or not (texts or none):
        raise _no_step(given)
    return tuple(sorted(set(texts))) if isinstance(listed, set | frozenset) else tuple(dict.fromkeys(texts))


def _no_step(given: object) -> FunnelError:
    return FunnelError(
        Text(
            f"A step is a touchpoint, several touchpoints, or a touchpoint with a channel, not {given!r}.",
            f"步骤应为一个接触点、若干接触点，或接触点加渠道，而不是 {given!r}。",
        ),
        Text(
            'For example "search", ["phone", "shop"] or {"touchpoint": "booking", "channel": "app"}.',
            '例如 "search"、["phone", "shop"] 或 {"touchpoint": "booking", "channel": "app"}。',
        ),
    )


def _wrong_number(number: int) -> FunnelError:
    return FunnelError(
        Text(
            f"A funnel has 2 to {MOST_STEPS} steps, not {number}.",
            f"漏斗应有 2 至 {MOST_STEPS} 个步骤，而不是 {number} 个。",
        ),
        Text("List the steps in their order.", "请按顺序列出步骤。"),
        steps=number,
    )

"""The analysis `funnels`: how far customers get, everybody and by segment, and where they are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.cuts import EVERYBODY
from peakend.feedback.intervals import wilson
from peakend.feedback.suppression import suppress
from peakend.journey.funnels.attempts import Asked
from peakend.journey.funnels.chains import Chain, chains_of
from peakend.journey.funnels.columns import FUNNEL_LOSSES, FUNNEL_STEPS
from peakend.journey.funnels.comparing import difference
from peakend.journey.funnels.reaches import reaches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

    Counted = dict[tuple[str, str, str], dict[int, Mapping[str, Any]]]


def funnel_tables(inputs: Inputs) -> Results:
    """`funnel_steps` and `funnel_losses`: an attempt lies within one journey, a customer counts once."""
    chains = chains_of(inputs)
    rows: list[dict[str, Any]] = []
    for chain in chains:
        counts = inputs.query("journey/funnels/funnel_segments", reached=_reached(inputs, chain))
        rows += _rows(chain, counts.to_arrow().to_pylist(), inputs.settings)
    steps = pa.Table.from_pylist(rows, FUNNEL_STEPS.schema())
    return {
        "funnel_steps": steps,
        "funnel_losses": pa.Table.from_pylist(list(_losses(rows, inputs.settings)), FUNNEL_LOSSES.schema()),
    }


def customers_at(inputs: Inputs, row: Mapping[str, Any], *, lost: bool) -> Relation:
    """The customers behind a row of `funnel_steps`, or (lost) of `funnel_losses`: customer_id, and the
    journey in which they got that far."""
    chain = next(one for one in chains_of(inputs) if one.funnel == row["funnel"])
    return inputs.query(
        "journey/funnels/funnel_customers",
        {
            "step": int(row["step"]),
            "lost": int(lost),
            "segmentation": row["segmentation"],
            "segment": row["segment"],
        },
        reached=_reached(inputs, chain),
    )


def _reached(inputs: Inputs, chain: Chain) -> Relation:
    asked = Asked(tuple(link.step for link in chain.links), by="journey_id")
    found = reaches(inputs["journey_steps"], asked)
    return found.query("select r.customer_id, r.unit_id, r.step, r.depth, r.wait_us from r", name="r")


def _rows(chain: Chain, counts: Iterable[Mapping[str, Any]], settings: Settings) -> list[dict[str, Any]]:
    cuts: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for count in counts:
        cuts.setdefault((count["segmentation"], count["segment"]), {})[count["step"]] = count
    everybody = (EVERYBODY.segmentation, EVERYBODY.segment)
    order = [everybody, *sorted(cut for cut in cuts if cut != everybody)] if cuts else []
    rows = [row for cut in order for row in _cut_rows(chain, cut, cuts[cut], settings)]
    _compare(rows, settings)
    return [_without_numbers(row) if row["hidden"] else row for row in _suppressed(rows, settings)]


def _cut_rows(
    chain: Chain, cut: tuple[str, str], counts: Mapping[int, Mapping[str, Any]], settings: Settings
) -> Iterator[dict[str, Any]]:
    reached = [int(counts[n]["reached"]) if n in counts else 0 for n in range(1, len(chain.links) + 1)]
    bases = [None, *reached[:-1]]
    for number, (link, here, base) in enumerate(zip(chain.links, reached, bases, strict=True), start=1):
        found = counts.get(number, {})
        row: dict[str, Any] = dict.fromkeys(FUNNEL_STEPS.schema().names)
        row |= {
            "funnel": chain.funnel, "kind": chain.kind, "version": chain.version,
            "segmentation": cut[0], "segment": cut[1], "step": number,
            "label_en": link.name.en, "label_zh": link.name.zh, "stage": link.stage,
            "reached": here, "median_s": found.get("median_s"), "p90_s": found.get("p90_s"),
            "hidden": False,
        }  # fmt: skip
        row |= _share("share_of_first", here, reached[0], settings)
        row |= _share("share_of_previous", here, base, settings)
        yield row


def _share(name: str, count: int, base: int | None, settings: Settings) -> dict[str, float | None]:
    """A share and its interval; nothing without a base."""
    if not base:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    low, high = wilson([count / base], [base], settings.confidence)
    return {name: count / base, f"{name}_low": float(low[0]), f"{name}_high": float(high[0])}


def _compare(rows: Sequence[dict[str, Any]], settings: Settings) -> None:
    """Every segment against all others of its segmentation, step by step; Holm over both."""
    for cut in sorted({row["segmentation"] for row in rows} - {EVERYBODY.segmentation}):
        own = [row for row in rows if row["segmentation"] == cut]
        there = {(row["segment"], row["step"]): row["reached"] for row in own}
        total = dict.fromkeys((row["step"] for row in own), 0)
        for row in own:
            total[row["step"]] += row["reached"]
        tested = [row for row in own if row["step"] > 1]
        here = np.array([(row["reached"], there[row["segment"], row["step"] - 1]) for row in tested])
        every = np.array([(total[row["step"]], total[row["step"] - 1]) for row in tested])
        if not len(here):
            continue
        x, n = here.T
        others, base = (every - here).T
        enough = (n >= settings.minimum_base) & (base >= settings.minimum_base)
        gap, low, high, p = difference(x, n, others, base, settings.confidence)
        p = np.where(enough, p, np.nan)
        # Of two segments each is the other's mirror: one test, told twice.
        segments = sorted({row["segment"] for row in own})
        twice = np.array([len(segments) == 2 and row["segment"] == segments[1] for row in tested])
        adjusted, _ = holm(np.where(twice, np.nan, p))
        if len(segments) == 2:
            first = {
                row["step"]: value
                for row, value in zip(tested, adjusted, strict=True)
                if row["segment"] == segments[0]
            }
            adjusted = np.array([first[row["step"]] for row in tested])
        told = verdicts(gap, adjusted, settings.alpha)
        for place in np.flatnonzero(enough):
            tested[place] |= {
                "difference": float(gap[place]), "difference_low": float(low[place]),
                "difference_high": float(high[place]), "p_value": float(p[place]),
                "adjusted_p": float(adjusted[place]), "verdict": str(told[place]),
            }  # fmt: skip


def _suppressed(rows: Sequence[dict[str, Any]], settings: Settings) -> Iterator[dict[str, Any]]:
    """`rows` with `hidden` where too few stand behind a share, or subtraction brings such a cell back."""
    everybody = [row for row in rows if row["segmentation"] == EVERYBODY.segmentation]
    bases = {row["step"]: _base(row, rows) for row in everybody}
    for row in everybody:
        row["hidden"] = bases[row["step"]] < settings.minimum_base
    cuts = [row for row in rows if row["segmentation"] != EVERYBODY.segmentation]
    families = sorted({(row["segmentation"], row["step"]) for row in cuts})
    number = {family: place for place, family in enumerate(families)}
    counted = [row for row in cuts if _base(row, rows) > 0]
    if counted:
        found = suppress(
            [_base(row, rows) for row in counted],
            [number[row["segmentation"], row["step"]] for row in counted],
            [bases[step] for _, step in families],
            settings.minimum_base,
        )
        for row, hidden, withheld in zip(counted, found.hidden, found.withheld, strict=True):
            row["hidden"] = bool(hidden or withheld)
    for row in rows:
        if _base(row, rows) == 0:
            row["hidden"] = True
    yield from rows


def _base(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """Customers who could have reached the step: those of the step before, or of the first itself."""
    if row["step"] == 1:
        return int(row["reached"])
    cut = (row["segmentation"], row["segment"], row["step"] - 1)
    return next(int(r["reached"]) for r in rows if (r["segmentation"], r["segment"], r["step"]) == cut)


_TOLD = frozenset(
    (
        "funnel",
        "kind",
        "version",
        "segmentation",
        "segment",
        "step",
        "label_en",
        "label_zh",
        "stage",
        "hidden",
    )
)


def _without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name in _TOLD else None for name, value in row.items()}


def _losses(rows: Sequence[Mapping[str, Any]], settings: Settings) -> Iterator[dict[str, Any]]:
    """Between every two steps: who did not get further. Hidden where one of the two is."""
    after = {(r["funnel"], r["segmentation"], r["segment"], r["step"]): r for r in rows}
    for row in rows:
        following = after.get((row["funnel"], row["segmentation"], row["segment"], row["step"] + 1))
        if following is None:
            continue
        hidden = bool(row["hidden"] or following["hidden"])
        found: dict[str, Any] = {name: row[name] for name in _TOLD}
        found |= {"next_en": following["label_en"], "next_zh": following["label_zh"], "hidden": hidden}
        if not hidden:
            n, lost = row["reached"], row["reached"] - following["reached"]
            found |= {"n": n, "lost": lost, **_share("share", lost, n, settings)}
        yield found

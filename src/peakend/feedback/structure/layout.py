"""The shape of a path model: which indicators form which latent, and which latent stands before which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.structure.errors import PathModelError, quoted
from peakend.language import Text, meant

Mode = Literal["A", "B"]
Blocks = Mapping[str, Sequence[str]]
Paths = Mapping[str, Sequence[str]]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A checked model as arrays; L latents and p indicators in the order they were declared.

    block: the latent of each indicator. causes[i, j]: latent i is a cause of latent j. reflective: mode A.
    anchor: the indicator that gives a latent its sign, −1 where the sum of its loadings does.
    """

    latents: tuple[str, ...]
    indicators: tuple[str, ...]
    block: Codes
    causes: Flags
    reflective: Flags
    anchor: Codes

    @property
    def member(self) -> Flags:
        """(p, L): whether an indicator belongs to a latent."""
        return np.asarray(self.block[:, None] == np.arange(len(self.latents)))

    @property
    def sizes(self) -> Codes:
        return np.bincount(self.block, minlength=len(self.latents))

    @property
    def outcomes(self) -> list[int]:
        """The latents that have a cause."""
        return np.flatnonzero(self.causes.any(axis=0)).tolist()

    def of(self, latent: int) -> Codes:
        """The indicators of `latent`."""
        return np.flatnonzero(self.block == latent)


def layout_of(
    blocks: Blocks,
    paths: Paths,
    modes: Mapping[str, Mode] | Mode,
    anchors: Mapping[str, str],
) -> Layout:
    """Check a declaration and turn it into arrays. Raises `PathModelError` with the first thing wrong."""
    listed = {str(latent): _named(names) for latent, names in blocks.items()}
    causes_of = {str(outcome): _named(names) for outcome, names in paths.items()}
    _check_blocks(listed)
    _check_paths(listed, causes_of)
    by_latent: Mapping[str, Mode] = (
        dict.fromkeys(listed, modes) if isinstance(modes, str) else {**dict.fromkeys(listed, "A"), **modes}
    )
    _check_known(by_latent, listed, Text("modes", "模式"))
    wrong = [f"{latent}: {mode}" for latent, mode in by_latent.items() if mode not in ("A", "B")]
    if wrong:
        listed_wrong = quoted(wrong)
        raise PathModelError(
            Text(
                f"A mode is A or B, not {listed_wrong.en}.", f"模式只能是 A 或 B，而不是 {listed_wrong.zh}。"
            ),
            modes=dict(by_latent),
        )
    latents = tuple(listed)
    indicators = tuple(name for names in listed.values() for name in names)
    block = np.repeat(np.arange(len(latents)), [len(names) for names in listed.values()])
    causes = np.zeros((len(latents), len(latents)), dtype=bool)
    for outcome, names in causes_of.items():
        causes[[latents.index(cause) for cause in names], latents.index(outcome)] = True
    return Layout(
        latents=latents,
        indicators=indicators,
        block=block.astype(np.int64),
        causes=causes,
        reflective=np.array([by_latent[latent] == "A" for latent in latents]),
        anchor=_anchors(listed, anchors, indicators),
    )


def _named(listed: Sequence[str]) -> list[str]:
    """A single name stands for a list of one."""
    return [listed] if isinstance(listed, str) else [str(name) for name in listed]


def _check_blocks(blocks: Mapping[str, list[str]]) -> None:
    empty = [latent for latent, listed in blocks.items() if not listed]
    if empty or not blocks:
        names = quoted(empty)
        raise PathModelError(
            Text(f"These blocks have no indicator: {names.en}.", f"以下维度没有题目：{names.zh}。")
            if empty
            else Text("The model has no block.", "模型没有任何维度。"),
            Text("Give every latent at least one indicator.", "请为每个潜变量至少指定一道题目。"),
            empty=empty,
        )
    every = [name for listed in blocks.values() for name in listed]
    twice = sorted({name for name in every if every.count(name) > 1})
    if twice:
        names = quoted(twice)
        raise PathModelError(
            Text(
                f"These indicators stand in the blocks twice: {names.en}.", f"以下题目重复出现：{names.zh}。"
            ),
            Text("An indicator measures one latent, once.", "一道题目只能属于一个潜变量，且只出现一次。"),
            repeated=twice,
        )


def _check_paths(blocks: Mapping[str, list[str]], paths: Mapping[str, list[str]]) -> None:
    if len(blocks) < 2:
        raise PathModelError(
            Text("A path model needs two latents or more.", "路径模型至少需要两个潜变量。"),
            Text("For one block alone look at its mean and reliability.", "只有一个维度时，请看均值与信度。"),
        )
    _check_known(
        [*paths, *(cause for causes in paths.values() for cause in causes)], blocks, Text("paths", "路径")
    )
    try:
        tuple(TopologicalSorter(paths).static_order())
    except CycleError as cycle:
        # graphlib walks from cause to outcome, and names the first again at the end.
        around: list[str] = cycle.args[1]
        raise PathModelError(
            Text(
                f"The paths run in a circle: {' → '.join(around)}.", f"路径形成了循环：{' → '.join(around)}。"
            ),
            Text(
                "Leave one of these paths out: effects are computed along paths that end.",
                "请去掉其中一条路径：效应只能沿有终点的路径计算。",
            ),
            cycle=around,
        ) from None
    linked = {
        *(outcome for outcome, causes in paths.items() if causes),
        *(c for cs in paths.values() for c in cs),
    }
    alone = [latent for latent in blocks if latent not in linked]
    if alone:
        names = quoted(alone)
        raise PathModelError(
            Text(f"These latents are on no path: {names.en}.", f"以下潜变量不在任何路径上：{names.zh}。"),
            Text(
                "Connect them to a neighbour, or leave them out.", "请将其与其他潜变量相连，或从模型中去掉。"
            ),
            alone=alone,
        )


def _check_known(names: Iterable[str], blocks: Mapping[str, object], where: Text) -> None:
    unknown = sorted({name for name in names if name not in blocks})
    if not unknown:
        return
    listed, near = quoted(unknown), quoted(meant(unknown[0], blocks) or list(blocks))
    raise PathModelError(
        Text(
            f"The {where.en} name latents that have no block: {listed.en}.",
            f"{where.zh}中出现了没有题目的潜变量：{listed.zh}。",
        ),
        Text(f"Known are: {near.en}.", f"已知的有：{near.zh}。"),
        unknown=unknown,
    )


def _anchors(blocks: Mapping[str, list[str]], anchors: Mapping[str, str], indicators: Sequence[str]) -> Codes:
    _check_known(anchors, blocks, Text("anchors", "符号基准"))
    for latent, indicator in anchors.items():
        if indicator not in blocks[latent]:
            known = quoted(blocks[latent])
            raise PathModelError(
                Text(f"{indicator} is no indicator of {latent}.", f"{indicator} 不是 {latent} 的题目。"),
                Text(f"Its indicators are: {known.en}.", f"其题目为：{known.zh}。"),
                latent=latent,
                indicator=indicator,
            )
    return np.array(
        [indicators.index(anchors[latent]) if latent in anchors else -1 for latent in blocks], dtype=np.int64
    )

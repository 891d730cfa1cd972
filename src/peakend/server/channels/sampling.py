"""Who of a population is asked: everybody, or a share drawn so that the same people are drawn again."""

from __future__ import annotations

import hashlib
from typing import Literal

from ninja import Field, Schema
from pydantic import ConfigDict, model_validator


class Sampling(Schema):
    """Census, a random share, or a share a stratum; `seed` makes another sample of the same rule."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["census", "random", "stratified"] = "census"
    share: float = Field(
        1.0, ge=0, le=1, description="random: of everybody; stratified: of strata not listed"
    )
    seed: int = Field(0, ge=0, lt=2**63)
    by: Literal["tier", "site", "language", ""] = ""
    shares: dict[str, float] = Field(default_factory=dict, max_length=200)

    @model_validator(mode="after")
    def _whole(self) -> Sampling:
        if self.mode == "stratified" and not (self.by and self.shares):
            raise ValueError("a stratified sample needs `by` and the shares of its strata")
        if any(not 0 <= share <= 1 for share in self.shares.values()):
            raise ValueError("every share lies between 0 and 1")
        return self

    def share_of(self, stratum: str) -> float:
        """Which share of `stratum` is asked."""
        if self.mode == "census":
            return 1.0
        if self.mode == "random":
            return self.share
        return self.shares.get(stratum, self.share)


def draw(seed: int, round_: str, unit: str) -> float:
    """A number from 0 up to 1, the same whenever drawn, independent between units and rounds."""
    digest = hashlib.sha256(f"{seed}\n{round_}\n{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def drawn(sampling: Sampling, round_: str, unit: str, stratum: str = "") -> bool:
    """Whether `unit` (a customer_id) of `stratum` is in the sample of `round_` (the key of a wave)."""
    return draw(sampling.seed, round_, unit) < sampling.share_of(stratum)

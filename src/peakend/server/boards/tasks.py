"""What the worker does for the figures."""

from __future__ import annotations

import time

from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import sweep
from peakend.server.boards.folding import BATCH, fold

_SECONDS = 5.0


@sweep("boards.fold", every=2)
def fold_answers(actor: Actor) -> int:
    """Add what was answered to the figures, in batches, for some seconds at most: other sweeps wait behind
    it.
    """
    began, settled = time.monotonic(), 0
    while time.monotonic() - began < _SECONDS:
        done = fold()
        settled += done
        if done < BATCH:
            break
    return settled

"""What the worker does for the warehouse."""

from __future__ import annotations

from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import in_full, stopping, sweep
from peakend.server.sync import analysing, erasure, snapshots, syncing, words


@sweep("sync.bring", every=20)
def bring(actor: Actor) -> int:
    """Bring what is new to the warehouse."""
    return syncing.sync(stop=stopping)


@sweep("sync.erase", every=30)
def erase(actor: Actor) -> int:
    """Erase customers there as they were erased here."""
    return erasure.erase_due(stop=stopping)


@sweep("sync.words", every=600)
def cut_words(actor: Actor) -> int:
    """Cut customers' words there as their time was up here."""
    return words.cut_due()


@sweep("sync.snapshot", every=10)
def publish(actor: Actor) -> int:
    """Let pages see what changed."""
    return 0 if snapshots.publish(force=in_full()) is None else 1


@sweep("sync.analyse", every=15)
def analyse(actor: Actor) -> int:
    """Run the analyses at night and when somebody asks."""
    return analysing.ask_for_tonight() + analysing.begin_waiting(here=in_full())

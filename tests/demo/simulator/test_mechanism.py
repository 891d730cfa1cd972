from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from peakend.demo.simulator import mechanisms as package
from peakend.demo.simulator.errors import UnknownMechanismError
from peakend.demo.simulator.mechanism import mechanisms, switchable, switched_off
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.world import world

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_mechanism_comes_after_those_it_needs() -> None:
    order = [mechanism.name for mechanism in mechanisms()]
    assert len(set(order)) == len(order)
    for mechanism in mechanisms():
        for earlier in mechanism.after:
            assert order.index(earlier) < order.index(mechanism.name)
        for later in mechanism.before:
            assert order.index(mechanism.name) < order.index(later)


def test_a_mechanism_is_named_like_its_module() -> None:
    package_path = Path(next(iter(package.__path__)))
    assert {m.name for m in mechanisms()} == {p.stem for p in package_path.glob("[a-z]*.py")}


def test_every_null_is_said_in_both_languages() -> None:
    names = {mechanism.name for mechanism in switchable()}
    assert {
        "buying",
        "touchpoint_quality",
        "service_change",
        "trend",
        "tier_gap",
        "site_quality",
        "nonresponse",
        "duplicates",
        "peak_end",
    } <= names


def test_a_group_switches_all_of_its_mechanisms_off() -> None:
    assert switched_off(["dirty"]) == {"equal_times", "late_records", "refunds", "unidentified"}
    assert switched_off(["trend", "refunds"]) == {"trend", "refunds"}
    assert switched_off([]) == frozenset()


@pytest.mark.parametrize("name", ["warp", "people"])
def test_what_is_not_there_or_cannot_be_left_out_is_refused(name: str) -> None:
    with pytest.raises(UnknownMechanismError) as refusal:
        switched_off(["trend", name])
    assert refusal.value.data["mechanism"] == name
    assert "buying" in refusal.value.in_("en")
    assert name in refusal.value.in_("zh")


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module beside the mechanisms that lowers every experience by one."""
    (tmp_path / "gloom.py").write_text(
        dedent("""
            import numpy as np
            from peakend.demo.simulator.mechanism import Mechanism
            from peakend.language import Text

            def _experience(block, events):
                return -np.ones(len(events)) * block.world.on("gloom")

            said = Text("Gloom.", "阴郁。"), Text("None.", "无。")
            MECHANISM = Mechanism("gloom", *said, experience=_experience)
        """)
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    mechanisms.cache_clear()
    yield "gloom"
    mechanisms.cache_clear()
    sys.modules.pop(f"{package.__name__}.gloom", None)


def test_a_module_is_all_it_takes_to_add_a_mechanism(added: str) -> None:
    gloomy = next(blocks(world("bank", seed=1, months=12), 50))
    cheerful = next(blocks(world("bank", seed=1, months=12, off=switched_off([added])), 50))
    assert cheerful.events["latent"][:20] - gloomy.events["latent"][:20] == pytest.approx(1)

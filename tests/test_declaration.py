from __future__ import annotations

import math
from typing import Any

import pytest

import peakend as pk
from peakend.declaration import SettingsError

BAD: list[tuple[str, Any]] = [
    *(("confidence", value) for value in (95, 0, 1, -0.5, math.nan, math.inf, "0.9", True)),
    *(("alpha", value) for value in (0.0, 1.0, 5, math.nan)),
    *(("minimum_base", value) for value in (0, -3, 2.5, "ten", True)),
    *(("discount_rate", value) for value in (-0.01, 1, 10, math.nan, "0.1")),
    *(("value_horizon_days", value) for value in (0, 36_526, 365.0, True)),
]


@pytest.mark.parametrize(("setting", "value"), BAD)
def test_a_setting_outside_its_range_is_refused_by_name(setting: str, value: object) -> None:
    given: dict[str, Any] = {setting: value}
    with pytest.raises(SettingsError) as refused:
        pk.Settings(**given)
    assert refused.value.data["setting"] == setting
    assert repr(value) in refused.value.in_("en")
    assert repr(value) in refused.value.in_("zh")


def test_a_percentage_is_told_how_it_is_written() -> None:
    with pytest.raises(SettingsError, match=r"95 % is written 0\.95"):
        pk.Settings(confidence=95)


def test_settings_within_their_ranges_are_kept() -> None:
    settings = pk.Settings(1, 0.999, 0.001, "GBP")
    assert (settings.minimum_base, settings.confidence, settings.alpha) == (1, 0.999, 0.001)

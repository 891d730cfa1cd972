"""What `from peakend.journey import …` gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

import peakend.journey as journey


@pytest.mark.parametrize("name", journey.__all__)
def test_a_public_name_is_what_it_says_and_never_a_package(name: str) -> None:
    found = getattr(journey, name)
    assert callable(found)
    assert found.__name__ == name


def test_a_room_that_was_imported_first_does_not_stand_in_for_a_function() -> None:
    code = (
        "from peakend.analyses import catalogue; catalogue()\n"
        "from peakend.journey import directly_follows, variants, funnel, episodes, peak_end, attribution\n"
        "assert all(map(callable, (directly_follows, variants, funnel, episodes, peak_end, attribution)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        journey.nothing  # noqa: B018

"""What the feedback analyses declare is what they do."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from peakend.engine import sql_text
from peakend.feedback.analyses import ANALYSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Analysis, Inputs


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda a: a.name)
def test_every_sql_file_is_named_and_exists(analysis: Analysis) -> None:
    assert all(sql_text(name) for name in analysis.sql)


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda a: a.name)
def test_every_result_has_the_columns_it_declares(
    analysis: Analysis, inputs_of: Callable[..., Inputs]
) -> None:
    results = analysis.compute(inputs_of())
    assert {name: table.schema for name, table in results.items()} == {
        t.name: t.schema() for t in analysis.gives
    }


def test_declarations_load_without_the_heavy_libraries() -> None:
    code = "import sys, peakend.feedback.analyses; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from peakend.analyses.catalogue import catalogue, checked, find
from peakend.analyses.errors import CatalogueError, UnknownAnalysisError
from peakend.declaration import Analysis, ResultColumn, ResultTable
from peakend.language import Text

if TYPE_CHECKING:
    from pathlib import Path

Declare = Callable[..., Analysis]


def table(name: str, *columns: str, key: tuple[str, ...] = ()) -> ResultTable:
    declared = tuple(ResultColumn(column, "integer", Text(column, column)) for column in columns)
    return ResultTable(name, declared, key, Text(name, name))


def problem(*analyses: Analysis) -> str:
    with pytest.raises(CatalogueError) as caught:
        checked(analyses)
    return caught.value.in_("en")


def test_the_catalogue_of_the_house_is_in_order_and_names_everything_once() -> None:
    analyses = catalogue()
    assert len({a.name for a in analyses}) == len(analyses)
    given: set[str] = set()
    all_given = {t.name for a in analyses for t in a.gives}
    for analysis in analyses:
        assert {t for t in analysis.needs if t in all_given} <= given, analysis.name
        given |= {t.name for t in analysis.gives}


def test_a_name_declared_twice_is_an_error(declare: Declare) -> None:
    twice = problem(declare("a"), declare("a", gives=(table("other", "n"),)))
    assert "a is declared twice" in twice


def test_a_result_table_given_by_two_analyses_is_an_error(declare: Declare) -> None:
    both = problem(declare("a", gives=(table("t", "n"),)), declare("b", gives=(table("t", "n"),)))
    assert "given by a and b" in both


@pytest.mark.parametrize("name", ["customers", "analysis_runs", "refused_rows"])
def test_a_result_must_not_overwrite_a_table_of_the_warehouse(declare: Declare, name: str) -> None:
    assert "would overwrite" in problem(declare("a", gives=(table(name, "n"),)))


@pytest.mark.parametrize("field", ["needs", "uses"])
def test_a_need_that_nobody_gives_is_an_error(declare: Declare, field: str) -> None:
    assert "a needs nobody_gives_this" in problem(declare("a", **{field: ("nobody_gives_this",)}))


def test_a_missing_sql_file_is_an_error(declare: Declare) -> None:
    assert "feedback/there_is_no_such_file.sql" in problem(
        declare("a", sql=("feedback/there_is_no_such_file",))
    )


def test_wrongly_declared_columns_are_an_error(declare: Declare) -> None:
    odd = ResultTable("t", (ResultColumn("n", "float", Text("n", "n")),), ("k",), Text("t", "t"))
    said = problem(declare("a", gives=(odd,)))
    assert "n: float" in said
    assert "k" in said


def test_all_problems_are_told_at_once(declare: Declare) -> None:
    said = problem(declare("a", needs=("nothing",)), declare("a", gives=(table("merges", "n"),)))
    assert "declared twice" in said
    assert "would overwrite" in said
    assert "a needs nothing" in said


def test_an_analysis_is_found_by_its_name_or_by_a_table_it_gives(declare: Declare) -> None:
    analyses = (declare("a"), declare("b", gives=(table("b_one", "n"), table("b_two", "n"))))
    assert find("a", analyses).name == "a"
    assert find("b_two", analyses).name == "b"


def test_a_misspelt_name_is_answered_with_the_nearest_ones(declare: Declare) -> None:
    with pytest.raises(UnknownAnalysisError) as caught:
        find("scroes", (declare("scores"),))
    assert "scores" in caught.value.in_("en")
    assert "是否指 scores" in caught.value.in_("zh")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """`installed(source, "module:attribute")` makes a package with one entry point importable."""

    def make(source: str, target: str) -> None:
        (tmp_path / f"{target.split(':')[0]}.py").write_text(source, "utf-8")
        info = tmp_path / "their_package-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-package\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[peakend.analyses]\ntheirs = {target}\n", "utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))

    return make


THEIRS = """
from peakend.declaration import Analysis, ResultColumn, ResultTable
from peakend.language import Text

text = Text("Theirs", "他们的")
table = ResultTable("theirs_counted", (ResultColumn("n", "integer", text),), ("n",), text)
sql = "select count(*) as n from customers"
compute = lambda inputs: {table.name: inputs.query(sql)}
theirs = Analysis("theirs", 1, "data", text, text, ("customers",), (table,), compute)
"""


def test_an_installed_package_adds_its_own_analysis(installed: Callable[[str, str], None]) -> None:
    installed(THEIRS, "their_good_analyses:theirs")
    assert find("theirs_counted", catalogue()).title.zh == "他们的"


def test_a_package_whose_analysis_cannot_be_imported_is_named(installed: Callable[[str, str], None]) -> None:
    installed("import a_module_that_is_not_there", "their_broken_analyses:theirs")
    with pytest.raises(CatalogueError) as caught:
        catalogue()
    assert "their-package" in caught.value.in_("en")
    assert "a_module_that_is_not_there" in caught.value.in_("zh")


def test_a_package_that_gives_something_else_is_named(installed: Callable[[str, str], None]) -> None:
    installed("theirs = 42", "their_other_analyses:theirs")
    with pytest.raises(CatalogueError, match="their-package"):
        catalogue()

"""The data that ship are the published ones, and their mappings give the published figures."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from peakend.demo.shipped import SHIPPED, shipped_folder, shipped_folders
from peakend.warehouse import open_warehouse
from peakend.warehouse.readers import find_sources, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator


class Loaded:
    """A warehouse in memory with one shipped data set, asked in SQL."""

    def __init__(self, name: str, path: Path) -> None:
        with open_warehouse(f"duckdb:///{path}") as warehouse:
            warehouse.load(shipped_folder(name))
        self.connection = duckdb.connect(str(path), read_only=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def value(self, sql: str) -> object:
        return self.rows(sql)[0][0]


@pytest.fixture(scope="module")
def sfo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    loaded = Loaded("sfo", tmp_path_factory.mktemp("sfo") / "x.duckdb")
    yield loaded
    loaded.connection.close()


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    loaded = Loaded("online_retail", tmp_path_factory.mktemp("retail") / "x.duckdb")
    yield loaded
    loaded.connection.close()


def test_each_folder_says_whose_it_is_and_under_which_licence() -> None:
    for one in SHIPPED:
        words = (one.folder / "LICENSE.md").read_text("utf-8")
        assert one.licence.split("-")[0] in words
        assert (one.folder / "mapping.yaml").is_file()
    assert [folder.name for folder in shipped_folders()] == ["sfo", "online_retail"]
    with pytest.raises(KeyError):
        shipped_folder("cdnow")


@pytest.mark.parametrize(("name", "limit"), [("sfo", 1_000_000), ("online_retail", 5_000_000)])
def test_the_package_stays_small(name: str, limit: int) -> None:
    assert sum(path.stat().st_size for path in shipped_folder(name).iterdir()) < limit


def test_the_nps_of_2017_is_the_published_one(sfo: Loaded) -> None:
    sign = "case when score >= 9 then 1 when score <= 6 then -1 else 0 end"
    found = sfo.rows(
        f"select count(*), 100 * avg({sign}), 100 * sum(weight * {sign}) / sum(weight), "
        "sum(weight) ^ 2 / sum(weight ^ 2), count(distinct cluster) "
        "from answers join responses using (response_id) "
        "where question_id = 'recommend' and state = 'answered'"
    )[0]
    assert found[0] == 2746
    assert round(found[1], 1) == 39.8
    assert round(found[2], 1) == 40.4
    assert round(found[3]) == 2267
    # Of 212 runs one has no passenger who answered the question.
    assert found[4] == 211


def test_every_respondent_of_every_year_is_there_with_weight_and_cluster(sfo: Loaded) -> None:
    found = sfo.rows(
        "select survey_id, count(*), count(weight), count(cluster) from responses group by 1 order by 1"
    )
    # 2011 and 2012 have no weights, 2010 has no runs; in 2014 the run of 24 respondents is blank.
    assert found == [
        ("sfo-2010", 3234, 3234, 0),
        ("sfo-2011", 3872, 0, 3872),
        ("sfo-2012", 3521, 0, 3521),
        ("sfo-2013", 3535, 3535, 3535),
        ("sfo-2014", 2818, 2818, 2794),
        ("sfo-2015", 2958, 2958, 2958),
        ("sfo-2016", 3087, 3087, 3087),
        ("sfo-2017", 2831, 2831, 2831),
    ]


def test_days_without_months_are_not_made_into_dates(sfo: Loaded) -> None:
    found = sfo.rows(
        "select survey_id, min(answered_at)::date::text, max(answered_at)::date::text from responses "
        "where answered_at is not null group by 1 order by 1"
    )
    assert found == [("sfo-2011", "2011-05-11", "2011-05-24"), ("sfo-2016", "2016-05-06", "2016-05-24")]


def test_not_used_and_no_answer_are_never_scores(sfo: Loaded) -> None:
    states = (
        "select state, count(*) from answers "
        "where question_id = '{}' and response_id like 'sfo-2017-%' group by 1"
    )
    # Q7FOOD of 2017: 0 69 times, 6 341 times, 1–5 2,421 times. Q7ALL says Blank 143 times.
    assert dict(sfo.rows(states.format("food"))) == {"no_answer": 69, "not_used": 341, "answered": 2421}
    assert dict(sfo.rows(states.format("overall"))) == {"no_answer": 143, "answered": 2688}
    assert (
        sfo.value(
            "select count(*) from answers "
            "where (state = 'answered') <> (score is not null or choice is not null)"
        )
        == 0
    )


def test_codes_nobody_documented_are_refused_and_counted(sfo: Loaded) -> None:
    found = sfo.rows("select table_name, reason_code, count(*) from refused_rows group by all order by all")
    assert found == [
        ("answers", "outside_scale", 4),
        ("answers", "unlisted_code", 15),
        ("segment_members", "unlisted_code", 20),
    ]


def test_the_international_terminal_is_the_same_in_every_year(sfo: Loaded) -> None:
    found = sfo.rows(
        "select substr(subject_id, 5, 4)::int, avg((segment = 'International')::int), "
        "bool_or(segment = 'Terminal 2') "
        "from segment_members where segmentation = 'terminal' group by 1 order by 1"
    )
    # In 2010 code 2 meant the international terminal, later Terminal 2, which was closed in 2010.
    assert all(0.25 < share < 0.55 for _, share, _ in found)
    assert [year for year, _, second in found if not second] == [2010]


def test_every_answer_has_its_question_and_every_question_both_languages(sfo: Loaded) -> None:
    asked = sfo.value("select count(distinct question_id) from answers")
    assert asked == sfo.value(
        "select count(*) from questions where text_en <> '' and text_zh <> '' and label_zh <> ''"
    )
    assert asked == 49
    lost = "select count(*) from questions where touchpoint_id not in (select touchpoint_id from touchpoints)"
    assert sfo.value(lost) == 0
    members = "select count(*) from segment_members where not attributes like '%label_zh%'"
    assert sfo.value(members) == 0


def test_comments_of_2017_are_kept_with_their_sentiment(sfo: Loaded) -> None:
    found = sfo.rows(
        "select count(*), count(choice), "
        'count(*) filter (where attributes like \'%"Sentiment":"Negative"%\') '
        "from answers where attributes is not null"
    )
    assert found == [(4276, 4276, 1841)]


def test_every_invoice_line_is_a_transaction(retail: Loaded) -> None:
    found = retail.rows(
        "select count(*), count(distinct transaction_id), count(*) - count(customer_id), "
        "count(distinct order_id), sum(revenue), count(distinct customer_id) from transactions"
    )
    assert found == [(541_909, 541_909, 135_080, 25_900, Decimal("9747747.9340"), 4_372)]
    assert retail.value("select count(*) from refused_rows") == 0


def test_cancellations_fees_and_corrections_are_told_apart(retail: Loaded) -> None:
    found = retail.rows(
        "select kind, min(quantity) > 0, max(quantity) < 0, bool_and(order_id like 'C%') "
        "from transactions group by 1 order by 1"
    )
    assert [row[0] for row in found] == ["adjustment", "fee", "refund", "sale"]
    assert found[2][1:] == (False, True, True)
    assert found[3][1:] == (True, False, False)
    kinds = dict(retail.rows("select product_id, kind from products"))
    expected = {
        "POST": "fee",
        "AMAZONFEE": "fee",
        "M": "adjustment",
        "B": "adjustment",
        "gift_0001_20": "adjustment",
    }
    assert {code: kinds[code] for code in expected} == expected
    assert kinds["85123A"] == kinds["DCGSSGIRL"] == "good"


def test_products_and_customers_come_from_the_lines(retail: Loaded) -> None:
    assert retail.value("select count(*) from customers") == 4_372
    assert retail.value("select count(*) from products") == 4_070
    name = retail.value("select name from products where product_id = '85123A'")
    assert name == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert retail.rows("select country from customers where customer_id = '12346'") == [("United Kingdom",)]


@pytest.mark.private_data
@pytest.mark.parametrize(("name", "folder"), [("sfo", "sfo_survey"), ("online_retail", "online_retail")])
def test_the_shipped_files_hold_what_was_published(name: str, folder: str) -> None:
    root = os.environ.get("PEAKEND_DATA")
    if not root or not (Path(root) / folder).exists():
        pytest.skip("PEAKEND_DATA is not set: data that may not ship is absent")
    published = {Path(one).stem: Path(root) / folder / one for one in find_sources(Path(root) / folder)}
    with duckdb.connect() as connection:
        for one in find_sources(shipped_folder(name)):
            ours = read_source(shipped_folder(name) / one, None, connection)
            theirs = read_source(published[Path(one).stem], None, connection)
            assert [c.name for c in ours.columns] == [c.name for c in theirs.columns]
            missing = connection.execute(
                "select count(*) from "
                f"(select * from {theirs.relation} except all select * from {ours.relation})"
            ).fetchall()
            assert (ours.count(), missing) == (theirs.count(), [(0,)])

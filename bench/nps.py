"""What NPS by touchpoint, month and segment costs beside hand-written DuckDB SQL: 10 million answers.

    python bench/nps.py [--rows 10000000] [--runs 5]

`peakend` is the whole analysis `scores`: everybody and each segment, checked against the scale, with
intervals, suppression, comparison with the month before and Holm's correction, as an Arrow table.
`hand-written` is one query with GROUPING SETS that only counts answers, promoters and detractors;
`hand-written twice` says the same with UNION ALL, as most people would. These three import the same and read
the schema first, so that the ratio is that of the analysis; `bare` is the first query in a process that
imports nothing but duckdb. The bound is 1.15.
"""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from pathlib import Path

import duckdb

import measure

BOUND_CPU = 1.15

# pandas: duckdb imports it when it is handed an Arrow table.
_IMPORTED = (
    "peakend.feedback.score_tables",
    "peakend.feedback.analyses",
    "sqlglot.dialects.duckdb",
    "pandas",
)

# Each response answers 4 of 20 questions; 500,000 customers in 6 tiers; 24 months.
_TABLES = {
    "responses": """
        select 'r' || lpad(i::varchar, 9, '0') as response_id, 'S1' as survey_id,
               'c' || lpad((hash(i) % 500000)::varchar, 7, '0') as customer_id,
               null::varchar as invitation_id, null::varchar as event_id,
               timestamp '2023-01-01' + to_seconds((hash(i + 7) % 63072000)::bigint) as answered_at,
               'en' as "language", 'web' as channel, null::double as weight, null::varchar as "cluster",
               'bench' as source, null::varchar as attributes
        from range($rows // 4) t(i)
    """,
    "answers": """
        select 'r' || lpad(i::varchar, 9, '0') as response_id,
               'q' || ((i + j * 5) % 20)::varchar as question_id,
               case when hash(i * 4 + j) % 20 = 0 then 'no_answer' else 'answered' end as state,
               case when hash(i * 4 + j) % 20 > 0
                    then least(10, hash(i * 4 + j + 99) % 14)::double end as score,
               null::varchar as choice, null::varchar as "text", 'bench' as source,
               null::varchar as attributes
        from range($rows // 4) t(i), range(4) u(j)
    """,
    "questions": """
        select 'q' || i::varchar as question_id, 'nps' as metric,
               0::double as scale_low, 10::double as scale_high, false as overall,
               null::varchar as dimension, 't' || i::varchar as touchpoint_id,
               'Touchpoint ' || i::varchar as label_en, '接触点' || i::varchar as label_zh
        from range(20) t(i)
    """,
    "surveys": """
        select 'S1' as survey_id, 'P' as programme, null::varchar as wave, null::date as starts_on,
               false as anonymous
    """,
    "segment_members": """
        select 'tier' as segmentation, 'tier' || (hash(i) % 6)::varchar as segment, 'customer' as subject,
               'c' || lpad(i::varchar, 7, '0') as subject_id
        from range(500000) t(i)
    """,
}

_GROUPING_SETS = """
    select q.touchpoint_id, date_trunc('month', r.answered_at) as month, s.segmentation, s.segment,
           count(*) as n, count(*) filter (where a.score >= 9) as promoters,
           count(*) filter (where a.score <= 6) as detractors
    from answers a
    join questions q using (question_id)
    join responses r using (response_id)
    left join segment_members s on s.subject = 'customer' and s.subject_id = r.customer_id
    where q.metric = 'nps' and a.state = 'answered'
    group by grouping sets ((1, 2), (1, 2, 3, 4))
"""

_UNION = """
    with scored as (
      select q.touchpoint_id, date_trunc('month', r.answered_at) as month, r.customer_id, a.score
      from answers a
      join questions q using (question_id)
      join responses r using (response_id)
      where q.metric = 'nps' and a.state = 'answered'
    )
    select touchpoint_id, month, 'all' as segmentation, 'all' as segment, count(*) as n,
           count(*) filter (where score >= 9) as promoters, count(*) filter (where score <= 6) as detractors
    from scored
    group by all
    union all
    select touchpoint_id, month, s.segmentation, s.segment, count(*),
           count(*) filter (where score >= 9), count(*) filter (where score <= 6)
    from scored
    join segment_members s on s.subject = 'customer' and s.subject_id = scored.customer_id
    group by all
"""


def make(path: str, rows: int) -> None:
    """Write the data."""
    with duckdb.connect(path) as connection:
        connection.execute("set enable_progress_bar = false")
        for name, query in _TABLES.items():
            params = {"rows": rows} if "$rows" in query else None
            connection.execute(f"create table {name} as {query}", params)


def peakend(path: str) -> None:
    """The analysis, start to end."""
    from peakend.declaration import Inputs, Settings
    from peakend.engine import connect
    from peakend.feedback.analyses import SCORES
    from peakend.feedback.calibration.columns import SURVEY_WEIGHTS
    from peakend.warehouse.schema import canonical_tables

    shapes = {name: table.schema() for name, table in canonical_tables().items()}
    shapes[SURVEY_WEIGHTS.name] = SURVEY_WEIGHTS.schema()
    with connect(f"duckdb:///{path}", read_only=True) as engine:
        relations = {
            name: engine.table(name) if name in _TABLES else engine.from_arrow(shapes[name].empty_table())
            for name in (*SCORES.needs, *SCORES.uses)
        }
        found = SCORES.compute(Inputs(engine, relations, Settings()))["nps_by_touchpoint"]
        _expect(found.num_rows)


def by_hand(path: str, union: bool) -> None:
    """The query in a process that has started as far as `peakend` has when it begins to compute."""
    for module in _IMPORTED:
        import_module(module)
    from peakend.warehouse.schema import canonical_tables

    canonical_tables()
    bare(path, union)


def bare(path: str, union: bool) -> None:
    """The query, with nothing but duckdb and Arrow."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        query = _UNION if union else _GROUPING_SETS
        _expect(connection.execute(query).to_arrow_table().num_rows)


def _expect(rows: int) -> None:
    if rows != 20 * 24 * 7:
        raise AssertionError(f"{rows} rows instead of {20 * 24 * 7}")


def main() -> None:
    """Make the data, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "answers.duckdb")
        make(path, chosen.rows)
        comparison = measure.compare(
            {
                "peakend": measure.call(peakend, path),
                "hand-written twice": measure.call(by_hand, path, True),
                "bare": measure.call(bare, path, False),
                "hand-written": measure.call(by_hand, path, False),
            },
            runs=chosen.runs,
            name="nps",
        )
    comparison.print()
    comparison.save(rows=chosen.rows)
    ratio = comparison.cpu_ratio("peakend")
    print(f"CPU ratio {ratio:.2f}, bound {BOUND_CPU}")
    measure.judge([f"{ratio:.2f} × CPU"] if ratio > BOUND_CPU else [])


if __name__ == "__main__":
    main()

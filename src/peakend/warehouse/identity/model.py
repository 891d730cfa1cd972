"""The Fellegi–Sunter model of linkage, trained and applied by splink on DuckDB.

Two records get the weight log2(m/u) for every field: m is how often true pairs agree in that way, u how
often two random records do (Fellegi & Sunter 1969). u is estimated from random pairs, m by expectation
maximisation within blocks (Winkler 1988), and rare values weigh more than common ones.

Expectation maximisation finds *some* two classes of pairs even where nothing is duplicated. So a session
counts only when it converged and its matching class looks like one person (names agree, or a contact does),
and m is the posterior mean under a Dirichlet prior of `PRIOR_PAIRS` pairs at the working values of `fields`;
without a session that counts the working values stand. u never falls below 1/n: of n records at least one
other may agree by chance.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.warehouse.identity.blocking import Block, block_sizes
from peakend.warehouse.identity.fields import FIELDS, Field, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from splink import Linker, SettingsCreator
    from splink.comparison_library import CustomComparison

    from peakend.engine import Relation
    from peakend.engine.duckdb import DuckDB

PRIOR_PAIRS = 100
_SEED = 20170107
_SAMPLED_PAIRS = 2e6
_LEAST_MATCHES = 50
_MOST_TRAINING_PAIRS = 2e6
_ITERATIONS = 200
_ASSUMED_RECALL = 0.5


@dataclass(frozen=True, slots=True)
class LevelWeight:
    """What agreement at `level` of `field` is worth: `weight` = log2(m/u) bits."""

    field: str
    level: str
    m: float
    u: float
    weight: float


@dataclass(frozen=True, slots=True)
class Session:
    """One run of expectation maximisation: pairs of its block, matches it found, whether it counts, and why
    not."""

    block: str
    pairs: int
    matches: float
    counts: bool
    why: Text


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model. `prior` is the probability that two random records are one customer."""

    prior: float
    weights: tuple[LevelWeight, ...]
    sessions: tuple[Session, ...]

    @property
    def learnt(self) -> bool:
        """Whether any session counted; if not, the working values of `fields` are used."""
        return any(session.counts for session in self.sessions)


_Values = dict[str, list[float]]


def _years_agree(m: _Values) -> bool:
    return m["birth_year"][0] >= 0.6


@dataclass(frozen=True, slots=True)
class _Training:
    """A block whose pairs teach m: its columns, and the test its matching class must pass."""

    name: str
    columns: tuple[str, ...]
    plausible: Callable[[_Values], bool]


def _names_agree(m: _Values) -> bool:
    return m["name"][0] + m["name"][1] >= 0.5


def _contacts_agree(m: _Values) -> bool:
    return max(m["email"][0] + m["email"][1], m["phone"][0]) >= 0.4


# Blocking on two things that agree keeps the other members of a household, who share a contact, out of the
# lesson.
_TRAININGS = (
    _Training("name + year of birth", ("name_key", "birth_year"), _contacts_agree),
    _Training("e-mail + year of birth", ("email", "birth_year"), _names_agree),
    _Training("phone + year of birth", ("phone", "birth_year"), _names_agree),
    _Training("e-mail + name", ("email", "name_key"), _years_agree),
    _Training("phone + name", ("phone", "name_key"), _years_agree),
)


def train(scratch: DuckDB, records: str, *, count: int, sure_pairs: int) -> Model:
    """Train on the table `records` of `count` rows, `sure_pairs` of whose pairs agree in name, year and
    contact."""
    prior = min(0.5, max(sure_pairs, 1) / _ASSUMED_RECALL / (count * (count - 1) / 2))
    linker = _linker(scratch, records, _settings(prior, None, ()))
    u = _random_agreement(linker, count)
    linker = _linker(
        scratch, records, _settings(prior, {f.name: (_working(f), u[f.name]) for f in FIELDS}, ())
    )
    learnt: dict[str, list[tuple[float, list[float]]]] = {}
    sessions = []
    for training in _TRAININGS:
        session, m = _learn(scratch, linker, records, training)
        sessions.append(session)
        for name, values in m.items():
            learnt.setdefault(name, []).append((session.matches, values))
    weights = []
    for field in FIELDS:
        m_values = _posterior(_working(field), learnt.get(field.name, []))
        levels = zip(field.levels, m_values, u[field.name], strict=True)
        weights += [_weight(field, level, m_value, u_value) for level, m_value, u_value in levels]
    if sessions[0].counts:
        prior = _prior(scratch.table(records), count, sessions[0].matches, weights)
    return Model(prior, tuple(weights), tuple(sessions))


def _prior(records: Relation, count: int, matches: float, weights: Sequence[LevelWeight]) -> float:
    """The probability that two random records are one customer, from the matches found among those that
    agree in name and year of birth: matches = true pairs x m(same name) x m(same year) x share of pairs that
    have both."""
    known = records.query("select count(*) as n from t where name_key is not null and birth_year is not null")
    share = int(known.to_arrow()["n"][0].as_py()) / count
    m = {(weight.field, weight.level): weight.m for weight in weights}
    pairs = matches / (m["name", "same"] * m["birth_year", "same"] * share**2)
    return min(0.5, pairs / (count * (count - 1) / 2))


def score(scratch: DuckDB, records: str, model: Model, blocks: Sequence[Block], *, least: float) -> Relation:
    """Pairs of `blocks` with a probability of at least `least`: unique_id_l, unique_id_r, match_probability,
    match_weight, and for every field `gamma_<field>` (level, counted down to 0; −1 missing) and
    `mw_<field>`."""
    values = {
        field.name: (
            [w.m for w in model.weights if w.field == field.name],
            [w.u for w in model.weights if w.field == field.name],
        )
        for field in FIELDS
    }
    linker = _linker(scratch, records, _settings(model.prior, values, blocks))
    predicted = linker.inference.predict(threshold_match_probability=least)
    return scratch.table(predicted.physical_name)


def level_at(field: Field, gamma: int) -> Level | None:
    """The level splink's comparison vector value stands for; None where the field was missing."""
    return None if gamma < 0 else field.levels[len(field.levels) - 1 - gamma]


def _linker(scratch: DuckDB, records: str, settings: SettingsCreator) -> Linker:
    from splink import DuckDBAPI, Linker

    # Levels that no pair reached are said in the model; without a handler they would land on the terminal.
    logging.getLogger("splink").addHandler(logging.NullHandler())
    api = DuckDBAPI(scratch.connection)
    # splink's own check of column names takes aliases in list functions for columns and prints to the
    # terminal.
    return Linker(api.register(records), settings, log_level=None, validate_settings=False)


def _settings(
    prior: float,
    values: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None,
    blocks: Sequence[Block],
) -> SettingsCreator:
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(field, values[field.name] if values else None) for field in FIELDS],
        blocking_rules_to_generate_predictions=[
            block_on(*block.columns, arrays_to_explode=block.lists or None) for block in blocks
        ],
        probability_two_random_records_match=prior,
        max_iterations=_ITERATIONS,
        em_convergence=0.001,
        retain_matching_columns=bool(blocks),
        retain_intermediate_calculation_columns=True,
    )


def _comparison(field: Field, values: tuple[Sequence[float], Sequence[float]] | None) -> CustomComparison:
    import splink.comparison_level_library as levels
    from splink.comparison_library import CustomComparison

    made: list[Any] = [levels.CustomLevel(field.missing).configure(is_null_level=True)]
    for number, level in enumerate(field.levels):
        creator: Any = (
            levels.ElseLevel() if level.condition == "ELSE" else levels.CustomLevel(level.condition)
        )
        if level.frequency is not None:
            creator = creator.configure(tf_adjustment_column=level.frequency)
        if values is not None:
            creator = creator.configure(m_probability=values[0][number], u_probability=values[1][number])
        made.append(creator)
    return CustomComparison(output_column_name=field.name, comparison_levels=made)


def _random_agreement(linker: Linker, count: int) -> _Values:
    """u of every level: the share of random pairs that agree so, never below 1/count; shares add up to
    one."""
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=_SEED)
    stated = {c["output_column_name"]: c for c in linker.misc.save_model_to_json()["comparisons"]}
    found: _Values = {}
    for field in FIELDS:
        rows = [row for row in stated[field.name]["comparison_levels"] if not row.get("is_null_level")]
        seen = [_number(row.get("u_probability")) for row in rows]
        floored = [max(value, 1 / count) for value in seen]
        found[field.name] = [value / sum(floored) for value in floored]
    return found


def _learn(scratch: DuckDB, linker: Linker, records: str, training: _Training) -> tuple[Session, _Values]:
    """One session, and the m of the fields it may teach (none when it does not count)."""
    from splink import block_on

    pairs = block_sizes(scratch.table(records), [Block(training.name, training.columns)])[0].pairs
    if pairs < _LEAST_MATCHES:
        why = Text("too few pairs to learn from", "记录对太少，无从学习")
        return Session(training.name, pairs, 0.0, False, why), {}
    session = linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*training.columns), max_pairs=_MOST_TRAINING_PAIRS if pairs > _MOST_TRAINING_PAIRS else None
    )
    settings = session.core_model_settings
    matches = float(settings.probability_two_random_records_match) * min(pairs, _MOST_TRAINING_PAIRS)
    values: _Values = {}
    for comparison in settings.comparisons:
        levels = [level for level in comparison.comparison_levels if not level.is_null_level]
        values[comparison.output_column_name] = [_number(level.m_probability) for level in levels]
    # splink says nowhere else whether it stopped because it converged or because it ran out of iterations.
    converged = len(session._core_model_settings_history) <= _ITERATIONS
    if not converged:
        why = Text("it did not converge", "未收敛")
    elif matches < _LEAST_MATCHES:
        why = Text("too few matching pairs to learn from", "匹配的记录对太少，无从学习")
    elif not training.plausible(values):
        why = Text("its matching pairs do not look like one customer", "所得“匹配”不像同一客户")
    else:
        return Session(training.name, pairs, matches, True, Text("learnt", "已采用")), values
    return Session(training.name, pairs, matches, False, why), {}


def _working(field: Field) -> list[float]:
    return [level.m for level in field.levels]


def _posterior(working: Sequence[float], learnt: Sequence[tuple[float, list[float]]]) -> list[float]:
    """Posterior mean of m: sessions weigh as many pairs as they matched, the working values `PRIOR_PAIRS`."""
    total = PRIOR_PAIRS + sum(matches for matches, _ in learnt)
    return [
        (PRIOR_PAIRS * value + sum(matches * values[number] for matches, values in learnt)) / total
        for number, value in enumerate(working)
    ]


def _weight(field: Field, level: Level, m: float, u: float) -> LevelWeight:
    from math import log2

    return LevelWeight(field.name, level.name, m, u, log2(m / u))


def _number(value: object) -> float:
    """splink writes words where a level was never observed."""
    return float(value) if isinstance(value, int | float) else 0.0

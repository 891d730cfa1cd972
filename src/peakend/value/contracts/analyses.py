"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.contracts.columns import (
    CONTRACT_COHORTS,
    CONTRACT_CURVES,
    CONTRACT_FAULTS,
    CONTRACT_HAZARDS,
    CONTRACT_MODELS,
    CONTRACT_RESIDUALS,
    CONTRACT_SURVIVAL,
    CONTRACT_TERMS,
)


def _retention(inputs: Inputs) -> Results:
    from peakend.value.contracts.observed import retention_of_contracts

    return retention_of_contracts(inputs)


def _lifetimes(inputs: Inputs) -> Results:
    from peakend.value.contracts.projection import lifetimes_of_contracts

    return lifetimes_of_contracts(inputs)


def _hazards(inputs: Inputs) -> Results:
    from peakend.value.contracts.groups import hazards_of_contracts

    return hazards_of_contracts(inputs)


_READ = tuple(
    f"value/contracts/{name}" for name in ("held", "held_faults", "held_span", "held_ages", "held_spells")
)

RETENTION = Analysis(
    name="contract_retention",
    version=1,
    chapter="worth",
    title=Text("How many contracts are renewed", "合约续约率"),
    meaning=Text(
        "Of the contracts (accounts, policies, memberships) opened in a period, how many are still open "
        "after one, two and more periods; periods that are not over are left out.",
        "同期开立的合约（账户、保单、会籍）在一期、两期及更多期后仍有效的比例；未结束的周期不计。",
    ),
    needs=(),
    uses=("holdings", "memberships"),
    gives=(CONTRACT_COHORTS, CONTRACT_FAULTS),
    compute=_retention,
    sql=(*_READ, "value/contracts/active_contracts"),
    chart="contract_retention",
    sources=("Wilson 1927, JASA 22(158)", "Fader & Hardie 2007, Journal of Interactive Marketing 21(1)"),
)
LIFETIMES = Analysis(
    name="contract_lifetimes",
    version=1,
    chapter="worth",
    title=Text("How long contracts will last", "合约还能持续多久"),
    meaning=Text(
        "Models of renewal, chosen by how well they predicted and judged on a later window; the share still "
        "there after so many periods, and the terms that every open contract has ahead of it.",
        "按预测效果选出并在更晚窗口检验的续约模型；若干期后的留存比例，以及每份有效合约的剩余期数。",
    ),
    needs=(),
    uses=("holdings", "memberships", "transactions"),
    gives=(CONTRACT_MODELS, CONTRACT_SURVIVAL, CONTRACT_RESIDUALS, CONTRACT_TERMS),
    compute=_lifetimes,
    sql=(
        *_READ,
        "value/contracts/contract_margins",
        "value/contracts/contract_terms",
        "value/contracts/open_contracts",
    ),
    chart="contract_lifetimes",
    sources=(
        "Fader & Hardie 2007, Journal of Interactive Marketing 21(1)",
        "Fader & Hardie 2010, Marketing Science 29(1)",
        "Fader, Hardie, Liu, Davin & Steenburgh 2018, Journal of Interactive Marketing 43",
        "Kaplan & Meier 1958, JASA 53(282)",
    ),
)
HAZARDS = Analysis(
    name="contract_hazards",
    version=1,
    chapter="worth",
    title=Text("Whose contracts end sooner", "谁的合约终止得更快"),
    meaning=Text(
        "How long contracts last by product, entry channel and segment, and how many times faster some end.",
        "按产品、首购渠道与分群比较合约能持续多久，以及哪些终止得更快。",
    ),
    needs=(),
    uses=("holdings", "memberships", "products", "transactions", "segment_members"),
    gives=(CONTRACT_CURVES, CONTRACT_HAZARDS),
    compute=_hazards,
    sql=(
        *_READ,
        "value/contracts/entry_channels",
        "value/contracts/group_days",
        "value/contracts/group_contracts",
    ),
    chart="contract_hazards",
    sources=(
        "Kaplan & Meier 1958, JASA 53(282)",
        "Cox 1972, JRSS B 34(2)",
        "Efron 1977, JASA 72(359)",
        "Grambsch & Therneau 1994, Biometrika 81(3)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (RETENTION, LIFETIMES, HAZARDS)

"""The structural analyses: path models and mediation."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.feedback.structure.mediation_columns import MEDIATION
from peakend.feedback.structure.structure_columns import EFFECTS, INDEX
from peakend.language import Text


def _structure(inputs: Inputs) -> Results:
    from peakend.feedback.structure.structure_tables import structure_tables

    return structure_tables(inputs)


STRUCTURAL_INDEX = Analysis(
    name="structural_index",
    version=1,
    chapter="why",
    title=Text("Experience, satisfaction, loyalty", "体验、满意与忠诚"),
    meaning=Text(
        "Indices from 0 to 100 for each dimension of experience, satisfaction and loyalty; what goes with "
        "satisfaction when the rest is equal; and how much goes on to loyalty and revenue by way of it.",
        "体验各维度、满意与忠诚的 0–100 指数；在其他维度相同时与满意的关联；以及经由满意与忠诚、消费的关联。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("transactions", "survey_weights"),
    gives=(INDEX, EFFECTS, MEDIATION),
    compute=_structure,
    sql=(
        *SHEET_SQL,
        "feedback/structure/revenue_around",
    ),
    chart="structure",
    sources=(
        "Wold 1982, in Systems under Indirect Observation II",
        "Lohmöller 1989, Latent Variable Path Modeling with Partial Least Squares",
        "Fornell et al. 1996, Journal of Marketing 60(4)",
        "Tenenhaus et al. 2005, Computational Statistics & Data Analysis 48(1)",
        "Zhao, Lynch & Chen 2010, Journal of Consumer Research 37(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (STRUCTURAL_INDEX,)

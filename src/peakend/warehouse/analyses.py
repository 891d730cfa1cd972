"""The analysis of the data themselves: how far they can be trusted."""

from __future__ import annotations

from peakend.declaration import Analysis
from peakend.language import Text
from peakend.warehouse.quality import DATA_QUALITY, data_quality

QUALITY = Analysis(
    name="data_quality",
    version=1,
    chapter="data",
    title=Text("Data quality", "数据质量"),
    meaning=Text(
        "How complete, valid, unique and recent every column is, and what was refused.",
        "每一列数据的完整、有效、唯一与及时程度，以及被拒绝的记录。",
    ),
    needs=("*",),
    uses=("refused_rows", "table_versions"),
    gives=(DATA_QUALITY,),
    compute=data_quality,
    sql=("warehouse/refusal_counts",),
    chart="data_quality",
)

ANALYSES: tuple[Analysis, ...] = (QUALITY,)

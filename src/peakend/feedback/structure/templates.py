"""Path models to start from: the American and the European satisfaction index, and a bank's three drivers.

They have the shape that was published, with the questions of whoever uses them. None of them claims to
conform to a national standard (the texts of GB/T 19038 and GB/T 19039, for instance, were not at hand), and
an index made with other questions is not comparable with the published ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.feedback.structure.errors import PathModelError, quoted
from peakend.feedback.structure.paths import PathModel
from peakend.language import Text, meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.feedback.structure.layout import Blocks, Paths


@dataclass(frozen=True, slots=True)
class Template:
    """A shape without questions: latents by key with their names, `paths` (latent → its causes), the source.

    optional: latents that may go without questions; they and their paths are then left out.
    """

    key: str
    title: Text
    latents: Mapping[str, Text]
    paths: Paths
    source: str
    optional: frozenset[str] = frozenset()

    def model(self, blocks: Blocks, **options: Any) -> PathModel:  # noqa: ANN401
        """A `PathModel` with questions {latent: [indicators]}; options as `PathModel`.

        Raises `PathModelError` for a latent that the template does not have or that lacks questions.
        """
        unknown = [latent for latent in blocks if latent not in self.latents]
        if unknown:
            listed, near = quoted(unknown), quoted(meant(unknown[0], self.latents) or self.latents)
            raise PathModelError(
                Text(f"The template {self.key} has no {listed.en}.", f"模板 {self.key} 中没有 {listed.zh}。"),
                Text(f"It has: {near.en}.", f"其潜变量有：{near.zh}。"),
                unknown=unknown,
            )
        lacking = [key for key in self.latents if not blocks.get(key) and key not in self.optional]
        if lacking:
            listed = quoted(lacking)
            raise PathModelError(
                Text(
                    f"These latents of {self.key} have no question: {listed.en}.",
                    f"模板 {self.key} 中没有题目的潜变量：{listed.zh}。",
                ),
                Text("Name at least one question for each.", "请为每一个至少指定一道题目。"),
                lacking=lacking,
            )
        used = {key: blocks[key] for key in self.latents if blocks.get(key)}
        paths = {
            outcome: [cause for cause in causes if cause in used]
            for outcome, causes in self.paths.items()
            if outcome in used
        }
        return PathModel(used, {outcome: causes for outcome, causes in paths.items() if causes}, **options)


ACSI = Template(
    key="acsi",
    title=Text("American Customer Satisfaction Index", "美国顾客满意度指数模型"),
    latents={
        "expectations": Text("Customer expectations", "顾客期望"),
        "quality": Text("Perceived quality", "感知质量"),
        "value": Text("Perceived value", "感知价值"),
        "satisfaction": Text("Customer satisfaction", "顾客满意度"),
        "complaints": Text("Customer complaints", "顾客抱怨"),
        "loyalty": Text("Customer loyalty", "顾客忠诚"),
    },
    paths={
        "quality": ["expectations"],
        "value": ["expectations", "quality"],
        "satisfaction": ["expectations", "quality", "value"],
        "complaints": ["satisfaction"],
        "loyalty": ["satisfaction", "complaints"],
    },
    source="Fornell, Johnson, Anderson, Cha & Bryant 1996, Journal of Marketing 60(4), figure 1",
    optional=frozenset({"complaints"}),
)
ECSI = Template(
    key="ecsi",
    title=Text("European Customer Satisfaction Index", "欧洲顾客满意度指数模型"),
    latents={
        "image": Text("Image", "形象"),
        "expectations": Text("Customer expectations", "顾客期望"),
        "quality": Text("Perceived quality", "感知质量"),
        "value": Text("Perceived value", "感知价值"),
        "satisfaction": Text("Customer satisfaction", "顾客满意度"),
        "complaints": Text("Complaint handling", "投诉处理"),
        "loyalty": Text("Customer loyalty", "顾客忠诚"),
    },
    paths={
        "expectations": ["image"],
        "quality": ["expectations"],
        "value": ["expectations", "quality"],
        "satisfaction": ["image", "expectations", "quality", "value"],
        "complaints": ["satisfaction"],
        "loyalty": ["image", "satisfaction", "complaints"],
    },
    source="Tenenhaus et al. 2005, Computational Statistics & Data Analysis 48(1), figure 1",
    optional=frozenset({"complaints"}),
)
BANK = Template(
    key="bank",
    title=Text("What a bank's customers judge", "银行客户满意度的三项驱动因素"),
    latents={
        "products": Text("Product range", "金融产品种类"),
        "skill": Text("Skill of the staff", "工作人员业务水平"),
        "attitude": Text("Attitude of the staff", "工作人员服务态度"),
        "satisfaction": Text("Customer satisfaction", "客户满意度"),
        "loyalty": Text("Customer loyalty", "客户忠诚"),
    },
    paths={"satisfaction": ["products", "skill", "attitude"], "loyalty": ["satisfaction"]},
    source="three driver blocks and one outcome; a company's own choice, not a standard",
    optional=frozenset({"loyalty"}),
)
TEMPLATES: Mapping[str, Template] = {template.key: template for template in (ACSI, ECSI, BANK)}

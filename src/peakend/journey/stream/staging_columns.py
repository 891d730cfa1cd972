"""The result tables of staging: the scales, the scenes, and what scenes lack."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.journey.stream.lists import of_a_scale, of_a_scene, of_a_touchpoint
from peakend.language import Text

_TOUCHPOINT = (
    column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
    column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
)

STAGING = ResultTable(
    "staging",
    (
        column("scope", "string", "programme, or touchpoint", "范围：programme 整个系列、touchpoint 接触点"),
        column(
            "origin", "string", "survey, or check (of service visits)", "来源：survey 调查、check 服务检查"
        ),
        column("programme", "string", "Survey programme (empty: checks)", "调查系列（空为服务检查）"),
        column("touchpoint_id", "string", "Touchpoint (empty: the whole)", "接触点（空为整体）"),
        *_TOUCHPOINT,
        column(
            "aspect",
            "string",
            "participation (body, emotion, mind), stages (comfort to aftertaste) or senses",
            "方面：participation 参与（形体、情绪、知识）、stages 心理过程（舒适至回味）、senses 五感",
        ),
        column("item", "string", "Item of the aspect", "该方面的项目"),
        column("label_en", "string", "Item in English", "项目英文名"),
        column("label_zh", "string", "Item in Chinese", "项目中文名"),
        column("position", "integer", "Place of the item in its aspect", "项目次序"),
        column(
            "missing",
            "flag",
            "True: nobody is asked about it, though about others of the aspect",
            "同一方面的其他项目有而此项缺失",
        ),
        column("n", "integer", "Scores", "得分数", "answers"),
        column("customers", "integer", "Different customers among them", "其中不同客户数", "customers"),
        column(
            "value", "number", "Mean from 0 (worst) to 100 (best)", "均值（0 最差，100 最好）", "index points"
        ),
        *interval_ends("value", "index points"),
        column(
            "pairs",
            "integer",
            "Scores with an overall satisfaction beside them",
            "同时有总体满意度的得分数",
            "answers",
        ),
        column(
            "correlation",
            "number",
            "Correlation with overall satisfaction",
            "与总体满意度的相关系数",
            "correlation",
        ),
        *interval_ends("correlation", "correlation"),
        column(
            "p_value", "number", "Two-sided p of no correlation", "无相关假设下的双侧 p 值", "probability"
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction within the aspect and programme",
            "在同一方面、系列内作 Holm 校正后的 p 值",
            "probability",
        ),
        *HIDDEN,
    ),
    ("scope", "origin", "programme", "touchpoint_id", "aspect", "item"),
    Text(
        "How far customers take part, how their feeling rises, what their senses meet; and what nobody asks.",
        "客户参与到什么程度、感受如何层层递进、五感如何；以及尚无人问及的部分。",
    ),
    behind=of_a_scale,
)
SCENES = ResultTable(
    "experience_scenes",
    (
        column("journey_id", "string", "Journey", "旅程"),
        column("customer_id", "string", "Customer (empty: not identified)", "客户（空为未识别）"),
        column("services", "string", "Services on stage: its touchpoints", "上演的服务：所经接触点"),
        column(
            "stage",
            "string",
            "Stage: the sites it played at (empty: not known)",
            "舞台：所在网点（空为未知）",
        ),
        column(
            "props",
            "string",
            "Props: products bought meanwhile (empty: none)",
            "道具：其间购买的产品（空为无）",
        ),
        column(
            "actors", "string", "Actors: employees met (empty: not known)", "演员：接触的员工（空为未知）"
        ),
        column(
            "memory",
            "number",
            "Memory: overall score given for it, 0 to 1 (empty: not asked)",
            "记忆：对其总体评分（0 至 1，空为未问）",
            SHARE,
        ),
        column(
            "missing",
            "integer",
            "How many of stage, props, actors and memory it lacks",
            "舞台、道具、演员、记忆四者中缺失的个数",
        ),
    ),
    ("journey_id",),
    Text(
        "One row a journey as a scene: stage, props, actors, memory.",
        "每段旅程作为一幕：舞台、道具、演员与记忆。",
    ),
    behind=of_a_scene,
)
PARTS = ResultTable(
    "scene_parts",
    (
        column(
            "touchpoint_id",
            "string",
            "Touchpoint, as in journey_steps (empty: all journeys)",
            "接触点，同 journey_steps（空为全部旅程）",
        ),
        *_TOUCHPOINT,
        column("touchpoint_position", "integer", "Place in the journey", "旅程顺序"),
        column("journeys", "integer", "Journeys through it", "经过的旅程数", "journeys"),
        column("customers", "integer", "Different customers", "不同客户数", "customers"),
        column("stage", "number", "Share of them whose site is known", "已知网点的占比", SHARE),
        column("props", "number", "Share in which something was bought", "其间有购买的占比", SHARE),
        column("actors", "number", "Share whose employee is known", "已知员工的占比", SHARE),
        column("memory", "number", "Share with an overall score afterwards", "事后有总体评分的占比", SHARE),
        column("whole", "number", "Share that has all four", "四者俱全的占比", SHARE),
        *HIDDEN,
    ),
    ("touchpoint_id",),
    Text(
        "What the journeys through a touchpoint have of a scene, and what is missing.",
        "经过各接触点的旅程具备“一幕”的哪些要素，又缺哪些。",
    ),
    behind=of_a_touchpoint,
)

"""Names of types, states and kinds as people read them."""

from __future__ import annotations

from peakend.language import Text

TYPES: dict[str, Text] = {
    "nps": Text("Recommendation (NPS, 0–10)", "推荐意愿（净推荐值，0–10）"),
    "csat": Text("Satisfaction (CSAT)", "满意度（CSAT）"),
    "ces": Text("Effort (CES)", "费力度（CES）"),
    "rating": Text("Rating", "评分"),
    "pair": Text("Expected and met (pair)", "期望与感知（成对）"),
    "single": Text("One of several", "单选"),
    "multiple": Text("Several", "多选"),
    "matrix": Text("Rating of several things (matrix)", "矩阵评分"),
    "ranking": Text("Ranking", "排序"),
    "text": Text("Own words", "开放题"),
    "consent": Text("Consent", "征求同意"),
}
STATUS: dict[str, Text] = {
    "draft": Text("Draft", "草稿"),
    "live": Text("Live", "进行中"),
    "closed": Text("Closed", "已关闭"),
}
KINDS: dict[str, Text] = {
    "transactional": Text("After a touchpoint", "接触点后"),
    "relational": Text("Relationship, from time to time", "关系型，定期进行"),
    "pulse": Text("Pulse, short and often", "脉搏式，短而频繁"),
}
OPERATORS: dict[str, Text] = {
    "eq": Text("is", "等于"),
    "ne": Text("is not", "不等于"),
    "in": Text("is one of", "属于其中之一"),
    "contains": Text("includes", "包含"),
    "lt": Text("is below", "小于"),
    "le": Text("is at most", "不大于"),
    "gt": Text("is above", "大于"),
    "ge": Text("is at least", "不小于"),
    "answered": Text("is answered", "已作答"),
    "not_answered": Text("is not answered", "未作答"),
}
TONES: dict[str, Text] = {
    "": Text("Judge by its words", "按措辞判断"),
    "functional": Text("Functional: what was done", "功能性：做了什么"),
    "emotional": Text("Emotional: how it felt", "情感性：感受如何"),
}
PURPOSES: dict[str, Text] = {
    "service": Text("Contact about this service", "就本次服务联系"),
    "survey": Text("Further surveys", "后续调查"),
    "research": Text("Research", "研究"),
    "marketing": Text("Offers", "营销推广"),
    "quote": Text("Quoting the answer", "引用回答"),
}

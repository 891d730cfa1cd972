"""The words of the area's codes in both languages."""

from __future__ import annotations

from peakend.language import Text

EXCHANGE: dict[str, Text] = {
    "design": Text("Design", "设计"),
    "packaging": Text("Packaging", "包装"),
    "delivery": Text("Delivery", "交付"),
    "service": Text("Service", "服务"),
}
SCOPES: dict[str, Text] = {
    "customer_service": Text("Customer service", "客户服务"),
    "product_quality": Text("Product quality", "产品质量"),
    "service_quality": Text("Service quality", "服务质量"),
    "after_sales": Text("After-sales", "售后服务"),
}
GRADES: dict[str, Text] = {
    "low": Text("Low", "低"),
    "medium": Text("Medium", "中"),
    "high": Text("High", "高"),
}
LEVELS: dict[str, Text] = {
    "minimal": Text("Minimal", "最低限度"),
    "standard": Text("Standard", "标准"),
    "extended": Text("Extended", "加强"),
    "core": Text("Core of the offer", "核心竞争力"),
}
FACTORS: dict[str, Text] = {
    "marketing": Text("All marketing variables are considered", "全面考虑所有营销变量"),
    "capability": Text("Key capability and personal networks", "关键能力与人际网络"),
    "consistency": Text("Consistency and balance", "一致与平衡"),
    "identification": Text("Mutual identification", "相互认同"),
}
ENVIRONMENT: dict[str, Text] = {
    "clean": Text("Clean and tidy", "整洁"),
    "signs": Text("Signs and way-finding", "标识与引导"),
    "waiting": Text("Waiting area and seats", "等候区与座位"),
    "equipment": Text("Equipment works", "设备完好"),
    "privacy": Text("Privacy at the counter", "柜台私密性"),
    "access": Text("Access without barriers", "无障碍通行"),
    "information": Text("Information at hand", "信息告知"),
    "comfort": Text("Light, noise, temperature", "光线、噪声与温度"),
}
STAGES: dict[str, Text] = {
    "before": Text("Before: open the door", "购前：敞开大门"),
    "during": Text("During: meet the expectation", "购中：符合期望"),
    "after": Text("After: follow up, repair, repeat", "购后：跟进、补救、再购"),
}
TRIGGERS: dict[str, Text] = {
    "before_visit": Text("Days before a planned visit", "预约上门前若干天"),
    "before_date": Text("Days before a date in the profile", "客户资料中某日期前若干天"),
    "after_interaction": Text("Days after an interaction", "互动后若干天"),
    "case_closed": Text("Days after a case was closed", "工单办结后若干天"),
    "silence": Text("After so many days of silence", "连续若干天无互动"),
    "anniversary": Text("Anniversary of the first interaction", "首次互动周年"),
}
# What a control chart is of: the answers themselves, not the score made of them.
ANSWERS: dict[str, Text] = {
    "nps": Text("Would recommend (0 to 10)", "推荐意愿（0 至 10）"),
    "rating": Text("Rating (1 to 5)", "评分（1 至 5）"),
    "csat": Text("Satisfaction (1 to 5)", "满意度（1 至 5）"),
    "ces": Text("Ease (1 to 7)", "省力度（1 至 7）"),
}
# What makes sense in which stage: a follow-up cannot come before what it follows.
TRIGGERS_OF: dict[str, tuple[str, ...]] = {
    "before": ("before_visit", "before_date", "silence", "anniversary"),
    "during": ("before_visit", "before_date", "after_interaction"),
    "after": ("after_interaction", "case_closed", "silence", "anniversary"),
}
PURPOSES: dict[str, Text] = {
    "service": Text("Service", "服务"),
    "marketing": Text("Marketing", "营销"),
    "survey": Text("Survey", "调查"),
    "research": Text("Research", "研究"),
}
CHANNELS: dict[str, Text] = {
    "phone": Text("Phone", "电话"),
    "in_person": Text("In person", "当面"),
    "letter": Text("Letter", "信件"),
    "email": Text("E-mail", "邮件"),
    "sms": Text("Text message", "短信"),
}
ACTIONS: dict[str, Text] = {
    "task": Text("A task for staff", "员工任务"),
    "invitation": Text("An invitation to a survey", "调查邀请"),
}
TASK_STATUSES: dict[str, Text] = {
    "open": Text("To do", "待办"),
    "done": Text("Done", "已完成"),
    "dropped": Text("Dropped", "已取消"),
    "invited": Text("Invited", "已邀请"),
    "spared": Text("Spared", "未打扰"),
}
FACTS: dict[str, Text] = {
    "tier": Text("Class of customer", "客户类别"),
    "last_score": Text("Last score (0 to 10)", "最近评分（0 至 10）"),
    "open_cases": Text("Open cases", "未结工单数"),
    "days_since_last": Text("Days since the last interaction", "距上次互动天数"),
    "language": Text("Language", "语言"),
    "relationship_days": Text("Days known to us", "客户关系天数"),
    "attribute": Text("Attribute or preference", "属性或偏好"),
}
NUMBERS = frozenset({"last_score", "open_cases", "days_since_last", "relationship_days"})
OPERATORS: dict[str, Text] = {
    "is": Text("is", "为"),
    "is_not": Text("is not", "不为"),
    "at_least": Text("is at least", "不少于"),
    "at_most": Text("is at most", "不多于"),
}

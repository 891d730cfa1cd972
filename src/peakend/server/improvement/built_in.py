"""Checklists that come with Peakend: repair in a home (TCH-12), and service at a counter (TCH-10)."""

from __future__ import annotations

from typing import Any


def _item(
    code: str, en: str, zh: str, aspect: str, weight: float, photo: bool = False, required: bool = True
) -> dict[str, Any]:
    return {
        "code": code,
        "text_en": en,
        "text_zh": zh,
        "aspect": aspect,
        "weight": weight,
        "required": required,
        "photo": photo,
    }


CHECKLISTS: list[dict[str, Any]] = [
    {
        "code": "property-repair",
        "name_en": "Repair at a customer's home",
        "name_zh": "上门维修",
        "kind": "visit",
        "reopen_days": 30,
        "items": [
            _item("on-time", "Arrived within the time agreed", "在约定时间内到达", "timeliness", 0.6),
            _item("called", "Called ahead to confirm", "提前致电确认", "timeliness", 0.4, required=False),
            _item("uniform", "Uniform and badge worn", "着装整齐，佩戴工牌", "conduct", 0.2),
            _item("knock", "Knocked, greeted, said who one is", "敲门问候，自报身份", "conduct", 0.2),
            _item("protect", "Furniture and floor covered", "铺垫保护家具与地面", "conduct", 0.2, photo=True),
            _item("explain", "Cause and work explained", "向客户说明原因与做法", "conduct", 0.2),
            _item(
                "clean", "Cleaned up, rubbish taken away", "清理现场，带走垃圾", "conduct", 0.2, photo=True
            ),
            _item("level", "Wall level and smooth", "墙面平整光滑", "quality", 0.4, photo=True),
            _item("no-leak", "Tested: no more leak", "试水确认，不再渗漏", "quality", 0.6, photo=True),
        ],
    },
    {
        "code": "counter-service",
        "name_en": "Service at a counter",
        "name_zh": "柜台服务",
        "kind": "counter",
        "reopen_days": 7,
        "items": [
            _item("greet", "Stood up, smiled, greeted", "起身、微笑、问候", "manner", 0.5),
            _item("address", "Called the customer by name", "以姓氏尊称客户", "manner", 0.2, required=False),
            _item("farewell", "Thanked and said goodbye", "致谢并道别", "manner", 0.3),
            _item("badge", "Uniform and badge worn", "着装整齐，佩戴工牌", "procedure", 0.3),
            _item("verify", "Identity and papers checked", "核对身份与证件", "procedure", 0.7),
            _item("wait", "Served within the time promised", "在承诺时间内受理", "efficiency", 0.5),
            _item("once", "Settled in one go", "一次办结", "efficiency", 0.5),
        ],
    },
]

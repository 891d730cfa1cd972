"""What may be done with people, their sign-in and the audit."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, declare

_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

OWN = declare(
    "people.own",
    EVERYBODY,
    Text("Look after one's own profile, sessions and tokens", "管理本人资料、登录与令牌"),
)
READ = declare("people.read", LEADERS, Text("See people of one's sites", "查看所辖网点人员"))
MANAGE = declare("people.manage", _ADMINISTRATORS, Text("Add and change people", "新增与维护人员"))
AUDIT = declare("audit.read", _ADMINISTRATORS, Text("Read and check the audit", "查看与校验审计日志"))

"""Who answers, and who may read answers one by one."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, declare

SUBMIT = declare(
    "answering.submit",
    LEADERS | {Role.FRONT_LINE},
    Text("Send in answers of customers", "提交客户的回答"),
    respondents=True,
)
READ = declare("answering.read", EVERYBODY, Text("Read answers", "查看回答"))

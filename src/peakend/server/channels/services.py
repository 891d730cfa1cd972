"""The services of the area, for those who call it from elsewhere."""

from __future__ import annotations

from peakend.server.channels.declining import decline
from peakend.server.channels.inviting import Asked, cancel, invite, invite_many, report_bounce
from peakend.server.channels.places import edit_place, open_everywhere, open_place, set_active
from peakend.server.channels.quotas import save_quota
from peakend.server.channels.rules import set_rules, set_survey_rules, set_wording
from peakend.server.channels.triggers import save_trigger
from peakend.server.channels.waves import end_wave, make_panel, plan_wave

__all__ = [
    "Asked",
    "cancel",
    "decline",
    "edit_place",
    "end_wave",
    "invite",
    "invite_many",
    "make_panel",
    "open_everywhere",
    "open_place",
    "plan_wave",
    "report_bounce",
    "save_quota",
    "save_trigger",
    "set_active",
    "set_rules",
    "set_survey_rules",
    "set_wording",
]

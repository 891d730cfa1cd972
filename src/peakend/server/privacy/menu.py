"""The area's place in the menu."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.privacy.policies import READ
from peakend.server.web.navigation import add_place

add_place("privacy:requests", Text("Privacy", "隐私"), READ, 70, "keep")

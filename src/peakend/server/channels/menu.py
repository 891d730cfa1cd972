"""Where channels stand in the menu, and their sheets."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.channels.policies import READ, READ_PLACES
from peakend.server.web.assets import add_asset
from peakend.server.web.navigation import add_place

add_place("channels:places", Text("Places", "投放点"), READ_PLACES, 30, "listen")
add_place("channels:invitations", Text("Invitations", "邀请"), READ, 40, "listen")
add_place("channels:contacts", Text("Contacts", "联系记录"), READ, 50, "listen")
add_asset("channels.css", ("peakend.server.channels", "assets/channels.css"))
add_asset("poster.css", ("peakend.report", "tokens.css"), ("peakend.server.channels", "assets/poster.css"))
add_asset("poster.js", ("peakend.server.channels", "assets/poster.js"))

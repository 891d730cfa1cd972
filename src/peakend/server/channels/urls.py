"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.channels.pages import contacts, declining, invitations, places, rounds

app_name = "channels"
urlpatterns = [
    path("places/", places.listed, name="places"),
    path("places/new/", places.new, name="place_new"),
    path("places/everywhere/", places.everywhere, name="place_everywhere"),
    path("places/posters/", places.posters, name="posters"),
    path("places/<str:key>/", places.shown, name="place"),
    path("places/<str:key>/edit/", places.edit, name="place_edit"),
    path("places/<str:key>/state/", places.state, name="place_state"),
    path("places/<str:key>/poster/", places.poster, name="poster"),
    path("places/<str:key>/qr.svg", places.svg, name="place_svg"),
    path("places/<str:key>/qr.png", places.png, name="place_png"),
    path("invitations/", invitations.listed, name="invitations"),
    path("invitations/new/", invitations.new, name="invite"),
    path("invitations/letters/", invitations.letters, name="letters"),
    path("invitations/letters/<str:kind>/<str:language>/", invitations.letter, name="letter"),
    path("invitations/<str:key>/cancel/", invitations.cancel, name="invitation_cancel"),
    path("invitations/<str:key>/bounce/", invitations.bounce, name="invitation_bounce"),
    path("contacts/", contacts.listed, name="contacts"),
    path("contacts/rules/", contacts.rules, name="contact_rules"),
    path("waves/", rounds.waves, name="waves"),
    path("waves/new/", rounds.wave_new, name="wave_new"),
    path("waves/<str:key>/end/", rounds.wave_end, name="wave_end"),
    path("triggers/", rounds.triggers, name="triggers"),
    path("triggers/new/", rounds.trigger_edit, name="trigger_new"),
    path("triggers/<str:key>/", rounds.trigger_edit, name="trigger"),
    path("quotas/", rounds.quotas, name="quotas"),
    path("quotas/new/", rounds.quota_edit, name="quota_new"),
    path("quotas/<str:key>/", rounds.quota_edit, name="quota"),
    path("s/no/<str:secret>/", declining.decline, name="decline"),
]

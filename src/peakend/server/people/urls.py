"""Addresses of the area."""

from __future__ import annotations

from django.urls import path

from peakend.server.people import arrival, audit_pages, door, own, pages

app_name = "people"
urlpatterns = [
    path("first-run/", arrival.begin, name="first_run"),
    path("sign-in/", door.sign_in, name="sign_in"),
    path("sign-in/code/", door.sign_in_code, name="sign_in_code"),
    path("sign-in/set-up/", door.sign_in_set_up, name="sign_in_set_up"),
    path("sign-in/company/", door.company_sign_in, name="company_sign_in"),
    path("sign-in/company/back/", door.company_sign_in_back, name="company_sign_in_back"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("language/", arrival.choose_language, name="language"),
    path("forgotten-password/", arrival.forgotten, name="forgotten"),
    path("choose-password/<str:key>/<str:token>/", arrival.choose_password, name="choose_password"),
    path("you/", own.profile, name="profile"),
    path("you/password/", own.change_password, name="change_password"),
    path("you/sessions/", own.sessions, name="sessions"),
    path("you/sessions/end-others/", own.end_others, name="end_others"),
    path("you/sessions/<str:key>/end/", own.end_session, name="end_session"),
    path("you/second-factor/", own.set_up_factor, name="set_up_factor"),
    path("you/second-factor/change/", own.change_factor, name="change_factor"),
    path("you/tokens/", own.own_tokens, name="tokens"),
    path("you/tokens/<str:key>/revoke/", own.revoke_token, name="revoke_token"),
    path("people/", pages.people, name="people"),
    path("people/new/", pages.new_person, name="new_person"),
    path("people/rules/", pages.rules, name="rules"),
    path("people/<str:key>/", pages.person, name="person"),
    path("people/<str:key>/edit/", pages.edit_person, name="edit_person"),
    path("people/<str:key>/tokens/<str:token>/revoke/", pages.revoke_token_of, name="revoke_token_of"),
    path("people/<str:key>/<slug:what>/", pages.act_on_person, name="act_on_person"),
    path("audit/", audit_pages.audit_log, name="audit"),
    path("audit/check/", audit_pages.check_audit, name="check_audit"),
    path("audit/file.csv", audit_pages.audit_csv, name="audit_csv"),
]

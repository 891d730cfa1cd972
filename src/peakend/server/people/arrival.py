"""Arriving: the first administrator, invitations, forgotten passwords, the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import SiteError, TooManyError
from peakend.server.people import attempts, entering, first_run, passwords
from peakend.server.people.forms import ChooseForm, FirstRunForm, ForgottenForm
from peakend.server.people.links import user_of_link
from peakend.server.people.services import change_profile
from peakend.server.web.address import address_of, next_of, origin_of
from peakend.server.web.forms import refused
from peakend.server.web.pages import known_actor, public_page
from peakend.server.web.say import say, spoken


@public_page
def begin(request: HttpRequest) -> HttpResponse:
    """The first-run page: whoever has the setup code becomes the first administrator."""
    if not first_run.is_new():
        return redirect("people:sign_in")
    first_run.setup_code()  # there from now on, for who looks for it in the site's folder
    form = FirstRunForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            try:
                user = first_run.begin_site(data.pop("code"), language=spoken(), **data)
            except SiteError as error:
                refused(form, error)
                status = error.status
            else:
                return entering.let_in(request, user, "/", way="first run")
    return render(request, "people/first_run.html", {"form": form}, status=status)


@public_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer never tells whether there is such an account."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attempts.begin(attempts.address(address_of(request)))
        except TooManyError as error:
            refused(form, error)
            return render(request, "people/forgotten.html", {"form": form}, status=429)
        passwords.forgot(form.cleaned_data["email"], origin_of(request))
        return render(request, "people/forgotten.html", {"sent": form.cleaned_data["email"]})
    status = 422 if request.method == "POST" else 200
    return render(request, "people/forgotten.html", {"form": form}, status=status)


@public_page
def choose_password(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Behind the link of an invitation or a forgotten password."""
    user = user_of_link(key, token)
    if user is None:
        return render(request, "people/gone.html", status=410)
    form = ChooseForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                passwords.choose(key, token, form.cleaned_data["password"])
            except SiteError as error:
                refused(form, error)
            else:
                messages.success(
                    request, say("Your password is set. Sign in with it.", "密码已设置，请登录。")
                )
                return redirect("people:sign_in")
    return render(request, "people/choose.html", {"form": form, "person": user}, status=status)


@public_page
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, also the next time somebody who is signed in signs in."""
    response = redirect(next_of(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        language = "zh" if chosen.startswith("zh") else "en"
        entering.speak(response, language)
        actor = known_actor(request)
        if actor is not None and actor.kind == "person":
            change_profile(actor=actor, language=language)
    return response

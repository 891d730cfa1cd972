"""The door: signing in and out, the second factor, the company's own sign-in."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting.errors import SiteError, TooManyError
from peakend.server.company.selectors import company_name
from peakend.server.people import attempts, devices, entering, first_run, oidc, second_factor, sign_ins
from peakend.server.people.acting import actor_of_user
from peakend.server.people.forms import CodeForm
from peakend.server.people.passwords import right_password
from peakend.server.people.sealing import seal, unseal
from peakend.server.web.address import address_of, next_of, origin_of, own_path
from peakend.server.web.forms import refused
from peakend.server.web.pages import known_actor, public_page
from peakend.server.web.say import say, told

_ENROLLING = "enrolling"


@public_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password. What is said is the same whether there is such an account or not."""
    next_ = next_of(request)
    if first_run.is_new():
        return redirect("people:first_run")
    if request.method != "POST":
        return _door(request, next_)
    email, password = request.POST.get("email", ""), request.POST.get("password", "")
    known = devices.count_of(request, email)
    # A device that knows the account is not held up by what others do to the account or from the same
    # address.
    own, shared = known or attempts.account(email), () if known else (attempts.address(address_of(request)),)
    try:
        attempts.begin(own, *shared)
    except TooManyError as error:
        response = _door(request, next_, email, error=told(error.what) + " " + told(error.do), status=429)  # type: ignore[arg-type]
        response["Retry-After"] = str(error.data["retry_after"])
        return response
    user = right_password(email, password)
    if user is None:
        wrong = say("E-mail or password is wrong.", "邮箱或密码不正确。")
        return _door(request, next_, email, error=wrong, status=422)
    attempts.succeeded(own, shared=shared)
    return entering.enter(request, user, next_, way="password")


def _door(
    request: HttpRequest, next_: str, email: str = "", *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "email": email[:254],
        "error": error,
        "next": next_,
        "company": company_name(),
        "provider": oidc.provider() is not None,
        "known": known_actor(request),
    }
    return render(request, "people/sign_in.html", context, status=status)


@public_page
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second factor of somebody whose password was right."""
    half = entering.half_of(request)
    if half is None:
        return redirect("people:sign_in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        count = attempts.code(half.user.key)
        try:
            if form.is_valid():
                attempts.begin(count)
                if not second_factor.used_code(half.user, form.cleaned_data["code"]):
                    raise second_factor.wrong_code()
                attempts.succeeded(count)
                return entering.let_in(request, half.user, own_path(half.next), way=half.way)
        except SiteError as error:
            refused(form, error)
            status = error.status
    return render(request, "people/code.html", {"form": form}, status=status)


@public_page
def sign_in_set_up(request: HttpRequest) -> HttpResponse:
    """Setting up the second factor that the role needs, before the first session."""
    half = entering.half_of(request)
    if half is None or second_factor.has(half.user):
        return redirect("people:sign_in")
    form, secret = CodeForm(request.POST or None), enrolling_secret(request)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                code = form.cleaned_data["code"]
                codes = second_factor.confirm(actor=actor_of_user(half.user), secret=secret, code=code)
                request.session.pop(_ENROLLING, None)
                entering.begin_session(request, half.user, way=half.way)
                shown = render(request, "people/codes.html", {"codes": codes, "next": own_path(half.next)})
                return entering.greet(request, shown, half.user)
        except SiteError as error:
            refused(form, error)
    url = second_factor.provisioning_url(half.user, secret)
    context = {"form": form, "secret": secret, "qr": second_factor.qr_picture(url)}
    return render(request, "people/set_up.html", context, status=status)


def enrolling_secret(request: HttpRequest) -> str:
    """The secret this session is setting up; the same until it is confirmed."""
    kept = request.session.get(_ENROLLING)
    if kept:
        try:
            return unseal(kept)
        except ValueError:
            pass
    secret = second_factor.fresh_secret()
    request.session[_ENROLLING] = seal(secret)
    return secret


def enrolled(request: HttpRequest) -> None:
    """Forget the secret: it was confirmed."""
    request.session.pop(_ENROLLING, None)


@public_page
@require_GET
def company_sign_in(request: HttpRequest) -> HttpResponse:
    """Off to the company's identity provider. A link, as a form may only lead to this site."""
    request.session["company_next"] = next_of(request)
    return oidc.go(request, origin_of(request) + reverse("people:company_sign_in_back"))


@public_page
@require_GET
def company_sign_in_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    found = oidc.come_back(request)
    next_ = own_path(str(request.session.pop("company_next", "/")))
    return entering.enter(request, found.user, next_, way="provider", strong=found.second_factor)


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    actor, mark = known_actor(request), sign_ins.mark_of(request)
    if actor is not None and actor.kind == "person" and mark:
        sign_ins.end_session(actor=actor, key=mark)
    logout(request)
    return redirect("people:sign_in")

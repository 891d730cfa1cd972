"""One place turns errors into pages or into JSON problems (RFC 9457)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting.errors import NotFoundError, SiteError
from peakend.server.web.pages import public_page
from peakend.server.web.say import told
from peakend.server.web.unavailable import UnavailableError, noted

if TYPE_CHECKING:
    from typing import Any

PROBLEM = "application/problem+json"


class ForgedFormError(SiteError):
    """A form came without the page it belongs to."""

    code = "site.forged_form"
    status = 403


class FaultError(SiteError):
    """A fault of ours."""

    code = "site.fault"
    status = 500


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/")


def shown_error(request: HttpRequest, error: PeakendError) -> HttpResponse:
    """The error as a page, or as a problem where a program asks."""
    status = getattr(error, "status", 422)
    if is_api(request):
        response: HttpResponse = JsonResponse(problem(error), status=status, content_type=PROBLEM)
    elif isinstance(error, UnavailableError):
        response = HttpResponse(_without_database(request, error), status=status)
    else:
        response = render(request, "web/error.html", {"error": error, "status": status}, status=status)
    if "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    if status == 401 and is_api(request):
        response["WWW-Authenticate"] = 'Bearer realm="peakend"'
    return response


def _without_database(request: HttpRequest, error: UnavailableError) -> str:
    """The page of an error that the frame of other pages would meet again: nobody asks who is signed in."""
    asked = translation.get_language_from_request(request)
    with translation.override(asked):
        language = "zh" if asked.startswith("zh") else "en"
        return render_to_string("web/unavailable.html", {"error": error, "language": language})


def problem(error: PeakendError) -> dict[str, Any]:
    """The body of a JSON problem: type, title, status, detail, and the fields that are wrong."""
    found: dict[str, Any] = {
        "type": f"urn:peakend:{error.code}",
        "title": told(error.what),
        "status": getattr(error, "status", 422),
        "code": error.code,
    }
    if error.do is not None:
        found["detail"] = told(error.do)
    if "fields" in error.data:
        found["errors"] = error.data["fields"]
    return found


@public_page
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such address."""
    return shown_error(request, NotFoundError())


@public_page
def fault(request: HttpRequest) -> HttpResponse:
    """Something broke; the log has it under the request's number. Or it is only the database that is away."""
    broken = sys.exception()  # Django asks for this page while it handles what was raised, wherever that was
    if broken is not None and (found := noted(request, broken)) is not None:
        return shown_error(request, found)
    number = getattr(request, "number", "")
    return shown_error(
        request,
        FaultError(
            Text("Something broke on our side.", "系统出现故障。"),
            Text(
                "Nothing you entered was half done. Try again; "
                f"if it stays, tell your administrator the number {number}.",
                f"您的操作未被部分执行。请重试；若仍然出现，请将编号 {number} 告知管理员。",
            ),
        ),
    )


@public_page
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: forged, or from a page kept open too long."""
    return shown_error(
        request,
        ForgedFormError(
            Text("This form has expired.", "此表单已过期。"),
            Text("Open the page again and send it once more.", "请重新打开页面后再次提交。"),
        ),
    )

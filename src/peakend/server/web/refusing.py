"""What is refused before any page looks at it: bodies that are too large, and what no database can keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpResponse

from peakend.language import Text
from peakend.server.acting.errors import SiteError
from peakend.server.web.errors import is_api, shown_error
from peakend.server.web.pages import public_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


class TooLargeError(SiteError):
    """More was sent than this address takes."""

    code = "site.too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            Text("That is more than this page takes.", "发送的内容超出此页面的上限。"),
            Text("Send less at once.", "请减少一次发送的内容。"),
        )


class UnreadableError(SiteError):
    """What was sent cannot be read: a broken form, or signs that no text has."""

    code = "site.unreadable"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            Text("What was sent cannot be read.", "无法读取发送的内容。"),
            Text("Go back, open the page again and send it once more.", "请返回并重新打开页面，再次提交。"),
        )


@public_page
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's word for a suspicious request, as a page or a problem."""
    if isinstance(exception, DisallowedHost):
        # Under a foreign name nothing of the site is shown, not even its frame.
        return HttpResponse(
            "This host name is not this site's.\n此主机名不属于本网站。\n", "text/plain; charset=utf-8", 400
        )
    large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    return shown_error(request, TooLargeError() if large else UnreadableError())


class Whole:
    """Pages get no NUL: no text has one, and PostgreSQL takes none, not even to compare with."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:  # noqa: ANN401 - Django's
        """A page that says no; None where nothing is wrong. The API has a parser of its own."""
        if is_api(request):
            return None
        sent = [request.path, *_every(request.GET), *_every(request.POST)]
        return shown_error(request, UnreadableError()) if any("\x00" in one for one in sent) else None


def _every(form: Any) -> list[str]:  # noqa: ANN401 - a QueryDict
    return [word for name, values in form.lists() for word in (name, *values)]

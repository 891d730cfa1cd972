"""The frame of the API: who calls, how errors look, how lists are paged. The areas bring the operations."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.db import DataError
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.release import version
from peakend.server.acting.errors import InvalidError, NotFoundError, NotSignedInError, SiteError
from peakend.server.acting.policies import require
from peakend.server.web.errors import shown_error
from peakend.server.web.openapi import Described, name_of, tags_of
from peakend.server.web.pages import actor_of, known_actor
from peakend.server.web.parsing import StrictParser
from peakend.server.web.unavailable import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ninja.operation import Operation

# What the areas are called where operations are listed.
AREA_NAMES = {
    "company": Text("Company, sites, teams, touchpoints", "公司、站点、团队与接触点"),
    "people": Text("People, tokens, audit", "人员、令牌与审计"),
    "notices": Text("Notifications, e-mails, webhooks", "通知、邮件与网络钩子"),
    "customers": Text("Customers, interactions, consents", "客户、互动与授权"),
    "surveys": Text("Surveys", "问卷"),
    "channels": Text("Places, invitations, waves, quotas", "投放点、邀请、批次与配额"),
    "answering": Text("Answers", "答卷"),
    "cases": Text("Cases", "工单"),
    "improvement": Text("Huddles, topics, visits, goals", "班前会、议题、走访与目标"),
    "promises": Text("Promises to customers", "对客户的承诺"),
    "care": Text("Customer care", "客户关怀"),
    "initiatives": Text("Initiatives, win-back", "举措与客户挽回"),
    "boards": Text("Scores, views, customer 360", "得分、视图与客户全景"),
    "privacy": Text("Privacy", "隐私"),
    "sync": Text("Warehouse", "数据仓库"),
    "work": Text("Worker", "后台任务"),
}


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> object:
        """The actor of the token, None for a stranger."""
        return known_actor(request)


class Session(APIKeyCookie):
    """The cookie of somebody signed in on the pages; with a CSRF token where it changes something."""

    param_name = "peakend_session"

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> object:
        """The actor of the session, None for a stranger."""
        if request.headers.get("Authorization") or known_actor(request) is None:
            return None
        if request.method not in ("GET", "HEAD", "OPTIONS") and check_csrf(request) is not None:
            return None
        return known_actor(request)


class SiteAPI(NinjaAPI):
    """Ninja's API with a description of our own."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Described:
        """The whole description, OpenAPI 3.1."""
        return Described(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The operation's id."""
        return name_of(operation)


api = SiteAPI(
    title="Peakend",
    version=version(),
    description="Everything a page can do. Errors are problems (RFC 9457); unsafe calls take an "
    "Idempotency-Key.",
    auth=[Bearer(), Session()],
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    openapi_extra={"tags": tags_of(AREA_NAMES)},
    parser=StrictParser(),
)


def acts(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Under the router's decorator: the operation needs the policy's yes to `action`.

    Pass `actor_of(request)` on to the service. The policy is asked before the call is read: who may not do it
    learns nothing about the form it needs.
    """

    def first(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(run)
        def ran(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the operation's
            require(actor_of(request), action)
            if any("\x00" in value for value in kwargs.values() if isinstance(value, str)):
                raise NotFoundError  # PostgreSQL takes no NUL, not even to compare with
            return run(request, *args, **kwargs)

        return ran

    def made(operation: Callable[..., Any]) -> Callable[..., Any]:
        operation.action = action  # type: ignore[attr-defined]
        return decorate_view(first)(operation)

    return made


@api.exception_handler(PeakendError)
def _told(request: HttpRequest, error: PeakendError) -> HttpResponse:
    return shown_error(request, error)


@api.exception_handler(OSError)
@api.exception_handler(DatabaseFault)
def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    found = noted(request, error)
    if found is None:
        raise error
    return shown_error(request, found)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors
    ]
    return shown_error(
        request,
        InvalidError(
            Text("The call does not have the form it needs.", "调用的内容不符合要求。"),
            Text("Mend the fields named in errors.", "请修正 errors 中列出的字段。"),
            fields=fields,
        ),
    )


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        return shown_error(request, NotSignedInError())
    if isinstance(error.__cause__, PeakendError):  # ninja hides what the parser says
        return shown_error(request, error.__cause__)
    found = SiteError(Text(str(error), str(error)))
    found.status = error.status_code  # type: ignore[misc]
    return shown_error(request, found)


from ninja.errors import AuthenticationError  # noqa: E402


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return shown_error(request, NotSignedInError())


@api.exception_handler(DataError)
def _out_of_range(request: HttpRequest, error: DataError) -> HttpResponse:
    # PostgreSQL refuses what no check foresaw, such as a number its column cannot hold.
    return shown_error(
        request,
        InvalidError(
            Text("A value is larger than what can be kept.", "某个值超出可保存的范围。"),
            Text("Send a smaller one.", "请使用较小的值。"),
        ),
    )

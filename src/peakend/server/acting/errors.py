"""What can go wrong between a person and a service. One handler turns each into a page or a JSON problem."""

from __future__ import annotations

from typing import ClassVar

from peakend.errors import PeakendError
from peakend.language import Text


class SiteError(PeakendError):
    """An error of the site; `status` is its HTTP status."""

    code = "site.error"
    status: ClassVar[int] = 400


class NotSignedInError(SiteError):
    """Nobody is signed in and no token was sent."""

    code = "site.not_signed_in"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            Text("You are not signed in.", "您尚未登录。"),
            Text("Sign in, or send an API token.", "请先登录，或附上 API 令牌。"),
        )


class NotAllowedError(SiteError):
    """The actor may not do that."""

    code = "site.not_allowed"
    status = 403

    def __init__(self, action: str) -> None:
        super().__init__(
            Text("Your role does not allow this.", "您的角色无权进行此操作。"),
            Text("Ask an administrator of your company.", "请联系贵公司的管理员。"),
            action=action,
        )


class NotFoundError(SiteError):
    """There is none, or the actor may not see it: the answer is the same."""

    code = "site.not_found"
    status = 404

    def __init__(self, kind: Text | None = None) -> None:
        super().__init__(
            Text("There is nothing here, or you may not see it.", "此处没有内容，或您无权查看。"),
            Text("Go back to the list and choose again.", "请返回列表重新选择。"),
            kind=kind.en if kind else "",
        )


class ConflictError(SiteError):
    """What is asked for contradicts what is."""

    code = "site.conflict"
    status = 409


class InvalidError(SiteError):
    """The input cannot be taken; `data["fields"]` may name fields with their sentences."""

    code = "site.invalid"
    status = 422


class TooManyError(SiteError):
    """Too many requests; `data["retry_after"]` says in how many seconds to come again."""

    code = "site.too_many"
    status = 429

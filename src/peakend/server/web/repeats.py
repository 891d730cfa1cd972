"""Calls of the API that may be repeated: each happens once, and the same call again gets the same answer.

What is kept for that is the answer alone, which may tell of a customer. The call's key and content are
kept as digests that nobody can guess without the caller's own token, and an erasure takes the answer away:
the call is then still known, and still does not happen twice.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.models import RepeatableRequest
from peakend.server.web.errors import shown_error
from peakend.server.web.pages import known_actor

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[HttpRequest], HttpResponse]

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Beside the headers of the answer, named as in HTTP/2: the address called may be that of somebody's case.
_PATH = ":path"


class AnswerErasedError(ConflictError):
    """The call was done under this key; what it was answered was erased since."""

    code = "site.answer_erased"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "This call was done; its answer was erased with a customer's data.",
                "此调用已执行，其应答已随客户数据一并删除。",
            ),
            Text("Nothing was done again. Read what is there now.", "未重复执行。请直接读取当前内容。"),
        )


def repeatable(handle: Handler) -> Handler:
    """A call of the API with an `Idempotency-Key` happens once; the same call again gets the same answer.

    The same key with another content is a conflict. The key is kept in the transaction of the call itself, so
    that a process that dies leaves neither.
    """

    def pass_on(request: HttpRequest) -> HttpResponse:
        name = request.headers.get("Idempotency-Key")
        if name is None or request.method not in _UNSAFE or not request.path.startswith("/api/"):
            return handle(request)
        # A token that was revoked, or a session that ended, gets no answer of before either.
        if known_actor(request) is None:
            return handle(request)
        try:
            return _once(handle, request, name)
        except PeakendError as error:
            return shown_error(request, error)

    return pass_on


def forget_answers(rows: Any) -> int:  # noqa: ANN401 - a QuerySet
    """Take the answers of these kept calls away; the calls stay known. How many."""
    return int(rows.update(status=None, headers={}, body=b""))


def _once(handle: Handler, request: HttpRequest, name: str) -> HttpResponse:
    if not (0 < len(name) <= 200 and name.isascii() and name.isprintable() and " " not in name):
        raise InvalidError(
            Text(
                "An idempotency key has 1 to 200 letters, digits or signs of ASCII.",
                "幂等键须为 1 至 200 个 ASCII 字符，不含空格。",
            ),
            Text(
                "Send a random one for every call, such as a UUID.", "请为每次调用发送一个随机值，例如 UUID。"
            ),
        )
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    secret = f"{request.headers.get('Authorization', '')}\n{session}".encode()
    caller = hashlib.sha256(secret).hexdigest()
    content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    key, digest = _keyed(secret, name.encode()), _keyed(secret, content)
    try:
        with transaction.atomic():
            kept = RepeatableRequest.objects.create(caller=caller, name=key, digest=digest, at=clock.now())
            response = handle(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            kept.status, kept.body = response.status_code, response.content
            kept.headers = {"Content-Type": response.headers.get("Content-Type", ""), _PATH: request.path}
            kept.save()
            return response
    except IntegrityError:
        before = RepeatableRequest.objects.filter(caller=caller, name=key).first()
        if before is None:
            raise
    return _again(before, digest)


def _keyed(secret: bytes, content: bytes) -> str:
    """A key may be somebody's order number, a content somebody's words: guesses must not be confirmed."""
    return hmac.new(secret, content, hashlib.sha256).hexdigest()


def _again(before: RepeatableRequest, digest: str) -> HttpResponse:
    if before.digest != digest:
        raise ConflictError(
            Text("This idempotency key was used for another call.", "此幂等键已用于另一次调用。"),
            Text("Send a new key with a new call.", "新的调用请使用新的幂等键。"),
        )
    if before.status is None:
        raise AnswerErasedError
    headers = {name: value for name, value in before.headers.items() if name != _PATH}
    return HttpResponse(
        bytes(before.body), status=before.status, headers={**headers, "Idempotency-Replayed": "true"}
    )

"""Everything a page can do, a program can do: an operation reaches each service, or there is a reason."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import peakend.server

ROOT = Path(peakend.server.__file__).parent
_OWN = "the account of whoever signs in; a program has a token and neither password nor second factor"
_WORKER = "the worker does it by itself; nobody is asked"
_PUBLIC = "a page for strangers: who has no account has no token"
# Services without an operation of their own, with the reason.
WITHOUT: dict[str, str] = {
    "answering._complete": "the last step of sending answers, which the operation takes too",
    "answering._screen": "the last step of sending answers, which the operation takes too",
    "answering._written_anew": _WORKER,
    "boards.take_figures": "the figures themselves are GET /scores",
    "boards.take_answers": "the answers themselves are GET /scores/answers",
    "cases.turn": "PUT of a rule, deadline, cause or template says whether it is active",
    "channels.invite": "one customer; POST /invitations asks many by the same step",
    "channels.send_one": _WORKER,
    "channels.remind_one": _WORKER,
    "channels.open_and_close": _WORKER,
    "channels.queue_some": _WORKER,
    "customers.upload": "a file's rows are sent by POST /customers and its like",
    "customers.take_in": "a file's rows are sent by POST /customers and its like",
    "improvement.remind_unread": _WORKER,
    "improvement.forget_orphans": _WORKER,
    "improvement.remind_of_comments": _WORKER,
    "initiatives.contact_one": _WORKER,
    "initiatives.settle_some": _WORKER,
    "initiatives.judge_one": _WORKER,
    "people._make_first": "the first administrator, before anybody has a token",
    "people._match": "signing in through a provider",
    "people.change_password": _OWN,
    "people._ask_for_link": _PUBLIC,
    "people._choose": _PUBLIC,
    "people.confirm": _OWN,
    "people.renew_codes": _OWN,
    "people.turn_off": _OWN,
    "surveys._change_draft": "single changes of a draft; programs save it whole by PUT /surveys/{key}/draft",
}


def is_service(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(one, ast.Call) and getattr(one.func, "id", "") == "service" for one in node.decorator_list
    )


@cache
def services() -> dict[str, str]:
    """`area.function` of every service and the file it is in."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        area = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if is_service(node):
                found[f"{area}.{node.name}"] = str(path.relative_to(ROOT))  # type: ignore[attr-defined]
    return found


@cache
def reached() -> set[str]:
    """The names that a module with operations uses, and those used by functions of these names."""
    bodies: dict[str, set[str]] = {}
    wanted: set[str] = set()
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        of_api = path.name == "api.py" or path.stem.endswith("_api") or path.parent.name == "api"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                used = {
                    one.id if isinstance(one, ast.Name) else one.attr
                    for one in ast.walk(node)
                    if isinstance(one, ast.Name | ast.Attribute)
                }
                bodies.setdefault(node.name, set()).update(used)
                wanted |= used if of_api else set()
    # One step further: `submit` is no service, it calls one.
    return wanted | {name for one in wanted for name in bodies.get(one, ())}


def test_every_service_is_reached_by_an_operation_or_there_is_a_reason() -> None:
    assert len(services()) > 130
    missing = [
        f"{name} ({path})"
        for name, path in services().items()
        if name.partition(".")[2] not in reached() and name not in WITHOUT
    ]
    assert missing == []


def test_every_reason_is_still_needed() -> None:
    assert sorted(set(WITHOUT) - set(services())) == []

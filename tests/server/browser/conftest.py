"""Debian's chromium, and eyes for what it shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from server.browser.eyes import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from server.conftest import Company


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
    # Playwright's loop runs in this thread; Django takes its presence for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened_empty(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Watched]]:
    """`opened_empty(language="zh", width=390)`: a stranger's browser; the site may have nobody yet."""
    contexts = []

    def make(
        *,
        cookies: dict[str, str] | None = None,
        language: str = "en",
        width: int = 1200,
        scheme: str = "light",
        **options: Any,
    ) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            # axe is put into the page, which the policy of the page lets nobody do.
            bypass_csp=True,
            **options,
        )
        contexts.append(context)
        kept = {settings.LANGUAGE_COOKIE_NAME: "zh-hans" if language == "zh" else language, **(cookies or {})}
        context.add_cookies(
            [{"name": name, "value": it, "url": live_server.url} for name, it in kept.items()]
        )
        return Watched(context.new_page(), live_server.url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def opened(
    opened_empty: Callable[..., Watched], company: Company, client_of: Callable[..., Any]
) -> Callable[..., Watched]:
    """`opened("north.supervisor", language="zh", width=390)`: a browser with that user signed in."""

    def make(name: str = "", **options: Any) -> Watched:
        session = settings.SESSION_COOKIE_NAME
        cookies = {session: client_of(name).cookies[session].value} if name else {}
        return opened_empty(cookies=cookies, **options)

    return make

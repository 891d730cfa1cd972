from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peakend.cli.speech import UnknownLanguageError, both, picked, speak, split_language

if TYPE_CHECKING:
    from peakend.language import Language


@pytest.mark.parametrize(
    ("arguments", "environment", "language", "rest"),
    [
        (["list"], {}, "en", ["list"]),
        (["--lang", "zh", "list"], {}, "zh", ["list"]),
        (["report", "--lang=zh", "--out", "r.html"], {}, "zh", ["report", "--out", "r.html"]),
        (["list", "--lang", "en"], {"PEAKEND_LANG": "zh"}, "en", ["list"]),
        (["list"], {"PEAKEND_LANG": "zh-CN", "LANG": "en_US.UTF-8"}, "zh", ["list"]),
        (["list"], {"LC_ALL": "zh_CN.UTF-8"}, "zh", ["list"]),
        (["list"], {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en", ["list"]),
        (["show", "--", "--lang"], {}, "en", ["show", "--", "--lang"]),
    ],
)
def test_the_language_is_the_options_then_the_environments_then_the_locales(
    arguments: list[str], environment: dict[str, str], language: Language, rest: list[str]
) -> None:
    assert split_language(arguments, environment) == (language, rest)


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--lang"], ["--lang="]])
def test_another_language_is_an_error_in_both(arguments: list[str]) -> None:
    with pytest.raises(UnknownLanguageError) as caught:
        split_language(arguments, {})
    assert "--lang en or --lang zh" in caught.value.in_("en")
    assert "--lang en 或 --lang zh" in caught.value.in_("zh")


def test_a_help_text_is_picked_in_the_language_spoken() -> None:
    text = both("Load.", "载入。")
    try:
        speak("zh")
        assert picked(text) == "载入。"
        assert picked("plain") == "plain"
        speak("en")
        assert picked(text) == "Load."
    finally:
        speak("en")

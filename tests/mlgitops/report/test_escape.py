"""Names and sentences in Markdown."""

import pytest

from mlgitops.report.escape import block, cell, clean, code, plain, prose


def test_a_name_is_code_on_one_line_and_not_too_long():
    assert code("a\nb\t c") == "`a b c`"
    assert code("x" * 100) == f"`{'x' * 79}…`"
    assert code("``") == "`''`"
    assert code(" \u200b") == "`(empty)`"


def test_invisible_characters_are_dropped():
    assert clean("\u202eab\u2066c\u200bd\ud800\x00") == "abcd"


@pytest.mark.parametrize(
    ("text", "expected"), [("a|b", r"`a\|b`"), ("a\\|b", r"`a∖\|b`"), ("|", r"`\|`"), ("", ""), ("a\\", "`a\\`")]
)
def test_a_cell_keeps_its_pipes_to_itself(text, expected):
    assert cell(text) == expected


def test_a_sentence_keeps_its_code_and_nothing_else():
    assert prose("`a_b` is *worse* <b>") == r"`a_b` is \*worse\* \<b\>"
    assert prose("one ` alone") == "one ' alone"


def test_plain_text_mentions_nobody():
    assert plain("@ada #12 https://x www.x GH-1").count("\u200b") == 5


def test_a_fence_is_longer_than_any_inside():
    assert block(["````", "  indented", "\x1b[31mred"]) == "`````text\n````\n  indented\n [31mred\n`````"

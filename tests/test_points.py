"""Which line opens a list of points."""

from __future__ import annotations

import pytest

from groundswell.points import opening


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A.\nWe ask:\n- one;\n\n(b) two.", "We ask:"),
        ("We ask: two.", None),
        ("- one;\n- two.", None),
        ("", None),
    ],
)
def test_the_last_line_before_that_is_no_point(text: str, line: str | None) -> None:
    found = opening(text, len(text))
    assert (text[found.start : found.end] if found else None) == line

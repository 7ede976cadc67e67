"""TimeML read as text with marked words."""

from datetime import date

import pytest

from groundswell.evaluate.timeml import day, read

TML = """<TimeML><DCT><TIMEX3 tid="t0" value="2024-05-15T09:00">May 15</TIMEX3></DCT>
<TEXT>Guards <EVENT eid="e1">shot <SIGNAL/><TIMEX3 tid="t1">two</TIMEX3> men</EVENT> at dawn.</TEXT></TimeML>"""


def test_marked_words_stand_where_they_stand_in_the_text(tmp_path):
    path = tmp_path / "a.tml"
    path.write_text(TML, encoding="utf-8")
    found = read(path)
    assert (found.text, found.published) == ("Guards shot two men at dawn.", date(2024, 5, 15))
    words = [(node.tag, found.text[span.start : span.end]) for node, span in found.marked]
    assert words == [("TIMEX3", "two"), ("EVENT", "shot two men")]  # an element without words marks nothing


@pytest.mark.parametrize("value", ["2024-05", "2024-W20", "PRESENT_REF", ""])
def test_only_days_are_days(value):
    assert day(value) is None

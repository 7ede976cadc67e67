"""The ordered list of spans finds what looking at all of them finds."""

from hypothesis import given
from hypothesis import strategies as st

from groundswell.records import Span
from groundswell.spans import Spans

SPAN = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(st.lists(SPAN, max_size=20), SPAN)
def test_over_finds_all_that_overlap_in_order(spans, asked):
    assert Spans(spans).over(asked) == sorted(s for s in spans if s.overlaps(asked))


@given(st.lists(SPAN, max_size=20), SPAN)
def test_outermost_leaves_those_within_no_other(spans, asked):
    outer = {s for s in spans if not any(o != s and o.contains(s) for o in spans)}
    assert set(Spans(spans).outermost().over(asked)) == {s for s in outer if s.overlaps(asked)}

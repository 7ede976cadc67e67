"""Settling names: what is worked out once says what working it out anew would."""

from groundswell.resolve.gazetteer import Entry
from groundswell.resolve.place_score import Toponym, beside, cell_of, gather, settle


def entry(number, country, latitude, kind="city"):
    return Entry(number, f"P{number}", kind, 0, number, latitude, 10.0, 5000 * number, country, None, None, "ABC")


def test_a_name_with_one_candidate_is_sure_and_others_share():
    one = Toponym([entry(1, 90, 5.2)])
    two = Toponym([entry(2, 90, 5.7), entry(3, 91, 40.0)])
    settle([one, two])
    assert one.shares == [1.0]
    assert abs(sum(two.shares) - 1) < 1e-9
    assert two.shares[0] > 0.5  # beside the other name, in its country


def test_cells_given_and_cells_worked_out_say_the_same():
    names = [Toponym([entry(1, 90, 5.2)]), Toponym([entry(2, 90, 6.1), entry(3, 91, None)])]
    for name in names:
        name.shares = [1 / len(name.candidates)] * len(name.candidates)
    context, nothing = gather(names), gather([])
    for name in names:
        cells = [cell_of(each) for each in name.candidates]
        for index in range(len(cells)):
            known = beside(name, index, context, nothing, frozenset({90}), None, cells)
            assert known == beside(name, index, context, nothing, frozenset({90}))

"""Hyphens at line ends: joined where they are the typesetter's, kept where they are the writer's."""

from __future__ import annotations

import pytest

from groundswell.ingest.hyphens import Hyphens


@pytest.mark.parametrize(
    "word",
    """imperialist|backed US|NATO AFL|CIO Ohio|class pro|imperialist anti|capitalist Saudi|led 19|year T|shirt sit|in far|right
    self|determination re|election co|operative government|run rubber|coated out-of-|touch three|hour two-|year Jean|Luc
    hard|line Iran|backed Kejriwal|led state|owned door|to-door COVID|19 anti|government drive|by long|standing
    """.split(),  # noqa: SIM905
)
def test_kept(word):
    left, _, right = word.partition("|")
    left = left.removesuffix("-")
    assert Hyphens("").join(f"the {left}-", f"{right} words") in (
        f"the {left}-{right} words",
        f"the {left}{right} words",
    )
    if word not in ("hard|line", "long|standing"):  # one word as well as two
        assert Hyphens("").join(f"the {left}-", f"{right} words") == f"the {left}-{right} words"


@pytest.mark.parametrize(
    "word",
    """mobili|zation demon|strators gov|ernment classi|fied Khar|toum Netan|yahu unem|ployment organi|sation JAN|UARY
    Wash|ington teach|ers block|ade inter|national counter|part over|night under|stand post|war""".split(),  # noqa: SIM905
)
def test_joined(word):
    left, _, right = word.partition("|")
    assert Hyphens("").join(f"the {left}-", f"{right}, then") == f"the {left}{right}, then"


def test_the_document_knows_best():
    assert Hyphens("A dock-workers' meeting.").join("the dock-", "workers") == "the dock-workers"
    assert Hyphens("The dockworkers met.").join("the dock-", "workers") == "the dockworkers"
    assert Hyphens("The MPs of Aldubar met.").join("in Al-", "dubar") == "in Aldubar"


def test_marks_that_are_no_hyphens():
    assert Hyphens("").join("he left --", "and came back") == "he left -- and came back"
    assert Hyphens("").join("soft\u00ad", "ware") == "software"


def test_linear_on_one_endless_word():
    """Two million letters without a break took minutes with an unanchored pattern."""
    Hyphens("a" * 2_000_000)
    Hyphens("a-" * 500_000)

"""Tables that cannot be written say which cell it is, and leave no half of a file."""

import pytest

from groundswell.errors import UsageError
from groundswell.export import table


@pytest.mark.parametrize("figure", [2**63, "many"])
def test_a_cell_that_parquet_cannot_hold_is_named(tmp_path, figure):
    pytest.importorskip("pyarrow")
    rows = [{"event_id": "E1", "participants_low": 700}, {"event_id": "E2", "participants_low": figure}]
    with pytest.raises(UsageError, match=r"participants_low.*row E2.*CSV"):
        table(rows, tmp_path / "events.parquet")
    assert list(tmp_path.iterdir()) == []
    assert table(rows, tmp_path / "events.csv") == 2
    assert str(figure) in (tmp_path / "events.csv").read_text(encoding="utf-8")

"""Event-time links of TimeML: which are an event's own, and what is made of an assignment."""

from groundswell.analyse.sentences import sentences
from groundswell.evaluate.time_links import measure, read
from groundswell.pipeline import Pipeline
from groundswell.records import Finding, Record
from groundswell.resolve.time import times
from groundswell.values import Ref, Role, Trigger

TML = """<TimeML><DCT><TIMEX3 tid="t0" type="DATE" value="2024-05-15">2024-05-15</TIMEX3></DCT>
<TEXT>On <TIMEX3 tid="t1" type="DATE" value="2024-05-13">Monday</TIMEX3> police <EVENT eid="e1">arrested</EVENT> nine.
Guards <EVENT eid="e2">shot</EVENT> two before <TIMEX3 tid="t2" type="DATE" value="2024-05-12">Sunday</TIMEX3>.
Dockers <EVENT eid="e3">struck</EVENT> in Varna.</TEXT>
<MAKEINSTANCE eiid="ei1" eventID="e1"/><MAKEINSTANCE eiid="ei2" eventID="e2"/><MAKEINSTANCE eiid="ei3" eventID="e3"/>
<TLINK timeID="t1" relatedToEventInstance="ei1" relType="INCLUDES"/>
<TLINK eventInstanceID="ei2" relatedToTime="t2" relType="BEFORE"/>
<TLINK eventInstanceID="ei3" relatedToTime="t1" relType="IS_INCLUDED"/></TimeML>"""


def test_links_say_whose_time_it_is(tmp_path):
    path = tmp_path / "a.tml"
    path.write_text(TML, encoding="utf-8")
    linked = read(path)
    assert linked.own == {"e1": {"t1"}, "e3": {"t1"}}
    assert linked.others == {"e2": {"t2"}}
    text = linked.document.text
    assert [text[s.start : s.end] for s in (*linked.events.values(), *linked.times.values())] == [
        "arrested", "shot", "struck", "Monday", "Sunday",
    ]  # fmt: skip
    found = []
    for event, when in (("e1", "t1"), ("e2", "t2"), ("e3", None)):
        at = linked.events[event]
        found.append(Finding(Trigger("COERCE", None, "occurred"), (at,), "test"))
        if when:
            found.append(Finding(Role("time", Ref(at.start, at.end)), (linked.times[when],), "test", 0.99))
    (record,) = Pipeline([sentences, times], by="test").run([Record(linked.document, tuple(found))])
    assert list(measure(linked, record)) == [("same sentence", "right"), ("not this", "claimed"), ("elsewhere", "none")]


def test_a_file_without_text_is_left_out(tmp_path):
    path = tmp_path / "b.tml"
    path.write_text("<TimeML><DOCID>b</DOCID></TimeML>", encoding="utf-8")
    assert read(path) is None

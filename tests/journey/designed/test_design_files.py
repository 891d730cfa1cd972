"""Designs as YAML and BPMN: both give the same tables, every mistake is told at once with its line."""

from __future__ import annotations

import pytest

from peakend.journey.designed.alignment import Aligner
from peakend.journey.designed.bpmn_files import read_bpmn
from peakend.journey.designed.checking import problems_of
from peakend.journey.designed.design import LAYERS, DesignError, designs_of
from peakend.journey.designed.yaml_files import read_yaml, write_yaml

_YAML = """
design: trip
version: "2"
valid_from: 2024-01-01
steps:
  - id: search
    touchpoint: t-search
    name: {en: Search, zh: 查询}
    repeatable: true
    action: {en: Compares fares, zh: 比较票价}
    question: Is there a later one?
  - {id: book, touchpoint: t-book, channel: web}
  - {id: lounge, touchpoint: t-lounge, optional: true, within: 2 h, handoff: true}
"""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:peakend="https://peakend.example/ns"
             xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">
<process id="trip" isExecutable="false">
"""
_TAIL = """</process>
<bpmndi:BPMNDiagram id="drawing"/>
</definitions>"""
_TRIP = """
<laneSet id="lanes"><lane id="l"><flowNodeRef>search</flowNodeRef></lane></laneSet>
<startEvent id="s"/>
<userTask id="search" name="Search" peakend:repeatable="true">
<documentation>touchpoint: t-search</documentation></userTask>
<task id="book" name="Booking"><extensionElements><peakend:touchpoint id="t-book"/></extensionElements></task>
<parallelGateway id="split"/>
<task id="bag" peakend:touchpoint="t-bag"/>
<task id="Lounge" name="休息室"/>
<parallelGateway id="join"/>
<endEvent id="e"/>
<sequenceFlow id="1" sourceRef="s" targetRef="search"/>
<sequenceFlow id="2" sourceRef="search" targetRef="book"/>
<sequenceFlow id="3" sourceRef="book" targetRef="split" peakend:handoff="true" peakend:within="30 min"/>
<sequenceFlow id="4" sourceRef="split" targetRef="bag"/>
<sequenceFlow id="5" sourceRef="split" targetRef="Lounge"/>
<sequenceFlow id="6" sourceRef="bag" targetRef="join"/>
<sequenceFlow id="7" sourceRef="Lounge" targetRef="join"/>
<sequenceFlow id="8" sourceRef="join" targetRef="e">
<conditionExpression>x</conditionExpression></sequenceFlow>
"""


def _bpmn(body: str) -> bytes:
    return (_HEAD + body + _TAIL).encode()


def test_yaml_fills_the_canonical_tables() -> None:
    steps, flows = read_yaml(_YAML, "trip.yaml").tables()
    rows = steps.to_pylist()
    assert [r["step_id"] for r in rows] == ["search", "book", "lounge"]
    assert (rows[0]["name"], rows[0]["name_zh"], rows[0]["repeatable"]) == ("Search", "查询", True)
    assert rows[0]["action"] == "Compares fares"
    assert '"action_zh": "比较票价"' in rows[0]["attributes"]
    assert [(r["from_step"], r["to_step"], r["within_s"], r["handoff"]) for r in flows.to_pylist()] == [
        ("start", "search", None, False),
        ("search", "book", None, False),
        ("book", "lounge", 7200.0, True),
        ("lounge", "end", None, False),
    ]


def test_yaml_survives_the_tables_and_the_way_back() -> None:
    made = read_yaml(_YAML, "trip.yaml")
    steps, flows = made.tables()
    (again,) = designs_of(steps.to_pylist(), flows.to_pylist())
    written = read_yaml(write_yaml(again), "again.yaml")
    assert [
        t.sort_by(c).to_pylist() for t, c in zip(written.tables(), ("step_id", "from_step"), strict=True)
    ] == [t.sort_by(c).to_pylist() for t, c in zip(made.tables(), ("step_id", "from_step"), strict=True)]
    assert set(again.steps[0].layers) <= set(LAYERS)


def test_bpmn_reads_tasks_gateways_and_where_touchpoints_are_named() -> None:
    made = read_bpmn(_bpmn(_TRIP), "trip.bpmn", {"t-lounge": "t-lounge", "休息室": "t-lounge"})
    assert {s.step_id: s.touchpoint_id for s in made.steps} == {
        "search": "t-search",
        "book": "t-book",
        "bag": "t-bag",
        "Lounge": "t-lounge",
    }
    assert made.steps[0].repeatable
    assert made.gateways == {"split": "parallel", "join": "parallel"}
    assert [(f.before, f.after, f.within_s) for f in made.flows if f.handoff] == [("book", "split", 1800.0)]
    assert problems_of(made) == []
    (again,) = designs_of(*(table.to_pylist() for table in made.tables()))
    aligner = Aligner(again)
    assert aligner.align(["t-search", "t-book", "t-lounge", "t-bag"]).cost == 0
    assert aligner.align(["t-search", "t-book", "t-bag"]).cost == 1


def test_a_task_with_two_ways_out_takes_both() -> None:
    body = """<startEvent id="s"/><task id="a"/><task id="b"/><task id="c"/><endEvent id="e"/>
    <sequenceFlow sourceRef="s" targetRef="a"/><sequenceFlow sourceRef="a" targetRef="b"/>
    <sequenceFlow sourceRef="a" targetRef="c"/><sequenceFlow sourceRef="b" targetRef="e"/>
    <sequenceFlow sourceRef="c" targetRef="e"/>"""
    aligner = Aligner(read_bpmn(_bpmn(body), "x.bpmn"))
    assert [aligner.align(list(lived)).cost for lived in ("abc", "acb", "ab")] == [0, 0, 1]


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<subProcess id="sub" name="Inner"/>', "subProcess (Inner)"),
        ('<intermediateCatchEvent id="wait"/>', "intermediateCatchEvent (wait)"),
        ('<eventBasedGateway id="g"/>', "eventBasedGateway (g)"),
        ('<boundaryEvent id="b" attachedToRef="search"/>', "boundaryEvent (b)"),
        (
            '<startEvent id="s2"><timerEventDefinition id="every"/></startEvent>',
            "timerEventDefinition (every)",
        ),
    ],
)
def test_what_is_not_read_is_named_in_both_languages(element: str, said: str) -> None:
    with pytest.raises(DesignError) as caught:
        read_bpmn(_bpmn(_TRIP + element), "trip.bpmn")
    assert said in caught.value.in_("en")
    assert said.split(" ")[0] in caught.value.in_("zh")
    assert "不在 Peakend 支持的 BPMN 范围内" in caught.value.in_("zh")


_BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>"""
_STEAL = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>"""


@pytest.mark.parametrize(
    "text", [_BOMB, _STEAL, '<!DOCTYPE x SYSTEM "http://a/b"><x/>', "<a><b></a>", "", "no"]
)
def test_dangerous_or_broken_xml_is_refused(text: str) -> None:
    with pytest.raises(DesignError):
        read_bpmn(text.encode(), "x.bpmn")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(DesignError, match="nested"):
        read_bpmn(b"<a>" * 5000 + b"</a>" * 5000, "x.bpmn")


def test_all_mistakes_of_form_are_told_together() -> None:
    text = (
        "design: x\nvalid_from: soon\nsteps:\n- {id: a, wihin: 3}\n"
        "- {touchpoint: b, optional: perhaps, within: now}\n"
    )
    with pytest.raises(DesignError) as caught:
        read_yaml(text, "x.yaml")
    lines = {(p.line, p.what.en.split(" ")[0]) for p in caught.value.data["problems"]}
    assert lines == {(2, "valid_from"), (4, "There"), (5, "id"), (5, "optional"), (5, "within")}
    assert "第 4 行" in caught.value.in_("zh")


def test_structure_is_checked_and_cycles_are_fine() -> None:
    text = """
design: x
steps:
  - {id: a, touchpoint: t-a}
  - {id: a, touchpoint: t-b}
  - {id: lost, touchpoint: t-a}
  - {id: stuck, touchpoint: t-c}
flows:
  - {from: start, to: a}
  - {from: a, to: a}
  - {from: a, to: stuck}
  - {from: a, to: nowhere}
  - {from: lost, to: end}
  - {from: a, to: end}
"""
    told = problems_of(read_yaml(text, "x.yaml"), {"t-a", "t-b"})
    said = [(p.line, p.what.en) for p in told]
    assert (5, "The id 'a' is used twice.") in said
    assert (6, "lost is never reached from the start.") in said
    assert (7, "stuck is a dead end: no way leads from it to the end.") in said
    assert any(line == 12 and "nowhere" in what for line, what in said)
    assert any(line == 7 and "t-c" in what for line, what in said)
    assert len(said) == 5

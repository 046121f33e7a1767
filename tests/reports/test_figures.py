"""The figures of the start page: the same in a drawing, in a sentence and in a table; nothing else."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import check_samples as samples
import pytest

from checker.core.values.plans import Way
from checker.reports.build import build_report
from checker.reports.counting import count_funnel
from checker.reports.document import Funnel, Report
from checker.reports.site.drawing import Drawing, draw
from checker.reports.site.figures import (
    Figure,
    list_stages,
    make_causes_figure,
    make_figures,
    make_funnel_figure,
    make_trend_figure,
    make_ways_figure,
)
from checker.store import Run
from checker.store.history import NightCounts

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED)


@pytest.fixture(scope="module")
def report() -> Report:
    checks = {check.target.key: check for check in samples.every_kind()}
    return build_report(RUN, samples.papers(), checks)


def night(day: int, tried: int, *starts: int) -> NightCounts:
    return NightCounts(
        run_id=day, date=date(2026, 3, day), tried=tried, starts=dict(zip(Way, starts, strict=True))
    )


def drawn(figure: Figure) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(markup) for _, markup in figure.drawing.views]


def test_a_drawing_is_shapes_and_text_alone(report: Report) -> None:
    shown = make_figures(report, (night(1, 9, 3, 4, 5), night(2, 9, 2, 4, 6)))
    assert list(shown) == ["funnel", "ways", "trend", "causes"], "one year of code alone is no figure"
    for figure in shown.values():
        for root in drawn(figure):
            assert root.get("viewBox") and not root.get("width")
            for element in root.iter():
                assert element.tag in {"svg", "g", "path", "rect", "line", "text", "tspan", "circle", "a"}
                names = set(element.attrib) - {"href"}
                assert not any(name.startswith(("on", "{", "style", "class", "id")) for name in names)
                assert element.tag == "a" or "href" not in element.attrib
        assert "<script" not in figure.drawing.wide and "\x1b" not in figure.drawing.wide


def test_colours_are_those_of_the_page(report: Report) -> None:
    for figure in make_figures(report, ()).values():
        for root in drawn(figure):
            colours = {e.get(name) for e in root.iter() for name in ("fill", "stroke")} - {
                None,
                "none",
                "transparent",
            }
            assert all(re.fullmatch(r"var\(--[a-z-]+\)", colour or "") for colour in colours), (
                figure.name,
                colours,
            )


def test_the_causes_lead_to_the_repositories_that_stopped_for_them(report: Report) -> None:
    figure = make_causes_figure(report)
    assert figure is not None
    links = [e.get("href") for e in drawn(figure)[0].iter("a")]
    assert "repositories.html#cause=missing_in_repository" in links and len(links) == len(report.causes)
    assert [row[0].href for row in figure.rows if row[0].href == links[0]]
    assert {int(row[1].text) for row in figure.rows} == {len(cause.repositories) for cause in report.causes}


def test_an_address_that_is_not_ours_is_not_followed() -> None:
    spec = {"mark": {"type": "text", "text": "x", "href": "https://evil.test"}, "data": {"values": [{}]}}
    assert ">x<" in draw(spec, 90) and "evil" not in draw(spec, 90)
    assert 'href="https://evil.test"' in draw(spec, 90, ["https://evil.test"])


def test_what_cannot_be_drawn_is_left_to_its_numbers() -> None:
    assert draw({"mark": "no such mark", "data": {"values": []}}, 90) == ""
    assert Drawing(wide="", narrow="").views == ()


def test_the_funnel_and_the_ways_say_the_counts(report: Report) -> None:
    funnel, ways = make_funnel_figure(report.funnel), make_ways_figure(report.funnel)
    assert funnel is not None and ways is not None
    texts = [e.text for e in drawn(funnel)[0].iter("text")]
    assert "papers" in texts and str(report.funnel.papers) in texts
    assert f"papers with a link to code: {report.funnel.linked} · " in funnel.summary
    counts = [report.funnel.as_published.starts, report.funnel.period.starts, report.funnel.repaired.starts]
    assert " → ".join(map(str, counts)) in [e.text for e in drawn(ways)[0].iter("text")]
    assert f"starts {', '.join(map(str, counts))}" in ways.summary


def test_a_single_night_is_no_trend_and_an_empty_one_no_figure() -> None:
    assert make_trend_figure((night(1, 9, 3, 4, 5),)) is None
    assert make_trend_figure((night(1, 9, 3, 4, 5), night(2, 0, 0, 0, 0))) is None
    assert make_funnel_figure(Funnel()) is None and make_ways_figure(Funnel()) is None


def test_the_trend_says_where_it_came_from_and_where_it_went() -> None:
    figure = make_trend_figure((night(1, 10, 3, 4, 5), night(2, 10, 2, 4, 10)))
    assert figure is not None
    said = "From 2026-03-01 to 2026-03-02: as published from 30 to 20 %, at its date from 40 to 40 %"
    assert figure.summary.startswith(said) and figure.summary.endswith("repaired from 50 to 100 %.")
    assert [cell.text for cell in figure.rows[0]] == ["2026-03-02", "10", "2 (20 %)", "4 (40 %)", "10 (100 %)"]


def test_per_cent_are_of_what_could_be_judged_and_the_rest_is_named() -> None:
    limited = samples.failed_attempt().model_copy(update={"cause": samples.NEEDS_DATA})
    found = (samples.passing(), samples.failing(), samples.unreachable(), samples.check("octo/limited", limited))
    funnel = count_funnel((), {check.target.key: check for check in found})
    assert (funnel.checked, funnel.tried, funnel.inconclusive, funnel.untestable) == (4, 2, 1, 1)
    assert (funnel.judged.repositories, funnel.judged.available, funnel.judged.starts) == (2, 2, 1)
    assert funnel.as_published.resolved == 1, "nothing that is left out is counted either"
    stages = {stage.label: (stage.left, stage.of) for stage in list_stages(funnel)}
    assert stages["start, by any way"] == (1, 2)
    for figure in (make_funnel_figure(funnel), make_ways_figure(funnel)):
        assert figure is not None and "Left out: 1 inconclusive, 1 not testable here." in figure.note

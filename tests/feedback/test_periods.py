"""What a period is, and which comes first."""

from __future__ import annotations

from datetime import date

from peakend.feedback.periods import Period, Survey, in_order, period_of


def survey(wave: str | None, starts: date | None = None, programme: str | None = "P") -> Survey:
    return Survey(f"s-{programme}-{wave}", programme, wave, starts, None)


def labels(surveys: list[Survey]) -> list[str]:
    return [p.label for p in in_order([period_of(s, None) for s in surveys], surveys)]


def test_a_wave_is_the_period_where_the_survey_names_one() -> None:
    assert period_of(survey("2017"), date(2017, 5, 1)) == Period("P", "wave", "2017", None)


def test_else_the_month_of_the_answer_is() -> None:
    assert period_of(survey(None), date(2024, 3, 1)) == Period("P", "month", "2024-03", date(2024, 3, 1))


def test_without_wave_and_date_answers_are_undated() -> None:
    assert period_of(survey(None), None).kind == "undated"


def test_a_survey_without_a_programme_is_its_own() -> None:
    assert period_of(Survey("s9", None, "1", None, None), None).programme == "s9"


def test_waves_go_by_their_start_not_by_their_name() -> None:
    assert labels([survey("spring", date(2024, 4, 1)), survey("autumn", date(2023, 10, 1))]) == [
        "autumn",
        "spring",
    ]


def test_waves_without_dates_are_read_as_people_read_them() -> None:
    assert labels([survey("Wave 10"), survey("Wave 9"), survey("Wave 1")]) == ["Wave 1", "Wave 9", "Wave 10"]


def test_one_unknown_start_puts_the_whole_programme_in_order_of_names() -> None:
    waves = [survey("2012"), survey("2011", date(2011, 5, 11)), survey("2010")]
    assert labels(waves) == ["2010", "2011", "2012"]


def test_a_wave_starts_with_the_first_of_its_surveys() -> None:
    both = [Survey("a", "P", "1", date(2024, 2, 1), None), Survey("b", "P", "1", None, date(2024, 1, 9))]
    assert in_order([period_of(s, None) for s in both], both) == [Period("P", "wave", "1", date(2024, 1, 9))]


def test_undated_answers_come_last() -> None:
    s = survey(None)
    found = in_order([period_of(s, None), period_of(s, date(2024, 1, 1))], [s])
    assert [p.kind for p in found] == ["month", "undated"]

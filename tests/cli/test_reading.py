"""Dates and numbers of text: what is read, and what is refused with the option that says it."""

import numpy as np
import pandas as pd
import pytest

from skgru._cli.columns_of_numbers import to_numbers
from skgru._cli.csv_and_parquet import read_table
from skgru._cli.dates import DateForm, read_dates
from skgru._cli.decimal_mark import decimal_of
from skgru._cli.errors import Refused
from tests.helpers import fails, warns

DAYS = pd.date_range("2024-01-28", periods=9)
MONTHS = pd.date_range("2024-01-02", periods=9, freq="MS") + pd.Timedelta("1D")


def dates_of(texts, **wanted):
    return read_dates(list(texts), DateForm(**wanted), "day", "a.csv", range(2, 2 + len(texts)))[0]


@pytest.mark.parametrize(
    "form",
    "%Y-%m-%d|%Y/%m/%d|%d.%m.%Y|%d/%m/%Y|%m/%d/%Y|%d.%m.%y|%Y%m%d|%d %b %Y|%B %d, %Y|"
    "%Y-%m-%dT%H:%M|%m/%d/%Y %I:%M %p|%d.%m.%Y %H:%M|%A, %d %B %Y|%a %b %d %Y".split("|"),
)
def test_days_in_any_form_that_has_one_reading(form):
    assert list(dates_of(DAYS.strftime(form))) == list(DAYS)


@pytest.mark.parametrize("form", ["%Y-%m", "%Y%m", "%b-%y", "%m/%Y", "%B %Y", "%Y M%m"])
def test_months(form):
    months = pd.period_range("2019-10", periods=6, freq="M")
    assert dates_of([one.strftime(form) for one in months]).equals(months)


def test_quarters_weeks_and_years():
    assert str(dates_of(["2024Q1", "2024-Q2"])[1]) == "2024Q2"
    for text in ("Q2 2024", "q2/2024", "2Q 2024", "2024/Q2"):
        assert str(dates_of([text])[0]) == "2024Q2"
    assert dates_of(["2020-W53", "2021-W01"])[1] == pd.Timestamp("2021-01-04")
    assert list(dates_of(["1999", "2000"])) == [1999, 2000]


def test_the_order_of_few_days_or_of_months_is_refused():
    for texts in (DAYS[4:8].strftime("%d/%m/%Y"), MONTHS.strftime("%m/%d/%Y")):
        fails(lambda texts=texts: dates_of(texts), "day", texts[0], "--date-order", error=Refused)
    # Read as days, two years of months would be twelve days of two Januaries.
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    for form in ("%m/%d/%Y", "%d/%m/%Y"):
        with warns("day", "--date-order"):
            assert list(dates_of(months.strftime(form))) == list(months)
    assert list(dates_of(MONTHS.strftime("%m/%d/%Y"), order="mdy")) == list(MONTHS)


@pytest.mark.parametrize(
    ("texts", "wanted", "parts"),
    [
        (["2024-01-01", ""], {}, ("line 3", "no date")),
        (["2024-01-01", "2024-02-30"], {}, ("no order", "--date-format")),
        (["2024-01-01", "soon"], {}, ("line 3", "soon", "--date-format")),
        (["01.02.2024", "2024"], {"form": "%d.%m.%Y"}, ("%d.%m.%Y", "2024", "line 3")),
        (["13/01/2024", "01/13/2024"], {}, ("no order", "--date-format")),
        (["03-04-05"] * 3, {}, ("03-04-05", "--date-order")),
        (["2024-03-31 01:00+01:00", "2024-03-31 03:00+02:00"], {}, ("--time-zone",)),
    ],
)
def test_dates_that_are_refused(texts, wanted, parts):
    fails(lambda: dates_of(texts, **wanted), *parts, error=Refused)


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%YT%H:%M"])
def test_24_is_the_end_of_a_day(form):
    hours = pd.date_range("2023-12-30 01:00", periods=50, freq="h")
    texts = [
        (one - pd.Timedelta("1h")).strftime(form).replace("23:00", "24:00")
        if one.hour == 0 else one.strftime(form) for one in hours
    ]  # fmt: skip
    assert "24:00" in texts[23]
    assert list(dates_of(texts)) == list(hours)


def test_utc_offsets_with_a_zone():
    texts = ["2024-03-31 01:00+01:00", "2024-03-31 03:00+02:00"]
    assert dates_of(texts, zone="Europe/Berlin", order="ymd")[1].hour == 3


@pytest.mark.parametrize(
    ("texts", "separator", "expected"),
    [
        (["1.5", "", "NA", "-2"], ",", [1.5, np.nan, np.nan, -2]),
        (["1,5", "2"], ";", [1.5, 2]),
        (["1.234,5", "12"], ";", [1234.5, 12]),
        (["1,234.5", "1,234"], ",", [1234.5, 1234]),
        (["1 234,50", "7"], ";", [1234.5, 7]),
        (["1'234.50", "1\u2019234\u2019567"], ";", [1234.5, 1234567]),
        (["1.234", "0.5"], ";", [1.234, 0.5]),
        (["1.234.567", "1.234"], ";", [1234567, 1234]),
        (["1.234", "0.345"], ",", [1.234, 0.345]),
        (["10.000", "9.50"], ",", [10, 9.5]),
        (["1e3", "\u22124"], ",", [1000, -4]),
    ],
)
def test_numbers(texts, separator, expected):
    decimal = decimal_of({"y": texts}, separator, "a.csv")
    numbers = to_numbers(texts, decimal, "--target y", "a.csv", range(9))
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    ("columns", "separator"),
    [
        ({"y": ["1.234", "2.345"]}, ";"),
        ({"y": ["1,234", "987"]}, ","),
        ({"y": ["1.234", "987"]}, ","),
        ({"y": ["10.000", "11.100", "12.230"]}, ","),
        ({"y": ["10.000"]}, ","),
        ({"y": ["1.5"], "z": ["1,5"]}, ";"),
    ],
)
def test_numbers_of_two_readings_are_refused(columns, separator):
    fails(lambda: decimal_of(columns, separator, "a.csv"), "a.csv", "--decimal", error=Refused)


def test_points_before_three_digits_are_told_of_once_per_file():
    values = ["10.125", "11.350", "9.972"]
    with warns("a.csv", "such as 10.125", "--decimal , if 10.125 is 10125"):
        assert decimal_of({"y": values, "z": values}, ",", "a.csv") == "."
    assert decimal_of({"y": values}, ",", "a.csv", [["0.5"]]) == "."  # another column decides
    assert decimal_of({"y": ["10.000"]}, ",", "a.csv", [["7"], ["0,5"]]) == ","
    values = ["1.000", "2.000"]
    fails(lambda: decimal_of({"y": values}, ";", "a.csv", [["12.30"]]), "--decimal", error=Refused)


@pytest.mark.parametrize(
    ("data", "separator"),
    [
        (b"\xef\xbb\xbfday;y\r\n2024-01-01;1,5\r\n\r\n", ";"),
        (b"day,y\n2024-01-01,1.5", ","),
        (b'day\ty\n2024-01-01\t"1.5"\n', "\t"),
        ("day|y\n2024-01-01|1.5\n".encode("utf-16"), "|"),
        ("day|y\n2024-01-01|1.5\n".encode("utf-32"), "|"),
        (b"sep=;\r\nday;y\r\n2024-01-01;1.5\r\n", ";"),
        (b'"sep=,"\nday,y\n2024-01-01,"1;5"\n', ","),
        (b"day;y\r\r\n2024-01-01;1.5\r\r\n", ";"),
        (b"day;y\n\r2024-01-01;1.5\r2024-01-02;2\n", ";"),
    ],
)
def test_separators_and_byte_order_marks(data, separator, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    table = read_table(str(path), None, None)
    assert (table.separator, list(table.columns)) == (separator, ["day", "y"])
    assert table.columns["day"][0] == "2024-01-01"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("day,y\n2024-01-01,1,5\n", ("line 2", "3 fields", "decimal commas", "missing names")),
        ("day,y\n2024-01-01,1,x\n", ("line 2", "3 fields", "--separator")),
        ("day;a,y\n1;2,3\n", ("--separator",)),
        ("2024-01-01,1\n2024-01-02,2\n", ("names of the columns",)),
        ("day,y\n", ("no rows",)),
        ("y,y\n1,2\n", ("several columns y", "its own name")),
        (",y,y\nday,a,b\n2024-01-01,1,2\n", ("columns y", "Join the names of line 2", "line 1")),
        ("day,y\n2024-01-01,1\nSource: x\n", ("line 3", "1 field", "Delete the line")),
        ("day;y\n2024-01-01,1\n2024-01-02,1\n", ("line 2", "1 field", "--separator")),
        ('day,y\n2024-01-01,1\n"2024-01-02,1\n2024-01-03,1\n', ("quote", "begins in line 3")),
        ("sep=;\nday;y\n2024-01-01;1\n2024\n", ("line 4", "1 field")),
        ("\u201cday\u201d,y\n2024-01-01,1\n", ("line 1", "\u201cday\u201d", "straight ones")),
        ("day,y\n2024-01-01,\u201c1\u201d\n", ("line 2", "\u201c1\u201d", "straight ones")),
    ],
)
def test_files_that_are_refused(text, parts, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    fails(lambda: read_table(str(path), None, None), *parts, error=Refused)


@pytest.mark.parametrize(
    ("data", "encoding", "parts"),
    [
        ("day,y\n1,2\n".encode("utf-16-le"), None, ("no text in UTF-8", "--encoding utf-16-le")),
        ("day,y\n1,2\n".encode("utf-32"), "utf-8", ("--encoding utf-8", "does not fit")),
        (b"day,y\n1,\0\n", None, ("no text",)),
        (b"day,y\n1," + b"9" * 200_000 + b"\n", None, ("line 2", "field limit")),
        (b"day,y\n1,2\n", "punycode", ("--encoding punycode", "does not fit")),
        (b"day,y\n1,2\n", "utf\0", ("--encoding", "does not fit")),
        (b"day,y\n1,2\n", "rot13", ("--encoding rot13 is unknown", "utf-8")),
    ],
)
def test_bytes_that_are_no_text_are_refused(data, encoding, parts, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    fails(lambda: read_table(str(path), None, encoding), *parts, error=Refused)


def test_text_in_another_encoding_is_not_taken_for_quotes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("\u65e5\u4ed8,\u58f2\u4e0a\n2024-01-01,1\n".encode("shift-jis"))
    with warns("cp1252", "--encoding"):
        assert len(read_table(str(path), None, None)) == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_encoding_of_the_message_reads_the_file(encoding, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("day,y\n1,2\n".encode(encoding))
    fails(lambda: read_table(str(path), None, None), f"--encoding {encoding}", error=Refused)
    assert read_table(str(path), None, encoding).columns == {"day": ["1"], "y": ["2"]}


def test_dates_without_an_offset_are_those_of_the_zone():
    berlin = {"zone": "Europe/Berlin"}
    hours = pd.date_range("2024-10-26 22:00", periods=8, freq="h", tz="Europe/Berlin")
    assert list(dates_of(hours.strftime("%Y-%m-%d %H:%M"), **berlin)) == list(hours)
    assert list(dates_of(hours.strftime("%Y-%m-%d %H:%M%z"), **berlin)) == list(hours)


def test_years_of_two_digits_are_told_of():
    with warns("two digits", "1970 to 2068", "four digits"):
        dates_of(["01.02.70", "20.02.68"])


def test_gaps_are_filled_only_where_no_date_moves():
    from skgru._cli.gaps import without_gaps

    for dates in (
        pd.date_range("2023-01-15", periods=24, freq=pd.DateOffset(months=1)),
        pd.date_range("1970-07-04", periods=30, freq=pd.DateOffset(years=1)),
    ):
        frame = pd.DataFrame({"sales": range(len(dates))}, dates).drop(dates[9])
        filled = without_gaps(frame, (), "a.csv")
        assert dates.delete(9).isin(filled.index).all()

"""Months of several languages, in dates, as columns, and in formats."""

import pandas as pd
import pytest

from skgru._cli.dates import DateForm, looks_like_dates, read_dates
from skgru._cli.month_names import in_english, month_of

MONTHS = pd.period_range("2019-01", periods=30, freq="M")
GERMAN = "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez".split()
FRENCH = (
    "janv. f\u00e9vr. mars avr. mai juin juil. ao\u00fbt sept. oct. nov. d\u00e9c."
).split()  # fmt: skip
SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()


def read(texts, **wanted):
    return read_dates(texts, DateForm(**wanted), "day", "a.csv", range(2, 2 + len(texts)))[0]


@pytest.mark.parametrize("language", "en de de_AT fr es it pt nl sv da nb".split())
def test_names_are_those_of_babel(language):
    babel = pytest.importorskip("babel")
    months = babel.Locale.parse(language).months
    for use in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for at, name in months[use][width].items():
                assert month_of(name) == at
                assert month_of(name.upper()) == at


@pytest.mark.parametrize("names", [GERMAN, FRENCH, SPANISH])
@pytest.mark.parametrize("form", ["{0} {1}", "{0}-{2:02}", "{0} {2:02}", "{1} {0}", "{0}/{1}"])
def test_months_with_a_year(names, form):
    texts = [form.format(names[one.month - 1], one.year, one.year % 100) for one in MONTHS]
    assert looks_like_dates(texts)
    assert list(read(texts)) == list(MONTHS)


@pytest.mark.parametrize(
    ("names", "form"),
    [(GERMAN, "{0}. {1} {2}"), (SPANISH, "{0} de {1} de {2}"), (FRENCH, "{0} {1} {2}")],
)
def test_days_with_the_name_of_a_month(names, form):
    days = pd.date_range("2024-01-01", periods=200)
    texts = [form.format(one.day, names[one.month - 1], one.year) for one in days]
    if names is FRENCH:
        texts = [one.replace("1 ", "1er ", 1) if one.startswith("1 ") else one for one in texts]
    assert list(read(texts)) == list(days)


@pytest.mark.parametrize("form", ["%b %y", "%B %y"])
def test_formats_take_months_of_other_languages(form):
    texts = [f"{GERMAN[one.month - 1]} {one.year % 100}" for one in MONTHS]
    assert list(read(texts, form=form).to_period("M")) == list(MONTHS)


def test_a_beginning_of_two_months_is_none():
    assert month_of("jui") is None
    assert month_of("ja") is None
    assert month_of("listopad") is None
    assert in_english("Mar-May") == "Mar-May"

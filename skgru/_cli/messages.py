"""Messages of the library in the words of the command line: options for parameters, no code."""

from __future__ import annotations

import re

# The beginning of warnings about the season of the dates.
_SEASON = (
    r"season_length=None does not use the season of (\d+) rows that follows from the dates of X"
    r"(, except in the pretrained network)?"
)


def _unused_season(why: str, in_words: str) -> list[tuple[str, str]]:
    """Texts for a season that is not used, with another one that X may have, and without."""
    begun = rf"the season of \1 rows is not used\2, because {in_words} with it. Give --season \1 "
    return [
        (
            rf"{_SEASON}, because {why} with it.*?If X repeats every (\d+) rows",
            rf"{begun}to use it, --season \3 if the data repeat every \3 rows, or --season 1 to "
            r"forecast without a season.",
        ),
        (
            rf"{_SEASON}, because {why} with it",
            rf"{begun}to use it, or --season 1 to forecast without a season.",
        ),
    ]


# A message that needs its own words: what it holds -> the text, with the groups of the pattern.
_WHOLE = (
    (
        r"no regular step between (.+?) and .+?: rows are missing(?: \(the widest gap is after "
        r"(.+?)\))?\.",
        r"dates are missing after \2. Add --fill-gaps to insert them as rows of unknown values.",
    ),
    (
        r"no regular step between (.+?) and (.+?): ",
        r"the dates from \1 to \2 are at unequal steps. Correct them, or use --no-time to number "
        r"the rows.",
    ),
    (
        r"known=\[(.+?)\] needs future values of these columns.*at least (\d+) rows",
        r"--known: the future values of \1 are missing. Give a file with them and at least \2 rows "
        r"after the data with --future.",
    ),
    (
        r"^future has (\d+) rows?, but needs (\d+).*",
        r"--future has \1 rows after the data, but needs \2. Add rows to the file.",
    ),
    (
        r"^future has columns (.+?), but lacks \[(.+?)\] of known.*",
        r"--future lacks the column \2 of --known. Add it to the file.",
    ),
    (
        r"^future starts at (.+?) and lacks (.+?), but the rows to forecast are (.+?) to (.+?)\. ",
        r"--future starts at \1 and lacks \2, but the rows to forecast are \3 to \4. Add rows to "
        r"the file.",
    ),
    (
        r"^X ends in (\d+ rows?) of NaN.*",
        r"the last values are missing, in \1 of the data. They are filled like other gaps, and "
        r"forecasts start after them. Cut these rows off to forecast from the last value.",
    ),
    (
        r"^(\d+) series of X end in NaN, for example '?(.+?)'? \(by (.+?)\).*",
        r"the last values of \1 series are missing, for example those of \2 in \3. They are "
        r"filled like other gaps, and forecasts start after them. Cut these rows off to forecast "
        r"from the last value.",
    ),
    (
        r"^Covariate '(.+?)' has NaN in (\d+) rows? of X.*",
        r"column \1 has fields without a value (\2). Training leaves out the windows that read "
        r"them, and forecasts read the last value before them. Fill in these fields of the file.",
    ),
    (
        r"^Column '(.+?)' of (?:series '?(.+?)'? of )?X has NaN at (.+?), but the forecast from "
        r"the forecast origin (.+?) needs.*",
        r"--known \1 has no value at \3, but the forecast from the forecast origin \4 reads it. "
        r"Fill in this field of the file.",
    ),
    (
        r"^X has (\d+ rows?) that the history holds with other values, for example (.+?)\. update "
        r"ignores.*",
        r"\1 of the data have other values than the model has for these dates, for example \2. "
        r"The model keeps its values. Train it again with the new data, without --model.",
    ),
    (
        r"^X has the series (.+?), which was not part of fit\. fit had (.+?)\. .*",
        r"the data have the series \1, but the model has \2. Write it as in the data of the "
        r"training.",
    ),
    (
        r"^future has no rows for \d+ series, for example (.+?)\. It has (.+?)\. .*",
        r"--future has no rows for the series \1, but for \2. Write it as in the data.",
    ),
    (
        r"^future has rows for series (.+?), of which no history is known\..*",
        r"--future has rows for the series \1, which the data lack. They are ignored.",
    ),
    (
        r"^X has the series (.+?), which was not part of fit\. Leave.*",
        r"the data have the series \1, which the model does not have. Delete its rows, or train "
        r"again with all rows, without --model.",
    ),
    (
        r"^X has no rows after the history, which ends at (.+?)\. .*",
        r"the data have no rows after the history of the model, which ends at \1. The forecast "
        r"starts there. Give later rows to move it on.",
    ),
    (
        r"^X begins at (.+?), but the history ends at (.+?), so that the rows from (.+?) on are "
        r"missing\..*",
        r"the data begin at \1, but the history of the model ends at \2, and its next row is \3. "
        r"Give the rows from \3 on, with dates like this one, and an empty field for an unknown "
        r"value.",
    ),
    (
        r"^calibration_fraction=0 means no calibration.*",
        r"--interval needs a model with intervals, but this one was fitted without calibration. "
        r"Leave --interval out, or train a model with skgru forecast --save.",
    ),
    (
        r"^until='(.+?)' needs the dates of the rows, but the series has (?:an index of int\d+|no "
        r"dates)\..*",
        r"--until \1 needs dates, but the rows have numbers instead. Give --horizon, the number of "
        r"rows to forecast.",
    ),
    (
        r"^until='(.+?)' has a time zone, but.*",
        r"--until \1 has a time zone, but the dates of the data have none. Write it without one.",
    ),
    (
        r"^X has n_samples=(\d+), from which the step of its index cannot be inferred.*",
        r"the step of the dates does not follow from \1 rows of data. Give at least three rows.",
    ),
    (
        r"^pretrained='only' cannot forecast X: X has future covariates.*",
        r"--zero-shot reads --known for a single series without many zeros only. Leave one of them "
        r"out.",
    ),
    (
        r"^Series '?(.+?)'? of X has only NaN in a column to forecast\..*",
        r"--target: series \1 has no values. Delete its rows, or add a value.",
    ),
    (
        r"has only NaN in a column to forecast",
        r"--target: the column has no values. Name another column.",
    ),
    (
        r"^until='(.+?)' must be after the last row of the series, (.+?)\. Use (.+?) or a later",
        r"--until \1 must be after the last date of the data, \2. Use \3 or a later date.",
    ),
    (r"^until='(.+?)' must be a date", r"--until \1 must be a date such as 2026-06-30."),
    (
        _SEASON + r": this needs (\d+) rows.*?a longer",
        r"the season of \1 rows is not used\2, because this needs \3 rows of data. Give more rows, "
        r"or --season 1 to forecast without a season.",
    ),
    *_unused_season("X does not repeat", "the data do not repeat"),
    *_unused_season("forecasts .*? are not better", "forecasts are not better"),
    (
        r"season_length=None is 1 (?:without|for these) dates, but X repeats every (\d+) rows",
        r"the rows repeat every \1 rows. Give --season \1 to use this season, "
        r"or --season 1 to forecast without one.",
    ),
    (
        _SEASON + r": this needs (\d+) rows",
        r"the season of \1 rows is not used\2, because this needs \3 rows of data. Give --season "
        r"\1 to use it, or --season 1 to forecast without a season.",
    ),
)

_PARTS = (
    ("insert missing rows, resample the series", "add --fill-gaps, resample the series"),
    (r"\bset (lower|upper)=None", r"leave --\1 out"),
    (
        r"as lower and the largest as upper, or None for no limit",
        r"as --lower and the largest as --upper, or leave one of them out",
    ),
    (r"season_length=\((.+?),?\)", r"--season \1"),
    (r"season_length=(\w+)", r"--season \1"),
    (r"\bseason_length\b", "--season"),
    (r"\bhorizon=(\w+)", r"--horizon \1"),
    (r"\bsteps=(\w+)", r"--horizon \1"),
    (r"\bcoverage=([\w.]+)", r"--interval \1"),
    (r"\binitial=([\w.]+)", r"--initial \1"),
    (r"(?<!-)\bstep=(\w+)", r"--step \1"),
    (r"\b(lower|upper|point|calendar|known|group|target)=['\[]*([^'\]\s,]+)['\]]*", r"--\1 \2"),
    (r"\brandom_state=(\w+)", r"--seed \1"),
    (r"\bpretrained='only'", "--zero-shot"),
    (r"\bpath='(.+?)'", r"\1"),
    (r"(?<![-\w])future (?=has|must|needs|lacks|is)", "--future "),
    (r"^(Series .+?) of X: ", r"\1: "),
    (r"\bof X\b", "of the data"),
    (r"\bX's index\b", "the column of dates"),
    (r"\bX\b", "the data"),
    (r"\bin known\b", "in --known"),
    (r"\b(\d{4}-\d\d-\d\d) 00:00:00\b", r"\1"),
    (r"\bNaN\b", "missing"),
)

_CODE = re.compile(r"\w\.\w+\(|\w\(\)|\w\(\.\.\.\)|\b[a-zA-Z_]+=[\w'\[\"(]|\bSequenceForecaster\b")


def in_words(message: object, command: str = "forecast") -> str:
    """A message of the library for a person who sees options, files and columns."""
    text = " ".join(str(message).split())
    if "package" in text and "pip install" in text:  # what to install is right as it is
        return text
    series = re.match(r"(Series '?.+?'?) of X: ", text)
    for pattern, words in _WHOLE:
        found = re.search(pattern, text)
        if found is not None:
            text = found.expand(words).replace("dates are missing after .", "dates are missing.")
            text = f"{series[1]}: {text}" if series else text
            break
    text = re.sub(r" \([^()]*\b[a-z_]+=[^()]*\)", "", text)
    for pattern, words in _PARTS:
        text = re.sub(pattern, words, text)
    sentences = re.split(r"(?<=[.:]) (?=[A-Z-])", text)
    plain = [one for one in sentences if not _CODE.search(one)]
    if len(plain) == len(sentences):
        return text
    if not plain:  # code is more than nothing
        return text
    return " ".join([*plain, f"See skgru {command} --help."])

"""The options of the command line."""

from __future__ import annotations

import argparse
from typing import Any

_EXAMPLES = """\
examples:
  skgru forecast sales.csv --horizon 12
  skgru forecast sales.csv --time date --target sales --group store --horizon 12 --interval 0.8
  skgru forecast sales.csv --zero-shot --until 2026-12-31 --plot forecast.png > forecast.csv
  skgru forecast sales.csv --horizon 7 --known price --future prices.csv --save sales.skgru
  skgru forecast --model sales.skgru new_rows.csv --horizon 7 --future prices.csv
"""
_BACKTEST_EXAMPLES = """\
examples:
  skgru backtest sales.csv --horizon 12 --zero-shot
  skgru backtest sales.csv --horizon 12 --initial 0.7 --step 3 --by step
  skgru backtest sales.csv --group store --horizon 7 --by series | sort -t, -k2
"""
_USAGE = {
    "forecast": "DATA --horizon N [options]",
    "backtest": "DATA --horizon N [options]",
    "info": "MODEL",
}
_TOP = """\
examples:
  skgru forecast sales.csv --time date --target sales --horizon 12
  skgru backtest sales.csv --horizon 12 --zero-shot
  skgru info sales.skgru

Answers go to standard output as CSV, all messages to standard error.
exit codes: 0; 2 for wrong arguments or data; 1 for other errors; 130 after Ctrl-C
"""


def _at_least_one(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 1")
    return number


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number between 0 and 1, such as 0.8")
    return number


def _rows_or_share(text: str) -> int | float:
    return _share(text) if "." in text else _at_least_one(text)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 0 to 4294967295")
    return int(text)


def _separator(text: str) -> str:
    text = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}.get(text, text)
    if len(text) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be one character, or tab")
    return text


def _zone(text: str) -> str:
    try:
        import pandas as pd
    except ImportError:  # an error of its own follows
        return text
    try:
        pd.Timestamp("2026-01-01").tz_localize(text)
    except Exception as error:  # pandas and zoneinfo raise errors of many types
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time zone. Use a name such as Europe/Berlin or UTC"
        ) from error
    return text


def parser() -> argparse.ArgumentParser:
    import skgru

    top = argparse.ArgumentParser(
        prog="skgru",
        description="Forecasts of time series in CSV and parquet files.",
        epilog=_TOP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"skgru {skgru.__version__}")
    commands = top.add_subparsers(dest="command", metavar="command", required=True)
    forecast = _command(commands, "forecast", "forecast the rows after the data", _EXAMPLES)
    _add_data(forecast, optional=True)
    _add_forecast(forecast)
    backtest = _command(
        commands, "backtest", "errors on past rows, beside a naive forecast", _BACKTEST_EXAMPLES
    )
    _add_data(backtest, optional=False)
    _add_backtest(backtest)
    example = "example:\n  skgru info sales.skgru\n"
    info = _command(commands, "info", "what a saved model holds", example)
    info.add_argument("model", help="file of --save or of skgru.save")
    return top


def _command(commands: Any, name: str, what: str, epilog: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=what,
        usage=f"skgru {name} {_USAGE[name]}",
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_data(one: argparse.ArgumentParser, optional: bool) -> None:
    what = "CSV file with a header, parquet file, or - for CSV from standard input"
    one.add_argument("data", nargs="?" if optional else None, help=what)
    one.add_argument("--time", metavar="COLUMN", help="column of dates; year+month joins two")
    one.add_argument("--no-time", action="store_true", help="no dates: rows are at equal steps")
    for name, what in (
        ("target", "column to forecast"),
        ("group", "column that identifies the series of a row"),
        ("known", "covariate whose future values are known, such as a planned price"),
        ("past", "covariate without future values"),
    ):
        action: dict[str, Any] = {"action": "append", "default": [], "metavar": "COLUMN"}
        one.add_argument(f"--{name}", help=f"{what}; may be repeated", **action)
    form = one.add_argument_group("format of the files")
    form.add_argument("--separator", type=_separator, metavar="MARK", help="such as , ; or tab")
    form.add_argument("--decimal", choices=[".", ","], help="decimal mark")
    form.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], help="of day, month and year")
    what = "such as %%d.%%m.%%Y, %%V/%%G for weeks, %%Y%%q for quarters, excel; number: no dates"
    form.add_argument("--date-format", metavar="FORMAT", help=what)
    form.add_argument(
        "--time-zone",
        type=_zone,
        metavar="ZONE",
        help="zone of UTC offsets, or of dates without them",
    )
    form.add_argument("--encoding", metavar="NAME", help="default: UTF-8, else cp1252")
    form.add_argument("--fill-gaps", action="store_true", help="insert missing dates as unknown")
    model = one.add_argument_group("forecaster")
    model.add_argument("--zero-shot", action="store_true", help="pretrained network, no training")
    season = "rows in a season; may be repeated; 1: no season (default: by the dates)"
    model.add_argument("--season", type=_at_least_one, action="append", metavar="N", help=season)
    model.add_argument("--calendar", action="store_true", help="features of the dates")
    model.add_argument("--point", choices=["auto", "median", "mean"], default="auto",
                       help="kind of forecast; means can be added up")  # fmt: skip
    model.add_argument("--lower", type=float, metavar="X", help="lower limit of forecasts")
    model.add_argument("--upper", type=float, metavar="X", help="upper limit of forecasts")
    model.add_argument("--seed", type=_seed, default=0, help="of the training (default: 0)")
    share = "share of actual values within the interval, such as 0.8"
    one.add_argument("--interval", type=_share, metavar="SHARE", help=share)
    one.add_argument("--output", metavar="FILE", help="CSV or parquet file instead of stdout")
    one.add_argument("--quiet", action="store_true", help="no notes and warnings")


def _add_forecast(one: argparse.ArgumentParser) -> None:
    one.add_argument("--horizon", type=_at_least_one, metavar="N", help="rows to forecast")
    one.add_argument("--until", metavar="DATE", help="last date to forecast, instead of --horizon")
    one.add_argument("--future", metavar="FILE", help="future values of --known columns")
    one.add_argument("--plot", metavar="FILE", help="picture of the forecast, .png, .svg or .pdf")
    one.add_argument("--save", metavar="FILE", help="save the fitted forecaster")
    model = "saved forecaster, instead of training; data are rows that continue its series"
    one.add_argument("--model", metavar="FILE", help=model)


def _add_backtest(one: argparse.ArgumentParser) -> None:
    one.add_argument("--horizon", type=_at_least_one, required=True, metavar="N",
                     help="rows to forecast from each forecast origin")  # fmt: skip
    one.add_argument("--initial", type=_rows_or_share, default=0.6, metavar="N",
                     help="rows before the first forecast, or share (default: 0.6)")  # fmt: skip
    one.add_argument("--step", type=_at_least_one, metavar="N",
                     help="rows between forecast origins (default: the horizon)")  # fmt: skip
    one.add_argument("--refit", action="store_true", help="train again at each forecast origin")
    one.add_argument("--by", choices=["step", "series"], help="measures by step or by series")
    one.add_argument("--forecasts", metavar="FILE", help="file for all forecasts and actual values")

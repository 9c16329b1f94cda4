"""From a file to the data frame that a forecaster takes: which column is what, dates, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from skgru._cli.column_names import is_identifier, is_time
from skgru._cli.columns_of_numbers import (
    are_numbers,
    correction_of,
    decorated_number,
    to_numbers,
    wrong_number,
)
from skgru._cli.csv_and_parquet import TextTable
from skgru._cli.dates import DateForm, looks_like_dates, read_dates, wrong_date
from skgru._cli.decimal_mark import decimal_of
from skgru._cli.errors import Refused, note, one_of
from skgru._cli.joined_dates import MARK, have_step, likely_join, parts_of, rest_of, unread_part
from skgru._cli.wide_files import check_long

# Rows to each one that a change of the clocks repeats: half a day of hours.
LEAST_ROWS_TO_A_CHANGE = 12


@dataclass(frozen=True)
class Roles:
    """The columns of a file. time : None without dates. form, decimal : how dates and numbers are
    written, None where the file decides; numbers : the covariates of numbers, None where it does.
    """

    time: str | None
    targets: tuple[str, ...]
    group: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    form: DateForm = field(default_factory=DateForm)
    decimal: str | None = None
    numbers: frozenset[str] | None = None

    @property
    def used(self) -> list[str]:
        named = [] if self.time is None else [self.time]
        return [*named, *self.group, *self.targets, *self.known, *self.past]


def complete(roles: Roles, table: TextTable, has_time: bool) -> Roles:
    """Roles with the columns that the user has left out, where only one can be meant."""
    for name in parts_of(table, roles.time):
        table.column(name, "--time" if name == roles.time else f"--time {roles.time}:")
    if not roles.targets:
        check_long(table)
    _check_targets(table, roles)
    time = roles.time if roles.time is not None or not has_time else _time_of(table, roles)
    roles = replace(roles, time=time)
    if not roles.targets:
        of_time = [] if time is None else _rest_of(table, time, roles)
        of_time += parts_of(table, time)
        free = [name for name in table.columns if name not in (*roles.used, *of_time)]
        numeric = [name for name in free if are_numbers(table.columns[name])]
        for name in free:
            _check_number(table, name, "--target is missing, and ")
        for name in free if not numeric else ():
            _check_number(table, name, "--target is missing, and ", decorated_number)
        if len(numeric) != 1:
            _refuse_targets(table, roles, numeric, free)
        note(f"--target {_quoted(numeric[0])} (the only column of numbers)")
        roles = replace(roles, targets=(numeric[0],))
    twice = [name for name in roles.used if roles.used.count(name) > 1]
    if twice:
        raise Refused(f"column {twice[0]} is given in two options. Name each column once.")
    return roles


def _refuse_targets(table: TextTable, roles: Roles, numeric: list[str], free: list[str]) -> None:
    """Raise if no column is named as the target, and none or several may be meant."""
    missing = f"--target is missing, and {table.name} has"
    if numeric:
        raise Refused(
            f"{missing} {len(numeric)} columns of numbers: {one_of(numeric)}. Name the column to "
            f"forecast, for example --target {_quoted(_likely_target(table, numeric))}."
        )
    options = [("--group", roles.group), ("--known", roles.known), ("--past", roles.past)]
    for option, names in options:
        for name in names:
            if are_numbers(table.columns[name]):
                raise Refused(
                    f"{missing} no column of numbers besides {option} {_quoted(name)}. Leave this "
                    f"option out, and give --target {_quoted(name)} to forecast the column."
                )
    # Such as numbers with several decimal marks, of which the option says what is wrong.
    likely = [
        name for name in free if any(map(str.isdigit, "".join(map(str, table.columns[name]))))
    ]
    if likely:
        raise Refused(
            f"{missing} no other column of numbers. Name the column to forecast, for example "
            f"--target {_quoted(_likely_target(table, likely))}."
        )
    raise Refused(
        f"{missing} no column of numbers to forecast. Its columns are: "
        f"{one_of(list(table.columns))}. Add a column of numbers to the file."
    )


def _check_targets(table: TextTable, roles: Roles) -> None:
    """Raise for a target that holds dates."""
    for name in roles.targets:
        column = table.column(name, "--target")
        if not are_numbers(column) and looks_like_dates(column):
            numeric = [one for one in table.columns if are_numbers(table.columns[one])]
            example = f", for example --target {_quoted(_likely_target(table, numeric))}"
            raise Refused(
                f"--target {name}: the column holds dates, but must hold numbers. Name the column "
                f"to forecast{example if numeric else ''}."
            )


def _likely_target(table: TextTable, names: list[str]) -> str:
    """The first column that is no date, no identifier, neither constant nor whole numbers in
    ascending order.
    """
    for name in names:
        column = list(table.columns[name])
        if is_time(name) or is_identifier(name) or len(set(column)) == 1:
            continue
        are_whole = all(str(one).isdecimal() for one in column)
        if are_whole and all(int(one) <= int(after) for one, after in pairwise(column)):
            continue
        return name
    return names[0] if names else "sales"


def _check_number(
    table: TextTable, name: str, why: str, wrong: Callable[[Any], int | None] = wrong_number
) -> None:
    """Raise for a column of numbers with values that are none. wrong : what finds the first one."""
    column = table.columns[name]
    bad = wrong(column)
    if bad is not None:
        row = "".join(str(one[bad]) for one in table.columns.values())
        is_of_units = not any(map(str.isdigit, row))
        remedy = "Delete this line, which has no date and no number."
        raise Refused(
            f"{why}column {name} of {table.name} has numbers, but {column[bad]!r} in line "
            f"{table.lines[bad]}. {remedy if is_of_units else correction_of(column[bad])}"
        )


def _quoted(name: str) -> str:
    return name if name.replace("_", "").replace(MARK, "").isalnum() else f"'{name}'"


def _time_of(table: TextTable, roles: Roles) -> str:
    free = [name for name in table.columns if name not in roles.used]
    dates = [name for name in free if looks_like_dates(table.columns[name])]
    why = "the only column of dates"
    if not dates:
        dates, why = [name for name in free if is_time(name)], "by its name"
    for name in free if not dates else ():
        bad = wrong_date(table.columns[name])
        if bad is not None:
            raise Refused(
                f"--time is missing, and column {name} of {table.name} has dates, but "
                f"{table.columns[name][bad]!r} in line {table.lines[bad]}. Correct the date, or "
                "name another column with --time."
            )
    whole = ""
    for name in dates:
        parts = [name, *_rest_of(table, name, roles)]
        if len(parts) > 1:
            whole = MARK.join(parts)
            if set(dates) <= set(parts) and have_step(table, whole, roles.form):
                note(f"--time {_quoted(whole)} (dates in {len(parts)} columns)")
                return whole
    if len(dates) != 1:
        whole = whole or likely_join(table, dates) or ""
        found = f"several columns of dates: {one_of(dates)}" if dates else "no column of dates"
        raise Refused(
            f"--time is missing, and {table.name} has {found}. Name the column of dates, for "
            f"example --time {_quoted(whole or [*dates, *free, 'date'][0])}, or "
            "use --no-time if the rows are at equal steps."
        )
    note(f"--time {_quoted(dates[0])} ({why})")
    return dates[0]


def _rest_of(table: TextTable, time: str, roles: Roles) -> list[str]:
    return rest_of(table, time, roles.used, roles.group, roles.form)


def frame_of(table: TextTable, roles: Roles) -> tuple[Any, Roles]:
    """The data frame, indexed by time, and how its dates and numbers are written."""
    import pandas as pd

    options = [("--group", roles.group), ("--target", roles.targets), ("--known", roles.known)]
    options.append(("--past", roles.past))
    given = {name: table.column(name, option) for option, names in options for name in names}
    covariates = [*roles.known, *roles.past]
    for option, names in options[2:]:
        for name in names:
            _check_number(table, name, f"{option} {name}: ")
            _check_number(table, name, f"{option} {name}: ", decorated_number)
    numeric = [
        name
        for name in covariates
        if (are_numbers(given[name]) if roles.numbers is None else name in roles.numbers)
    ]
    numbers = frozenset(numeric)
    numeric = [*roles.targets, *numeric]
    decimal = roles.decimal
    if decimal is None:
        written = {name: given[name] for name in numeric if isinstance(given[name], list)}
        others = [
            column
            for name, column in table.columns.items()
            if name not in (*roles.used, *parts_of(table, roles.time))
            and isinstance(column, list)
            and are_numbers(column)
        ]
        decimal = decimal_of(written, table.separator, table.name, others)
    if roles.time is None:
        index, form = pd.RangeIndex(1, len(table) + 1, name="row"), roles.form
    else:
        times = table.column(roles.time, "--time")
        wanted = roles.form
        if table.joined == roles.time:  # in a form of its own
            wanted = DateForm(zone=wanted.zone)
        keys = list(zip(*(given[name] for name in roles.group), strict=True)) or None
        index, form = read_dates(times, wanted, roles.time, table.name, table.lines, keys)
        form = roles.form if wanted is not roles.form else form
    data: dict[str, Any] = {}
    for option, names in options:
        for name in names:
            column = given[name]
            if name in numeric:
                what = f"{option} {name}"
                data[name] = to_numbers(
                    column, decimal, what, table.name, table.lines, roles.decimal is not None
                )
            else:
                data[name] = np.asarray(column, dtype=object)
    for name in roles.group:
        missing = np.flatnonzero(pd.isna(data[name]))
        if len(missing):
            raise Refused(
                f"--group {name}: {table.name}, line {table.lines[missing[0]]} has no value. Add "
                "it, or delete the line."
            )
    frame = pd.DataFrame(data, index=index)
    _check_once(frame, table, roles)
    roles = replace(roles, form=form, decimal=decimal, numbers=numbers)
    return _in_order_of_time(frame, roles), roles


def _check_once(frame: Any, table: TextTable, roles: Roles) -> None:
    """Raise for a date that is there more than once, of one series."""
    import pandas as pd

    if roles.time is None:
        return
    keys = pd.DataFrame({0: frame.index}).assign(
        **{f"key {at}": frame[name].to_numpy() for at, name in enumerate(roles.group)}
    )
    repeated = np.flatnonzero(keys.duplicated())
    if not len(repeated):
        return
    second = int(repeated[0])
    first = int((keys == keys.iloc[second]).all(axis=1).to_numpy().argmax())
    written = list(table.column(roles.time, "--time"))[second]
    remedy = (
        "Keep one row of each date, or name the columns that identify a series with --group"
        if not roles.group
        else "Keep one row of each date and series, or name a further column with --group"
    )
    if _are_of_clocks(frame.index[repeated]):
        remedy += (
            ". If the clocks go back there, give their zone, such as --time-zone Europe/Berlin"
        )
    rest = _rest_of(table, roles.time, roles)
    unread = unread_part(table, [name for name in table.columns if name not in roles.used])
    if rest:
        whole = _quoted(MARK.join([roles.time, *rest]))
        remedy = (
            f"Join the columns of the date with --time {whole}, or name the series with --group"
        )
    elif unread is not None and table.joined != roles.time:
        value = str(next(iter(table.columns[unread])))
        remedy += (
            f". If {_quoted(unread)} is a part of the date, write {value!r} and its other values "
            f"as numbers, and give --time {_quoted(roles.time + MARK + unread)}"
        )
    raise Refused(
        f"--time {roles.time}: {table.name} has {str(written).removesuffix(' 00:00:00')} more than "
        f"once{' for one series' if roles.group else ''}, in lines {table.lines[first]} and "
        f"{table.lines[second]}. {remedy}."
    )


def _are_of_clocks(dates: Any) -> bool:
    """Whether dates may be those of the hour that is there twice as clocks go back, early on a
    Sunday of autumn.
    """
    if not hasattr(dates, "normalize") or dates.tz is not None:
        return False
    is_autumn = (dates.month >= 9) | (dates.month <= 5)  # in the north or in the south
    is_early = (dates.day_of_week == 6) & (dates.hour <= 3) & is_autumn
    return bool(is_early.all()) and bool((dates != dates.normalize()).any())


def _in_order_of_time(frame: Any, roles: Roles) -> Any:
    """Rows in the order of time, within each series; the series keep their order."""
    parts = (
        [part for _, part in frame.groupby(list(roles.group), sort=False)] if roles.group else []
    )
    parts = parts or [frame]
    if all(part.index.is_monotonic_increasing for part in parts):
        return frame
    import pandas as pd

    note("rows are sorted by time")
    return pd.concat([part.sort_index() for part in parts])


def guess_group(table: TextTable, roles: Roles) -> Roles:
    """The only column of text, if dates repeat without it and do not repeat within its values."""
    if roles.group or roles.time is None:
        return roles
    times = list(table.column(roles.time, "--time"))
    if len(set(times)) == len(times):
        return roles
    of_time = [*parts_of(table, roles.time), *_rest_of(table, roles.time, roles)]
    free = [name for name in table.columns if name not in (*roles.used, *of_time)]
    texts = [name for name in free if not are_numbers(table.columns[name])]
    if len(texts) != 1 or unread_part(table, texts) is not None:
        return roles
    pairs = list(zip(times, table.columns[texts[0]], strict=True))
    n_twice = len(pairs) - len(set(pairs))
    # Where the clocks of a zone go back, an hour is there twice.
    if n_twice > (0 if roles.form.zone is None else len(pairs) / LEAST_ROWS_TO_A_CHANGE):
        return roles
    note(f"--group {_quoted(texts[0])} (each date is there once for each of its values)")
    return replace(roles, group=(texts[0],))

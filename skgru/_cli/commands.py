"""The commands: `forecast`, `backtest` and `info`. Each returns the text for standard output."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from skgru._cli.answers import as_frame, csv_of, forecasts_of, measures_of, with_groups, write
from skgru._cli.csv_and_parquet import TextTable, read_table
from skgru._cli.dates import DateForm
from skgru._cli.errors import Refused, note, one_of
from skgru._cli.gaps import filled_gaps, missing_dates_explained
from skgru._cli.joined_dates import joined
from skgru._cli.model_rows import as_in_model, history_of, with_later_rows
from skgru._cli.roles_of_columns import Roles, complete, frame_of, guess_group
from skgru._cli.until_date import until_date
from skgru._forecaster.short_series import LEAST_ROWS


def forecast(given: Namespace) -> str:
    if (given.horizon is None) == (given.until is None):
        raise Refused(
            "--horizon or --until is missing. Give one of them: the number of rows to forecast, or "
            "the last date."
            if given.horizon is None
            else "--horizon and --until exclude each other. Give one of them."
        )
    if given.plot:
        _pyplot(given.plot)
    if given.model is None and given.data is None:
        raise Refused("the file with the data is missing: skgru forecast data.csv --horizon 12")
    if given.model is not None:
        forecaster, frame, roles = _from_model(given)
    else:
        frame, roles, table = _read(given)
    future = _future(given, roles)
    _check_names(given, roles)
    if given.model is None:
        with missing_dates_explained(frame, table, roles):
            forecaster = _fitted(given, frame, roles)
    elif frame is not None:
        _append(forecaster, frame, given)
    until = _until(given, roles)
    if given.model is not None and future is not None:
        future = with_later_rows(future, forecaster, roles, given.horizon, until)
    ahead = {"future": future}
    steps = {"steps": given.horizon} if until is None else {"until": until}
    if given.interval is None:
        answer = forecaster.forecast(**steps, **ahead)
    else:
        answer = forecaster.forecast_interval(
            coverage=given.interval, with_forecast=True, **steps, **ahead
        )
    if given.save:
        _save(forecaster, given.save)
    if given.plot:
        from skgru._cli.pictures import draw

        history = frame if given.model is None else history_of(forecaster, roles)
        draw(history, answer, roles, given)
    return _answered(_in_order(as_frame(answer), roles), given)


def backtest(given: Namespace) -> str:
    from skgru.model_selection import backtest as run

    frame, roles, table = _read(given)
    if given.by == "series" and not roles.group:
        raise Refused("--by series needs several series. Name their column with --group.")
    forecaster = _estimator(given, roles, given.horizon)
    with missing_dates_explained(frame, table, roles):
        result = run(
            forecaster,
            frame,
            initial=given.initial,
            step=given.step or given.horizon,
            refit=given.refit,
            coverage=given.interval,
        )
    if given.forecasts:
        rows = forecasts_of(result, roles.time or "row")
        write(with_groups(rows, roles.group), given.forecasts, "--forecasts")
    return _answered(measures_of(result, given.by, roles.group), given)


def info(given: Namespace) -> str:
    import skgru

    estimator = _load(given.model)
    lines = [("file", given.model), ("bytes", f"{Path(given.model).stat().st_size}")]
    lines.append(("holds", type(estimator).__name__))
    if not isinstance(estimator, skgru.SequenceForecaster):
        return _aligned(lines) + f"{estimator!r}\n"
    if not estimator.__sklearn_is_fitted__():
        return _aligned([*lines, ("fitted", "no")])
    roles = _roles_of(estimator)
    ends = [one.rows.index[-1] for one in estimator._tails if one.rows.index is not None]
    lines += [
        ("time", roles.time or "none"),
        ("target", ", ".join(map(str, estimator._target_names))),
        *[(name, ", ".join(map(str, of))) for name, of in
          (("group", roles.group), ("known", roles.known), ("past", roles.past)) if of],
        ("history to", _date(max(ends)) if ends else f"row {max(estimator._n_rows)}"),
        ("zero-shot", "yes" if estimator.pretrained == "only" else "no"),
    ]  # fmt: skip
    return _aligned(lines) + f"{estimator.summary_!r}\n"


def _in_order(table: Any, roles: Roles) -> Any:
    """A forecast with the columns in one order, however the model held them: time, groups, and
    forecasts.
    """
    first = [name for name in (roles.time, *roles.group) if name in table.columns]
    return table[[*first, *(name for name in table.columns if name not in first)]]


def _aligned(lines: list[tuple[str, str]]) -> str:
    return "".join(f"{name:<12}{value}\n" for name, value in lines)


def _date(one: Any) -> str:
    return str(one).removesuffix(" 00:00:00")


def _answered(table: Any, given: Namespace) -> str:
    if given.output is None:
        return csv_of(table)
    write(table, given.output)
    return ""


def _read(given: Namespace) -> tuple[Any, Roles, TextTable]:
    form = DateForm(given.date_order, given.date_format, given.time_zone)
    roles = Roles(
        given.time, tuple(given.target), tuple(given.group), tuple(given.known), tuple(given.past),
        form, given.decimal,
    )  # fmt: skip
    if given.no_time and (given.time is not None or given.group):
        raise Refused("--no-time excludes --time and --group. Leave one of them out.")
    if given.zero_shot and given.calendar:
        raise Refused(
            "--zero-shot reads no calendar, but --calendar is given. Leave one of them out."
        )
    if given.zero_shot and given.past:
        raise Refused(
            "--zero-shot reads no past covariates, but --past is given. Leave one of the two out."
        )
    table = read_table(given.data, given.separator, given.encoding)
    roles = complete(roles, table, not given.no_time)
    table = joined(table, roles.time, roles.form, roles.group)
    frame, roles = frame_of(table, roles := guess_group(table, roles))
    _check_rows(frame, roles, given, table.name)
    if given.fill_gaps:
        frame = filled_gaps(frame, table, roles)
    return frame, roles, table


def _check_rows(frame: Any, roles: Roles, given: Namespace, name: str) -> None:
    """Raise for series that are all too short to be trained on, or to show the step of dates."""
    sizes = frame.groupby(list(roles.group)).size() if roles.group else [len(frame)]
    n_rows = max(sizes)
    shows_step = not hasattr(frame.index, "unit")  # periods and numbers
    if n_rows >= LEAST_ROWS or (given.zero_shot and shows_step):
        return
    why = "the step of its dates follows from" if given.zero_shot else "training needs"
    what = "each series" if roles.group else "1 row" if n_rows == 1 else f"{n_rows} rows"
    what += f" at most {n_rows} row{'s' * (n_rows > 1)}" if roles.group else ""
    raise Refused(
        f"{name} has {'for ' * bool(roles.group)}{what}, but {why} at least {LEAST_ROWS}. Add rows."
    )


def _append(forecaster: Any, frame: Any, given: Namespace) -> None:
    """Append the rows of a frame to the histories of a forecaster, as far as they are new."""
    n_before = sum(forecaster._n_rows)
    forecaster.update(frame)
    n_known = len(frame) - (sum(forecaster._n_rows) - n_before)
    if n_known > 0:
        note(
            f"{n_known} of {len(frame)} rows of {given.data} have dates that the history of "
            f"--model {given.model} holds already. These rows are ignored."
        )


def _check_names(given: Namespace, roles: Roles) -> None:
    """Raise if a bound of one column would have the name of another one."""
    if given.interval is None:
        return
    bounds = {f"{name}_{side}": name for name in roles.targets for side in ("lower", "upper")}
    for name in (*roles.targets, *roles.group, *([roles.time] if roles.time else [])):
        if name in bounds:
            raise Refused(
                f"--interval: a bound of --target {bounds[name]} would be a second column {name}. "
                "Rename this column in the file, or leave --interval out."
            )


def _future(given: Namespace, roles: Roles) -> Any:
    if given.future is None:
        if given.model and roles.known:
            rows = f"the {given.horizon} rows after the data" if given.horizon else ""
            raise Refused(
                f"--model {given.model} reads {one_of(list(roles.known))} of the rows to forecast. "
                f"Give a file with {rows or f'these columns up to {given.until}'} with --future."
            )
        return None
    if not roles.known:
        raise Refused("--future needs --known: name the columns of the file to use.")
    table = read_table(given.future, given.separator, given.encoding)
    # The file decides on its own decimal mark: 9,500 may be another number than in the data.
    table = joined(table, roles.time, roles.form, roles.group)
    return frame_of(table, replace(roles, targets=(), past=(), decimal=given.decimal))[0]


def _estimator(given: Namespace, roles: Roles, horizon: int) -> Any:
    from skgru import SequenceForecaster

    seasons = given.season
    return SequenceForecaster(
        horizon=horizon,
        season_length=None if not seasons else seasons[0] if len(seasons) == 1 else seasons,
        target=list(roles.targets),
        known=list(roles.known) or None,
        group=None
        if not roles.group
        else roles.group[0]
        if len(roles.group) == 1
        else list(roles.group),
        calendar=True if given.calendar else None,
        point=given.point,
        lower=given.lower,
        upper=given.upper,
        pretrained="only" if given.zero_shot else "auto",
        random_state=given.seed,
    )


def _fitted(given: Namespace, frame: Any, roles: Roles) -> Any:
    if roles.known and given.future is None:
        raise Refused(
            f"--known {one_of(list(roles.known))} needs --future: a file with these columns for "
            "the rows to forecast. Give it, or leave --known out."
        )
    horizon = given.horizon
    if horizon is None:
        horizon = _rows_until(given, frame, roles)
    forecaster = _estimator(given, roles, horizon)
    if not given.zero_shot:
        note("training ... (--zero-shot forecasts without training)")
        from skgru._cli.quiet import without_chatter

        without_chatter()
    return forecaster.fit(frame)


def _rows_until(given: Namespace, frame: Any, roles: Roles) -> int:
    """The largest number of rows up to a date, counted by forecasts that need no training."""
    counting = Namespace(**{**vars(given), "zero_shot": True, "calendar": False})
    bare = replace(roles, known=(), past=())
    of_targets = frame[[*roles.group, *roles.targets]]
    dates = _estimator(counting, bare, 1).fit(of_targets).forecast(until=_until(given, roles))
    return int(dates.groupby(list(roles.group)).size().max()) if roles.group else len(dates)


def _until(given: Namespace, roles: Roles) -> str | None:
    if given.until is None or roles.time is None:
        return given.until
    return until_date(given.until, roles.form)


def _load(path: str) -> Any:
    import skgru

    try:
        return skgru.load(path)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


def _save(forecaster: Any, path: str) -> None:
    import skgru

    try:
        skgru.save(forecaster, path)
    except OSError as error:
        raise Refused(str(error.strerror).replace(f"path={path!r}", f"--save {path}")) from error
    note(f"saved {path}")


def _roles_of(forecaster: Any) -> Roles:
    """The columns that a fitted forecaster was given."""
    rows, spec = forecaster._tails[0].rows, forecaster._given
    names = list(getattr(forecaster, "feature_names_in_", range(forecaster.n_features_in_)))
    group = forecaster.group
    if group is None or group == "columns":
        group = ()
    time = getattr(rows.index, "name", None)
    known = tuple(names[at] for at in spec.known if at < len(names))
    targets = tuple(names[at] for at in spec.targets)
    past = tuple(name for name in names if name not in (*targets, *known))
    return Roles(
        time, targets, (group,) if isinstance(group, str) else tuple(group), known, past,
        numbers=frozenset({*known, *past} - set(forecaster.categories_)),
    )  # fmt: skip


def _from_model(given: Namespace) -> tuple[Any, Any, Roles]:
    """A loaded forecaster, and the rows of the data file, None without one."""
    import skgru

    forecaster = _load(given.model)
    if not isinstance(forecaster, skgru.SequenceForecaster):
        raise Refused(
            f"--model {given.model} holds a {type(forecaster).__name__}, but forecast needs a "
            "SequenceForecaster. Use a file of skgru forecast --save."
        )
    if not forecaster.__sklearn_is_fitted__():
        raise Refused(f"--model {given.model} is not fitted. Use a file of skgru forecast --save.")
    changed = [name for name in ("target", "group", "known", "past", "season", "lower", "upper")
               if
               getattr(given, name) not in (None, [])]  # fmt: skip
    changed += [name for name in ("zero_shot", "calendar", "no_time") if getattr(given, name)]
    changed += ["point"] if given.point != "auto" else []
    if changed:
        option = changed[0].replace("_", "-")
        raise Refused(
            f"--{option} belongs to the training, and --model {given.model} is trained already. "
            "Leave one of them out."
        )
    roles = _roles_of(forecaster)
    are_numbers = (
        getattr(getattr(forecaster._tails[0].rows.index, "dtype", None), "kind", "") == "i"
    )
    form = DateForm(given.date_order, given.date_format, given.time_zone, are_numbers)
    roles = replace(roles, time=given.time or roles.time, form=form, decimal=given.decimal)
    if given.data is None:
        return forecaster, None, roles
    table = read_table(given.data, given.separator, given.encoding)
    if roles.time == "row":  # of --no-time
        raise Refused(
            f"--model {given.model} has no dates, so that new rows cannot be placed. Leave the "
            "data file out, or train again with all rows."
        )
    table = joined(table, roles.time, roles.form, roles.group)
    frame, roles = frame_of(table, roles)
    frame = as_in_model(frame, forecaster, roles, given)
    if given.fill_gaps:
        step = getattr(forecaster._tails[0].rows, "freq", None)
        frame = filled_gaps(frame, table, roles, step)
    return forecaster, frame, roles


def _pyplot(path: str) -> None:
    """Whether a picture can be drawn, before the training begins."""
    if Path(path).suffix.lower() not in (".png", ".svg", ".pdf", ".jpg"):
        raise Refused(f"--plot {path} must end with .png, .svg, .pdf or .jpg.")
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError(
            "--plot needs the package matplotlib, which is not installed. Install it with 'pip "
            "install matplotlib'."
        ) from error
    matplotlib.use("Agg")

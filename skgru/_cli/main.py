"""The entry of the command line: arguments in, an exit code out."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from skgru._cli.arguments import parser
from skgru._cli.errors import Failed, Note, Refused
from skgru._cli.files_of_options import check_files
from skgru._cli.messages import in_words

OK, ERROR, WRONG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141


def run() -> None:
    """The console script."""
    sys.exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0; 2 for wrong arguments or data, 1 for other errors, 130 after
    Ctrl-C, and 141 if whoever reads standard output has closed it.
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Python would write the rest at its end, and complain.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return BROKEN_PIPE


def _run(argv: Sequence[str] | None) -> int:
    try:
        given = parser().parse_args(argv)
    except SystemExit as end:  # of --help, or of arguments that argparse has refused
        return int(end.code or 0)
    if not _has_pandas():
        return _told("skgru needs pandas to read files. Install it with 'pip install pandas'.")
    from skgru._cli import commands

    command = getattr(commands, given.command)
    quiet = getattr(given, "quiet", False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if quiet else "default")
        _tell_warnings(given.command)
        try:
            check_files(given)
            text = command(given)
            if text and sys.stdout is None:
                raise Failed("standard output is closed. Give a file with --output.")
            if text:
                sys.stdout.write(text)
                sys.stdout.flush()
        except (Refused, Failed) as error:
            return _told(str(error), WRONG if isinstance(error, Refused) else ERROR)
        except BrokenPipeError:
            raise
        except (ValueError, TypeError) as error:
            if os.environ.get("SKGRU_TRACEBACK"):
                raise
            return _told(in_words(error, given.command), WRONG)
        except Exception as error:
            if os.environ.get("SKGRU_TRACEBACK"):
                raise
            return _told(in_words(error, given.command))
    return OK


def _has_pandas() -> bool:
    try:
        import pandas  # noqa: F401
    except ImportError:
        return False
    return True


def _told(text: str, code: int = ERROR) -> int:
    _say(f"error: {text}")
    return code


def _say(text: str) -> None:
    """A line on standard error, if it is open."""
    if sys.stderr is not None:
        print(f"skgru: {text}", file=sys.stderr)


def _tell_warnings(command: str) -> None:
    """Warnings as one line on standard error. Those about code, of other packages, are left out."""

    def show(message: Any, category: Any, *where: Any, **more: Any) -> None:
        if issubclass(category, Note):
            _say(str(message))
        elif issubclass(category, UserWarning | RuntimeWarning):
            _say(f"warning: {in_words(message, command)}")

    warnings.showwarning = show

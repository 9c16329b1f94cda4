"""Errors of the command line, and lines on standard error."""

from __future__ import annotations

import warnings


class Refused(Exception):
    """Wrong arguments or data: exit code 2."""


class Failed(Exception):
    """Anything else that can be said in a line, such as a missing package: exit code 1."""


class Note(UserWarning):
    """What the command does by itself, such as a column that it guesses."""


def note(text: str) -> None:
    """A line on standard error, which --quiet silences."""
    warnings.warn(text, Note, stacklevel=2)


def one_of(names: list[str]) -> str:
    """Names for a message, the first twelve of them."""
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")

"""What can go wrong, one class for each failure that a caller could handle.

Every message says what was wrong, where, and what would be right. The command line prints it and
leaves with exit code 2.
"""


class SeabedError(Exception):
    """Base of every error this package raises on purpose."""


class SiteError(SeabedError):
    """The site cannot be read or has no single reading."""


class QuestionError(SeabedError):
    """The applicant, activity, mineral or date is not one the program knows."""


class AtlasError(SeabedError):
    """The layers are missing, damaged or do not follow their schema."""


class RuleError(SeabedError):
    """The rules, registers or profiles are not well-formed, or break a lint."""


class FigureError(SeabedError):
    """A number of the feasibility part is missing, impossible, or of another kind than is asked for."""


class MissingExtraError(SeabedError):
    """An optional dependency is needed; the message names the extra to install."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the [{extra}] extra: pip install 'seabed-assessor[{extra}]'")

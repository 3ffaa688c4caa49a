"""seabed: whose seabed is it, which legal orders reach it, and what do they require of whom, and when.

>>> from seabed import Question, assess, read_site
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seabed.assessment import assess
    from seabed.contract import Assessment
    from seabed.question import Activity, Applicant, Holding, Mineral, Question
    from seabed.site import Site, read_site

__version__ = "0.1.0"

_WHERE = {
    "Activity": "question",
    "Applicant": "question",
    "Assessment": "contract",
    "Holding": "question",
    "Mineral": "question",
    "Question": "question",
    "Site": "site",
    "assess": "assessment",
    "read_site": "site",
}

__all__ = [  # noqa: RUF022 - in the order in which they are used
    "read_site",
    "Site",
    "Question",
    "Applicant",
    "Holding",
    "Activity",
    "Mineral",
    "assess",
    "Assessment",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a public name when it is first used, so that `import seabed` costs next to nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'seabed' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"seabed.{_WHERE[name]}"), name)

"""seabed: whose seabed is it, which legal orders reach it, and what do they require of whom, and when."""

from __future__ import annotations

__version__ = "0.1.0"

"""Where a place is: the layers, how they are stored, and how a site is cut by them."""

from __future__ import annotations

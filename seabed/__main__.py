"""``python -m seabed``."""

from seabed.cli import main

main()

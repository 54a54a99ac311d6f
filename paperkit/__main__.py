"""Run the command line with `python -m paperkit`."""

from paperkit.cli.entry import main

main()

"""Run the command line with `python -m paperkit`."""

from paperkit.cli.main import main

main()

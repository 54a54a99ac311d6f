"""Run the command line with `python -m paperkit`."""

from paperkit.cli.entry import main

# Workers of an MPI pool run this file too, under another name.
if __name__ == "__main__":
    main()

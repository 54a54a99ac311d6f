"""The `paperkit` command: finds its commands by name, loads only the one that runs, maps errors to exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from paperkit.cli.console import print_event, print_json, print_problems, problem_json
from paperkit.errors import ManifestError, PaperkitError

FAILED, WRONG_MANIFEST, STALE, EDITED = 1, 2, 3, 4

COMMANDS = {
    "adopt": "Keep hand edits of outputs as patches that every build applies.",
    "audit": "Check a finished PDF against what a venue asks.",
    "build": "Bring every table, figure and macro up to date.",
    "camera-ready": "Make the bundle that a venue gets, proven to look the same.",
    "check": "Tell whether the outputs are up to date and unedited, for CI.",
    "diff": "Say what changed in the outputs since a revision of git.",
    "doctor": "Show which programs and libraries are there, and what is missing.",
    "fetch": "Get the files of frames that have a url.",
    "graph": "Show what is made from what.",
    "overleaf": "Bring the outputs to co-authors on Overleaf, and their edits here.",
    "proof": "Set every asset on one document, to look at.",
    "schema": "Write the JSON Schema that lets editors complete paper.toml.",
    "show": "Print a frame, and how many rows each of its clauses leaves.",
    "status": "Show how every output stands.",
    "why": "Say why an asset would be made again.",
}


class _Commands(click.Group):
    """Commands that are imported when they are called, so that `--help` and `--version` start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"paperkit.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from paperkit.errors import did_you_mean

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"no such command '{args[0]}'{close or ': see paperkit --help'}")
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"paperkit {version('paperkit-assets')}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def cli() -> None:
    """Turn paper.toml into a paper's tables, figures and number macros.

    Exit codes: 0 fine, 1 an asset failed or a check found something, 2 the manifest is wrong, 3 stale,
    4 edited or in conflict.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = tuple(sys.argv[1:] if arguments is None else arguments)
    try:
        result: Any = cli.main(args=list(given), prog_name="paperkit", standalone_mode=False)
    except PaperkitError as error:
        if "--events" in given:
            print_event("error", problems=[problem_json(problem) for problem in error.problems])
        elif "--json" in given:
            print_json({"problems": [problem_json(problem) for problem in error.problems]})
        else:
            print_problems(error.problems)
        return WRONG_MANIFEST if isinstance(error, ManifestError) else FAILED
    except click.exceptions.Abort:
        click.echo("interrupted; every file is either as it was or complete", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return result if isinstance(result, int) else 0

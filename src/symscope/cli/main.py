"""The command `symscope` and its sub-commands.

Nothing heavy is imported here: help and completion must answer at once, so that each command imports what it needs when
it runs.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from symscope.errors import SymscopeError

app = typer.Typer(
    name="symscope",
    help="Look into files, make a project folder, check a configuration, and look at results.\n\n"
    "The work itself is done by snakemake: `snakemake --cores 4 my_experiment`.",
    epilog="Completion of the shell: `symscope --install-completion`. Documentation: the folder docs of the repository.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> bool:
    if wanted:
        from symscope import __version__  # noqa: PLC0415

        typer.echo(f"symscope {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options of all commands."""


@app.command(
    short_help="Look into a file, and propose a block of configuration.",
    epilog="Examples:\n\n"
    "  symscope inspect data/muons.root\n\n"
    "  symscope inspect data/*.root --tree Events --pattern 'Muon_*'\n\n"
    "  symscope inspect traces.csv --block > traces.yaml",
)
def inspect(  # noqa: PLR0917 - options of a command line
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="ROOT, HDF5, Parquet, npz, npy or CSV, by the suffix.")
    ],
    tree: Annotated[
        str | None, typer.Option(help="Tree of a ROOT file or group of an HDF5 file; by default the largest tree.")
    ] = None,
    entries: Annotated[int, typer.Option(min=1, help="Entries from the start whose range is told.")] = 1000,
    pattern: Annotated[
        str | None, typer.Option(help="Only columns of these names, with * and ?, such as 'Muon_*'.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List all columns, however many there are.")] = False,
    proposal: Annotated[int, typer.Option(min=1, help="Which of the proposals is printed as a block.")] = 1,
    block: Annotated[
        bool, typer.Option("--block", help="Print the proposed block alone, to be written to a file.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Name of the experiment in the block; by default that of the file.")
    ] = None,
) -> None:
    """Look into a file: columns, types, ranges, and a block of configuration that works as it is printed.

    Memory does not grow with the file: only the first entries are read.
    """
    from symscope.cli.inspection import inspect_files  # noqa: PLC0415

    inspect_files(
        files,
        tree=tree,
        entries=entries,
        pattern=pattern,
        everything=everything,
        proposal=proposal,
        block_only=block,
        name=name,
    )


@app.command(
    short_help="Make a project folder to edit.",
    epilog="Examples:\n\n  symscope new muons\n\n  symscope new muons --data data/muons.root",
)
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the project; it must be new or empty.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(help="A file to look into, whose proposed block the configuration gets; may be repeated."),
    ] = None,
    tree: Annotated[str | None, typer.Option(help="Tree of a ROOT file or group of an HDF5 file.")] = None,
    workflow: Annotated[
        Path | None, typer.Option(help="The repository of symscope; by default the one that this command belongs to.")
    ] = None,
) -> None:
    """Make a project folder with a configuration to edit, a Snakefile, and the command to run."""
    from symscope.cli.project_folder import make_project  # noqa: PLC0415

    make_project(folder, data=data or [], tree=tree, workflow=workflow)


@app.command(
    short_help="Check a configuration, and say what it would do.",
    epilog="Examples:\n\n"
    "  symscope check\n\n"
    "  symscope check mine.yaml\n\n"
    "  symscope check config/smoke.yaml mine.yaml",
)
def check(
    configs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CONFIG",
            help="Configuration files, laid one over the other as by `snakemake --configfile`; none checks config/config.yaml.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing where all is right.")] = False,
) -> None:
    """Check a configuration, and say what it would do: experiments, data, targets, files that are missing.

    As for snakemake, config/config.yaml of this folder, or else the default one, is always the base. The exit status is 1 where
    something is wrong.
    """
    from symscope.cli.checking import check_configs  # noqa: PLC0415

    if not check_configs(configs or [], quiet=quiet):
        raise typer.Exit(1)


@app.command(
    epilog="Examples:\n\n"
    "  symscope draw results/discovery/top_tagging/generators.h5\n\n"
    "  symscope draw generators.h5 -o found.pdf --components E,px,py,pz --seed 3"
)
def draw(
    result: Annotated[Path, typer.Argument(help="HDF5 file of a discovery, a lens or a metric.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Picture: .svg, .pdf or .png; by default the name of the file, as .svg, here."
        ),
    ] = None,
    components: Annotated[
        str | None, typer.Option(help="Names of rows and columns, parted by commas, such as E,px,py,pz.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed that is drawn; by default a typical one.")] = None,
) -> None:
    """Draw a result as a picture."""
    from symscope.cli.results import draw_result  # noqa: PLC0415

    draw_result(result, output, components=components, seed=seed)


@app.command(
    epilog="Examples:\n\n  symscope show results/discovery/top_tagging/generators.h5\n\n  symscope show results/metric/top_tagging/metrics.h5"
)
def show(
    result: Annotated[Path, typer.Argument(help="HDF5 file of a discovery, a lens, a metric or samples.")],
    matrices: Annotated[bool, typer.Option(help="Print matrices too, where they are small.")] = True,
) -> None:
    """Say in words and numbers what a result file holds."""
    from symscope.cli.results import show_result  # noqa: PLC0415

    show_result(result, matrices=matrices)


def main() -> None:
    """Run the command; a mistake of the user becomes one sentence, with exit status 1."""
    try:
        app(prog_name="symscope")
    except SymscopeError as error:
        _end(str(error))
    except (PermissionError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        _end(f"{error.filename}: {error.strerror}; mend the path or its permissions")


def _end(message: str) -> None:
    """Tell what was wrong and end."""
    for line in message.splitlines():
        typer.echo(f"symscope: {line}", err=True)
    sys.exit(1)

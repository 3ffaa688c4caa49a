"""The layers on the command line: listed, imported, fetched, verified and measured."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seabed.cli_question import language_option
from seabed.errors import AtlasError
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@click.group(
    epilog="""\b
Examples:
  seabed layers fetch isa-contracts-nodules
  seabed layers import World_EEZ_v12_20231025.zip --as marine-regions-eez
  seabed layers import area.zip --as boem-area --ref BOEM-2025-0035
"""
)
def layers() -> None:
    """Look at the layers behind an answer, bring official ones, and measure them.

    Imported layers stand above the bundled ones of their kind. They are kept in the user's data folder, or in
    $SEABED_DATA.
    """


@layers.command("list")
@language_option
def list_layers() -> None:
    """List the layers: what each is, its source, vintage and accuracy."""
    from seabed.atlas.catalogue import load_catalogue
    from seabed.atlas.library import layers_in_force

    imported, warnings = layers_in_force()
    own = {layer.id for layer in imported}
    for entry in load_catalogue().values():
        title = _(entry.title)
        if entry.id in own:
            title = _("{title} [imported]").format(title=title)
        about = _("{source} ({vintage}); {accuracy}").format(
            source=entry.source, vintage=_(entry.vintage), accuracy=entry.accuracy
        )
        click.echo(f"{entry.id:20} {title}\n{'':20} {about}")
    warn(warnings)


@layers.command("show")
@click.argument("identifier", metavar="ID")
@language_option
def show_layer(identifier: str) -> None:
    """Tell everything about one layer, bundled or imported."""
    from dataclasses import asdict

    from seabed.atlas.catalogue import load_catalogue
    from seabed.atlas.library import layers_in_force

    catalogue = load_catalogue()
    if identifier not in catalogue:
        raise AtlasError(f"no layer is called {identifier!r}; the layers are {', '.join(catalogue)}")
    told: dict[str, Any] = asdict(catalogue[identifier])
    layer = next((one for one in layers_in_force()[0] if one.id == identifier), None)
    if layer is not None:
        told |= {
            "imported": _("{day} from {file} as {kind}").format(
                day=layer.imported_on, file=layer.original, kind=layer.imported_as
            ),
            "original_sha256": layer.original_sha256,
            "features": layer.features,
            "limits": layer.limits,
            "supersedes": [", ".join(f"{k} {v}" for k, v in one.items()) for one in layer.supersedes],
            "file": layer.path,
        }
    for key, value in told.items():
        listed = value if isinstance(value, list | tuple) else [value]
        for number, one in enumerate(listed):
            click.echo(f"{key if not number else '':16} {_(str(one))}")


@layers.command(
    "import",
    epilog="""\b
Examples:
  seabed layers import World_EEZ_v12_20231025.zip --as marine-regions-eez
  seabed layers import ISAwebsite_fclContractAreasPMN.zip --as isa-contracts
  seabed layers import mine.gpkg --as generic --map map.yaml
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "imported_as",
    required=True,
    metavar="KIND",
    help="marine-regions-eez, marine-regions-12nm, marine-regions-ecs, isa-contracts, isa-apei, "
    "isa-reserved, boem-area, or generic.",
)
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="generic: what the columns mean.")
@click.option("--id", "identifier", help="What to call the layer. One of the same id is replaced.")
@click.option("--layer", help="Which layer of the file, where several would do.")
@click.option("--ref", help="boem-area: the docket, such as BOEM-2025-0035.")
@click.option("--vintage", help="The version or date of the source.")
def import_command(file: Path, **options: Any) -> None:  # noqa: ANN401
    """Import a FILE: Shapefile, GeoPackage, file geodatabase, GeoJSON, FlatGeobuf, or a zip of one."""
    from seabed.atlas.importing import import_layer

    layer = import_layer(file, **options)
    for note in layer.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"imported {layer.id}: {layer.features} features, {layer.limits} limits, now in force")


@layers.command("remove")
@click.argument("identifier", metavar="ID")
def remove_layer(identifier: str) -> None:
    """Remove an imported layer; what it superseded is in force again."""
    from seabed.atlas.library import put_out_of_force

    click.echo(f"removed {put_out_of_force(identifier).id}")


@layers.command("verify")
def verify_layers() -> None:
    """Check that no layer was changed since it was made. Exit code 2 if one was."""
    from seabed.atlas.library import installed_layers, problem_with
    from seabed.atlas.store import Atlas

    with Atlas.open(bundled_only=True) as bundled:
        bundled.verify()
        click.echo(f"bundled: as built, {bundled.sha256}")
    problems = []
    for layer in installed_layers():
        problem = problem_with(layer, thoroughly=True)
        click.echo(f"{layer.id}: {problem or f'as imported, {layer.sha256}'}")
        problems += [layer.id] if problem else []
    if problems:
        raise AtlasError(f"damaged and left aside: {', '.join(problems)}; import them again or remove them")


@layers.command("fetch")
@click.argument("identifier", metavar="[ID]", required=False)
@language_option
def fetch_layer(identifier: str | None) -> None:
    """Download a publisher's file from its documented address; without ID, list what there is."""
    from seabed.atlas.fetching import downloads, fetch

    known = downloads()
    if identifier is None:
        for key, entry in known.items():
            by_hand = _("by hand from {page}: {how}").format(
                page=entry.landing_page, how=_(str(entry.by_hand))
            )
            click.echo(f"{key:24} {_(entry.title)}\n{'':24} {entry.address or by_hand}")
        return
    with _progress() as progress:
        fetched = fetch(identifier, progress=progress)
    checked = "as the publisher states" if fetched.is_checked else "the publisher states none to compare"
    click.echo(f"{fetched.path}\nSHA-256 {fetched.sha256} ({checked})")
    entry = known[identifier]
    if entry.import_as:
        ref = f" --ref {entry.ref}" if entry.ref else ""
        click.echo(f"next: seabed layers import {fetched.path} --as {entry.import_as}{ref}")


@layers.command(
    "measure",
    epilog="""\b
Example:
  seabed layers measure points.csv --leave-out bouvet --format json
""",
)
@click.argument("points", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--leave-out", multiple=True, metavar="NOTE", help="Report rows with this note apart (repeatable)."
)
@language_option
def measure_layers(points: Path, form: str, leave_out: tuple[str, ...]) -> None:
    """Measure the zones against POINTS.csv, points with known answers.

    Columns: lon, lat, expect (land, territorial_sea, shelf200 or beyond200), state (alternatives separated
    by |), territory, stratum, and optionally note.
    """
    from seabed.atlas.measure import measure, render_json, render_text
    from seabed.atlas.store import Atlas

    report = measure(points, Atlas.open(), leave_out=leave_out)
    click.echo(render_json(report) if form == "json" else render_text(report))


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None] | None]:
    """Give a function that draws a progress bar; none where output is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="fetching", file=sys.stderr) as bar:

        def show(done: int, whole: int | None) -> None:
            bar.label = f"fetching, {done / 2**20:,.1f} MB"
            bar.length = whole or done + 1
            bar.update(done - bar.pos)

        yield show


def warn(warnings: Iterable[str]) -> None:
    """Print what was left aside, on standard error."""
    for warning in warnings:
        click.echo(f"seabed: warning: {warning}", err=True)

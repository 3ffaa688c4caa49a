"""How far a site is from ports: sea distance, days of transit, and how many round trips a year at most.

Ports are those that a source names in a plan, test or exploration campaign, and beside them the nearest large
ports. A site is measured from its centroid; low and high are from its nearest and farthest corner.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.derived import bounds_of, derive
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import read_table, spoken_figure_in
from seabed.feasibility.sea_ways import Place, Way, place_in, ways_from
from seabed.geodesy import GEOD, M_IN_KM, centroid
from seabed.language import N_, _, clauses, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

Role = Literal["processing site", "exploration base", "nearest large port"]

#: Large ports to report beside those that a source names.
NEAREST_PORTS = 4

_NAMED: tuple[Role, ...] = ("processing site", "exploration base")
_DAYS_A_YEAR = 365.0
_DIRECT = N_("from the centre of the site, low and high from its nearest and farthest corner; geodesic")
_ROUTED = N_(
    "from the centre of the site, low and high from its nearest and farthest corner; geodesics clear of land "
    "between waypoints"
)
_AT_LEAST = N_("at least: land lies on the geodesic, and no way round it was found")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PortReach(_Model):
    """One port: ``distance`` in km, ``distance_m`` in M (1,852 m), ``days`` at sea one way.

    ``round_trips`` a year count sailing alone: an upper bound. ``via`` are the straits, capes and canals
    passed. ``basis``, ``source`` and ``vintage`` say why the port is listed.
    """

    code: str = Field(description="UN/LOCODE")
    name: str
    country: str
    role: Role
    basis: str
    source: str
    vintage: str
    distance: Figure
    distance_m: Figure
    days: Figure
    round_trips: Figure
    via: tuple[str, ...] = ()
    is_lower_bound: bool = Field(default=False, description="no way by sea was found; the geodesic is given")


class Logistics(_Model):
    """Sea distances from a site; ``origin`` is its centroid, lon and lat in degrees."""

    summary: str
    origin: tuple[float, float]
    speed: Figure
    weather: Figure = Field(description="share of the year lost to weather; unknown unless published")
    port_time: Figure = Field(description="days a round trip in port and loading at sea; likewise")
    ports: tuple[PortReach, ...] = Field(description="named in plans first, then by distance")
    notes: tuple[str, ...] = ()


def logistics_of(geometry: BaseGeometry) -> Logistics:
    """Measure a site's ways by sea.

    Parameters
    ----------
    geometry
        The site, lon/lat degrees, split at ±180.

    Raises
    ------
    FigureError
        If a table is damaged, or the site is empty or has no middle (two antipodal points).
    """
    if geometry.is_empty:
        raise FigureError("the site has no geometry to measure from")
    try:
        lon, lat = centroid(geometry)
    except ValueError as error:
        raise FigureError(f"the site has no middle to measure from: {error}") from None
    corners = shapely.get_coordinates(geometry)
    rows = _ports()
    places = [place_in(row) for row in rows]
    found = list(zip(rows, places, ways_from(lon, lat, places), strict=True))
    found.sort(key=lambda one: (not one[2].is_complete, one[2].distance_km))
    named = [one for one in found if one[0]["role"] in _NAMED]
    large = [one for one in found if one[0]["role"] not in _NAMED][:NEAREST_PORTS]
    speed = _transit("service_speed", "kn")
    ports = tuple(_reach(row, place, way, (lon, lat), corners, speed) for row, place, way in (*named, *large))
    return Logistics(
        summary=_summary(ports),
        origin=(lon, lat),
        speed=speed,
        weather=_transit("weather_downtime", "% of the year"),
        port_time=_transit("port_time", "days a round trip"),
        ports=ports,
        notes=_notes(ports),
    )


@cache
def _ports() -> tuple[Mapping[str, str], ...]:
    rows = read_table("ports")
    for row in rows:
        if row["role"] not in get_args(Role):
            raise FigureError(f"ports.csv: {row['id']} has the unknown role {row['role']!r}")
    return rows


def _transit(quantity: str, unit: str) -> Figure:
    row = next((row for row in read_table("transit") if row["quantity"] == quantity), None)
    if row is None or row["unit"] != unit:
        raise FigureError(f"transit.csv has no row {quantity!r} in {unit}")
    return spoken_figure_in(row, _(unit))


def _reach(
    row: Mapping[str, str],
    place: Place,
    way: Way,
    centre: tuple[float, float],
    corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    speed: Figure,
) -> PortReach:
    first = way.via[0] if way.via else place
    low, high = _spread(centre, corners, first) if way.is_complete else (0.0, 0.0)
    kilometres = (way.distance_km, max(0.0, way.distance_km + low), way.distance_km + high)
    basis = _(_AT_LEAST) if not way.is_complete else _(_ROUTED) if way.via else _(_DIRECT)
    position = Figure(
        value=way.distance_km,
        unit="km",
        source=row["source"],
        vintage=row["vintage"],
        confidence="low" if not way.is_complete else "medium" if way.via else "high",
    )
    distance = derive(kilometres, "km", basis, position)
    miles = derive([km / M_IN_KM for km in kilometres], "M", basis, position)
    days, trips = _times(miles, speed)
    return PortReach(
        code=row["id"],
        name=_(row["name"]),
        country=_(row["country"]),
        role=row["role"],
        basis=_(row["basis"]),
        source=row["source"],
        vintage=row["vintage"],
        distance=distance,
        distance_m=miles,
        days=days,
        round_trips=trips,
        via=tuple(dict.fromkeys(_(point.name) for point in way.via if point.name)),
        is_lower_bound=not way.is_complete,
    )


def _spread(
    centre: tuple[float, float], corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]], to: Place
) -> tuple[float, float]:
    """Return how much nearer to, and farther from, the end of the first leg the site's corners are, in km."""
    lon, lat = np.vstack([centre, corners]).T
    _, _, metres = GEOD.inv(lon, lat, np.full(len(lon), to.lon), np.full(len(lon), to.lat))
    more = (np.asarray(metres) - metres[0]) / 1e3
    return float(more.min()), float(more.max())


def _times(miles: Figure, speed: Figure) -> tuple[Figure, Figure]:
    """Return days at sea one way and round trips a year; low and high take both inputs there."""
    far, near, farthest = bounds_of(miles)
    knots, slow, fast = bounds_of(speed)
    days = [far / (24 * knots), near / (24 * fast), farthest / (24 * slow)]
    sailing = _("sailing alone at the speed stated")
    one_way = derive(days, _("days one way"), sailing, miles, speed)
    if days[0] <= 0 or days[1] <= 0:
        why = _("the site reaches the port")
        return one_way, no_basis(_("times a year"), why, source=one_way.source, vintage=one_way.vintage)
    most, least = _DAYS_A_YEAR / (2 * days[1]), _DAYS_A_YEAR / (2 * days[2])
    basis = _("upper bound: sailing alone, without loading, discharge, weather or maintenance")
    return one_way, derive(
        [_DAYS_A_YEAR / (2 * days[0]), least, most], _("times a year"), basis, miles, speed
    )


def _summary(ports: Sequence[PortReach]) -> str:
    large = next(port for port in ports if port.role == "nearest large port")
    processing = [port for port in ports if port.role == "processing site"]
    return sentences(
        (
            _("The nearest large port listed is {port}, {days} days one way at {speed} kn.").format(
                port=_reached(large),
                days=f"{large.days.value:.1f}",
                speed=f"{_transit('service_speed', 'kn').value:g}",
            ),
            _("Processing sites that sources name: {ports}.").format(
                ports=clauses(map(_reached, processing))
            ),
        )
    )


def _reached(port: PortReach) -> str:
    sentence = (
        _("{name}, {country} (at least {miles} M)")
        if port.is_lower_bound
        else _("{name}, {country} ({miles} M)")
    )
    return sentence.format(name=port.name, country=port.country, miles=f"{port.distance_m.value:,.0f}")


def _notes(ports: Sequence[PortReach]) -> tuple[str, ...]:
    notes = [
        _("Distances are for planning, from a point of the site to a port; they are no sailing directions."),
        _("Whether a port would take nodules, and has the depth and the permits, was not looked into."),
        _("The list of ports is short: a nearer small port may exist."),
    ]
    if any(port.is_lower_bound for port in ports):
        notes.append(
            _("Where no way by sea was found, the geodesic is given: the distance is at least that.")
        )
    return tuple(notes)

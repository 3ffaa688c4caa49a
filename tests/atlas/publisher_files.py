"""Small files with the schemas that publishers use, for the tests to write and to spoil."""

from __future__ import annotations

import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pyogrio
from shapely import box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

#: The columns of World_EEZ v11 and v12, as the attribute table on marineregions.org names them.
EEZ_COLUMNS = (
    "MRGID",
    "GEONAME",
    "MRGID_TER1",
    "POL_TYPE",
    "MRGID_SOV1",
    "TERRITORY1",
    "ISO_TER1",
    "SOVEREIGN1",
    "MRGID_TER2",
    "MRGID_SOV2",
    "TERRITORY2",
    "ISO_TER2",
    "SOVEREIGN2",
    "MRGID_TER3",
    "MRGID_SOV3",
    "TERRITORY3",
    "ISO_TER3",
    "SOVEREIGN3",
    "X_1",
    "Y_1",
    "MRGID_EEZ",
    "AREA_KM2",
    "ISO_SOV1",
    "ISO_SOV2",
    "ISO_SOV3",
    "UN_SOV1",
    "UN_TER1",
)
#: The columns of the ISA's web shapefiles of contract and reserved areas (October 2024).
ISA_COLUMNS = (
    "AreaKey",
    "ContractID",
    "SubArea",
    "BlkCellID",
    "BlkCell",
    "ClusterID",
    "AreaType",
    "AreaKM2",
    "ActDate",
    "Status",
    "Remarks",
    "Blk_Orig",
    "Clst_Orig",
)


def eez(mrgid: int, state: str, geometry: BaseGeometry, **more: Any) -> dict[str, Any]:
    values = {
        "MRGID": float(mrgid),
        "GEONAME": f"{state} Exclusive Economic Zone",
        "POL_TYPE": "200NM",
        "TERRITORY1": state.title(),
        "ISO_TER1": state,
        "SOVEREIGN1": state.title(),
        "ISO_SOV1": state,
    }
    return dict.fromkeys(EEZ_COLUMNS) | values | more | {"geometry": geometry}


def isa(key: str, contract: str, geometry: BaseGeometry, **more: Any) -> dict[str, Any]:
    values = {
        "AreaKey": key,
        "ContractID": contract,
        "SubArea": "NA",
        "AreaType": "Exploration",
        "AreaKM2": 100.0,
        "ActDate": "2011-07-22",
        "Status": "Active",
    }
    return dict.fromkeys(ISA_COLUMNS) | values | more | {"geometry": geometry}


def write(
    path: Path, rows: Sequence[dict[str, Any]], *, crs: str | None = "EPSG:4326", **options: Any
) -> Path:
    """Write rows to the format that the ending names; ``crs`` of another name transforms them."""
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs="EPSG:4326")
    frame = frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)
    drivers = {".gdb": "OpenFileGDB", ".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.write_dataframe(frame, path, driver=drivers[path.suffix], **options)
    return path


def zipped(path: Path, *contents: Path, within: str = "") -> Path:
    """Zip files, and folders with what is in them."""
    with zipfile.ZipFile(path, "w") as archive:
        for content in contents:
            files = [content] if content.is_file() else sorted(content.rglob("*"))
            for file in files:
                archive.write(file, f"{within}{file.relative_to(content.parent).as_posix()}")
    return path


def parts_of(shapefile: Path) -> list[Path]:
    return sorted(shapefile.parent.glob(f"{shapefile.stem}.*"))


AAA = box(7, -3, 14, 4)

"""The finished SVG: matplotlib's, regrouped by layer and feature, shortened, with names for screen readers.

Each layer is ``<g class="layer" data-layer="isa_contract" data-name="ISA contract">``, each thing in it
``<g class="feature" data-name="…">`` with a ``<title>``. Labels form the layer ``labels``; each has
``data-of``, the layer of what it names. Ids carry a prefix, so that several drawings can stand in one page.
Text is drawn as paths, so that a map looks the same everywhere.
"""

from __future__ import annotations

import copy
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from seabed.briefing import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_DECIMALS = re.compile(r"(?<=\.\d\d)\d+|\.0+(?=\s|$)")
_TRANSLATION = re.compile(r"translate\((\S+) 0\)")
_SCALE = re.compile(r"scale\(([\d.]+)")
_RIM_PT = 1.8
_NUMBER = re.compile(r"-?[\d.]+")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a drawn shape is: its layer, the layer's name, and its own name (``""`` for none).

    ``of`` is the layer that a label belongs to, ``moment`` the day of a frame that is shown on its own.
    """

    layer: str
    layer_name: str
    name: str
    of: str = ""
    moment: str = ""


@contextmanager
def drawing_settings() -> Iterator[None]:
    """Draw as the same input always is drawn, whatever the user's own settings of matplotlib."""
    import matplotlib as mpl  # noqa: PLC0415

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.fonttype": "path",
                "svg.hashsalt": "seabed",
                "hatch.linewidth": 0.35,
                "text.parse_math": False,
            }
        )
        yield


def finished(figure: Any, marks: Mapping[str, Mark], *, prefix: str, title: str, description: str) -> str:  # noqa: ANN401
    """Return the figure as an SVG document whose ids begin with ``prefix``; same input, same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - what matplotlib has just written
    ET.register_namespace("", _SVG)
    definitions = ET.Element(f"{{{_SVG}}}defs")
    _tidy(root, definitions)
    _regroup(root, marks)
    _rename(root, definitions, prefix)
    for name in ("width", "height"):
        del root.attrib[name]
    root.set("class", "map")
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    # As attributes of the root: a style sheet would reach the whole page around the map.
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    said = [ET.Element(f"{{{_SVG}}}{name}", {"id": f"{prefix}-{name}"}) for name in ("title", "desc")]
    said[0].text, said[1].text = words.clean(title), words.clean(description)
    root[:0] = [*said, definitions]
    return ET.tostring(root, encoding="unicode") + "\n"


def _tidy(parent: ET.Element, definitions: ET.Element) -> None:
    """Gather all definitions, shorten numbers to a hundredth of a point, drop blanks and style sheets."""
    for child in list(parent):
        tag = child.tag.rpartition("}")[2]
        if tag == "defs":
            for one in child:
                if not one.tag.endswith("}style"):
                    _tidy(one, definitions)
                    definitions.append(one)
            parent.remove(child)
            continue
        if tag == "metadata":
            parent.remove(child)
            continue
        _tidy(child, definitions)
        child.tail = "\n" if tag == "g" else None
    tag = parent.tag.rpartition("}")[2]
    if tag == "path":
        parent.set("d", _short(parent.get("d", "")))
    elif tag == "pattern":
        _shorten_dots(parent)
    elif tag == "use":
        parent.set("href", parent.attrib.pop(_HREF))
        along = _TRANSLATION.fullmatch(parent.get("transform", ""))
        if along is not None:
            del parent.attrib["transform"]
            parent.set("x", along[1])
    parent.text = None


def _shorten_dots(pattern: ET.Element) -> None:
    """Write the dots of a hatch as round ends of no line: matplotlib's circles take a hundred kilobytes."""
    for path in pattern:
        dots = [_NUMBER.findall(ring) for ring in path.get("d", "").split("z")]
        if not path.tag.endswith("}path") or any(0 < len(dot) < 30 for dot in dots) or len(dots) < 2:
            continue
        xs, ys = ([sorted(map(float, dot[axis::2])) for dot in dots if dot] for axis in (0, 1))
        middles = [((x[0] + x[-1]) / 2, (y[0] + y[-1]) / 2) for x, y in zip(xs, ys, strict=True)]
        across = xs[0][-1] - xs[0][0]
        colour = re.search(r"stroke: (#\w+)", path.get("style", ""))
        path.set("d", "".join(f"M{x:.2f} {y:.2f}h.01" for x, y in middles))
        path.set(
            "style",
            f"stroke: {colour[1] if colour else '#000'}; stroke-width: {across:.2f}; stroke-linecap: round",
        )


def _short(path: str) -> str:
    return _DECIMALS.sub("", path).replace(" \n", "\n").strip()


def _regroup(parent: ET.Element, marks: Mapping[str, Mark]) -> None:
    """Put marked groups that follow one another into their frame, layer and feature."""
    children = list(parent)
    for child in children:
        parent.remove(child)
    open_moment: tuple[str, ET.Element] | None = None
    open_layer: tuple[tuple[str, str], ET.Element] | None = None
    open_feature: tuple[tuple[str, str], ET.Element] | None = None
    for child in children:
        mark = marks.get(child.get("id", ""))
        if mark is None:
            _regroup(child, marks)
            parent.append(child)
            open_moment = open_layer = open_feature = None
            continue
        where = parent
        if mark.moment:
            if open_moment is None or open_moment[0] != mark.moment:
                open_moment = (mark.moment, _group(parent, "frame", {"data-on": mark.moment}))
            where = open_moment[1]
        if open_layer is None or open_layer[0] != (mark.moment, mark.layer):
            attributes = {"data-layer": mark.layer, "data-name": words.clean(mark.layer_name)}
            open_layer = ((mark.moment, mark.layer), _group(where, "layer", attributes))
            open_feature = None
        if not mark.name:
            open_layer[1].append(child)
            continue
        if open_feature is None or open_feature[0] != (mark.name, mark.of):
            attributes = {"data-name": words.clean(mark.name)} | ({"data-of": mark.of} if mark.of else {})
            feature = _group(open_layer[1], "label" if mark.of else "feature", attributes)
            open_feature = ((mark.name, mark.of), feature)
            if not mark.of:
                ET.SubElement(feature, f"{{{_SVG}}}title").text = words.clean(mark.name)
        if mark.of:
            open_feature[1].append(_rim(child))
        open_feature[1].append(child)


def _rim(label: ET.Element) -> ET.Element:
    """Return what stands behind a label to be read on any ground: its letters, wider, in white."""
    behind = copy.deepcopy(label)
    for text in behind.iter(f"{{{_SVG}}}g"):
        scale = _SCALE.search(text.get("transform", ""))
        if scale is not None:
            width = _RIM_PT / float(scale[1])
            text.set("style", f"fill: #ffffff; stroke: #ffffff; stroke-width: {width:.1f}")
    return behind


def _group(parent: ET.Element, kind: str, attributes: dict[str, str]) -> ET.Element:
    return ET.SubElement(parent, f"{{{_SVG}}}g", {"class": kind, **attributes})


def _rename(root: ET.Element, definitions: ET.Element, prefix: str) -> None:
    """Prefix the ids that something refers to, in the order in which they are defined; drop the others."""
    everything = [*root.iter(), *definitions.iter()]
    referred = {element.get("href", "")[1:] for element in everything}
    for element in everything:
        for value in element.attrib.values():
            referred.update(_REFERENCE.findall(value))
    names: dict[str, str] = {}
    for element in everything:
        known = element.attrib.pop("id", None)
        if known in referred:
            element.set("id", names.setdefault(known, f"{prefix}-{len(names)}"))
    for element in everything:
        if "href" in element.attrib:
            element.set("href", f"#{names[element.attrib['href'][1:]]}")
        for key, value in element.attrib.items():
            if "url(#" in value:
                element.set(key, _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", value))

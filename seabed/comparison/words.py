"""Words that a comparison needs beside those of the views: kinds, terms, steps and how things stand."""

from __future__ import annotations

from seabed.briefing.words import zone_kind
from seabed.language import N_, _

INSTRUMENTS = {
    "isa_contract": N_("ISA exploration contract"),
    "isa_application": N_("application to the ISA for an exploration contract"),
    "us_dshmra_licence": N_("US exploration licence (DSHMRA)"),
    "us_dshmra_application": N_("US application (DSHMRA)"),
    "other_area": N_("area without an instrument in the registers"),
}
MINERALS = {
    "nodules": N_("polymetallic nodules"),
    "sulphides": N_("polymetallic sulphides"),
    "crusts": N_("cobalt-rich ferromanganese crusts"),
}
STATES = {
    "in_force": N_("in force"),
    "pending": N_("applied for"),
    "unknown": N_("not known whether in force"),
    "ended": N_("ended"),
    "not_yet": N_("not yet there"),
}
TERMS = {
    "initial": N_("initial term"),
    "extension_1": N_("first extension"),
    "extension_2": N_("second extension"),
    "extension_3": N_("third extension"),
}
STAGES = {
    "filed": N_("filed"),
    "amended": N_("amended"),
    "substantial_compliance": N_("in substantial compliance"),
    "full_compliance": N_("in full compliance"),
    "fr_notice": N_("noticed in the Federal Register"),
    "certified": N_("certified by NOAA"),
    "proposed_terms": N_("terms proposed"),
    "final_eis": N_("final environmental impact statement"),
    "issued": N_("issued"),
    "extended": N_("extended"),
    "first_seen": N_("first seen"),
    "plan_revision_proposed": N_("revision of the plan proposed"),
}


def kind_name(kind: str) -> str:
    """Return the words for a kind of feature."""
    return _(zone_kind(kind))


def spoken_in(table: dict[str, str], key: str | None) -> str:
    """Return the words of a table for an id, in the language being spoken; the id itself if it has none."""
    if key is None:
        return _("not known")
    return _(table[key]) if key in table else key.replace("_", " ")

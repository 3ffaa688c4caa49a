"""Human words for ids, numbers and dates: the one place where a view turns data into prose.

An id that has no words here is shown with its underscores as spaces, never dropped.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

DISCLAIMER = "This is the output of a research tool. It is not legal advice."
CONTESTED = "contested"
UNKNOWN = "not known"

#: Verdict: the word for it, and what it means in one line.
VERDICTS = {
    "permitted": ("Permitted", "nothing is missing for this applicant, place, activity, mineral and date"),
    "authorisation_required": (
        "Authorisation required",
        "lawful only with instruments that this applicant can obtain here and does not hold",
    ),
    "prohibited": ("Prohibited", "no path under this order for this applicant here"),
    "not_applicable": ("Not applicable", "this order does not reach this place or applicant"),
    "contingent": ("Contingent", "turns on a fact that is not known"),
    "not_modelled": ("Not modelled", "this order may speak, but the program has no rules for it"),
}

ZONE_KINDS = {
    "land": "Land",
    "internal_waters": "Internal waters",
    "territorial_sea": "Territorial sea",
    "continental_shelf": "Continental shelf within 200 M",
    "extended_shelf": "Continental shelf beyond 200 M",
    "area": "The Area",
    "ccz": "Clarion-Clipperton Zone",
    "isa_contract": "ISA contract",
    "isa_reserved_area": "ISA reserved area",
    "isa_apei": "ISA area of particular environmental interest",
    "isa_application": "ISA application",
    "us_dshmra_licence": "US exploration licence (DSHMRA)",
    "us_dshmra_application": "US application (DSHMRA)",
    "us_ocs": "US outer continental shelf",
    "us_ocs_leasing_process": "US offshore leasing process",
    "us_sanctuary": "US national marine sanctuary",
    "us_marine_monument": "US marine national monument",
}

#: The kinds of which exactly one covers each spot of seabed; all others are overlays.
JURISDICTION_KINDS = (
    "land",
    "internal_waters",
    "territorial_sea",
    "continental_shelf",
    "extended_shelf",
    "area",
)

ACTIVITIES = {
    "prospecting": "Prospecting",
    "exploration": "Exploration",
    "exploitation": "Exploitation",
    "scientific_research": "Marine scientific research",
}

MINERALS = {
    "nodules": "polymetallic nodules",
    "sulphides": "polymetallic sulphides",
    "crusts": "cobalt-rich ferromanganese crusts",
}

#: The orders that are not a State; a State's order has its ISO 3166-1 alpha-3 code in lower case.
ORDERS = {"unclos": "UNCLOS and the 1994 Agreement", "bbnj": "BBNJ Agreement"}

OUTCOMES = {
    "holds": "holds",
    "fails": "does not hold",
    "unknown": "not known",
    "not_in_force": "not in force on the date",
    "not_applicable": "does not apply",
    "defeated": "defeated",
    "contingent": "turns on an exception that is not known",
    # An exception has the truth of its condition.
    "true": "holds",
    "false": "does not hold",
}

#: How far a step of a path has been taken: a mark, and the word for it.
STEP_STATES = {
    "done": "✓ done",
    "next": "→ next",
    "open": "· open",
    "closed": "✗ closed",
    "unknown": "? not known",
}

TRUTHS = {"true": "yes", "false": "no", "unknown": "not known"}

OPERATORS = {"all": "all of these", "any": "at least one of these", "not": "not this"}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# ISO 3166-1, short names as commonly written in English.
_STATES = """
ABW Aruba|AFG Afghanistan|AGO Angola|AIA Anguilla|ALA Åland Islands|ALB Albania|AND Andorra
ARE United Arab Emirates|ARG Argentina|ARM Armenia|ASM American Samoa|ATA Antarctica
ATF French Southern Territories|ATG Antigua and Barbuda|AUS Australia|AUT Austria|AZE Azerbaijan|BDI Burundi
BEL Belgium|BEN Benin|BES Bonaire, Sint Eustatius and Saba|BFA Burkina Faso|BGD Bangladesh|BGR Bulgaria
BHR Bahrain|BHS Bahamas|BIH Bosnia and Herzegovina|BLM Saint Barthélemy|BLR Belarus|BLZ Belize|BMU Bermuda
BOL Bolivia|BRA Brazil|BRB Barbados|BRN Brunei Darussalam|BTN Bhutan|BVT Bouvet Island|BWA Botswana
CAF Central African Republic|CAN Canada|CCK Cocos (Keeling) Islands|CHE Switzerland|CHL Chile|CHN China
CIV Côte d'Ivoire|CMR Cameroon|COD Democratic Republic of the Congo|COG Congo|COK Cook Islands|COL Colombia
COM Comoros|CPV Cabo Verde|CRI Costa Rica|CUB Cuba|CUW Curaçao|CXR Christmas Island|CYM Cayman Islands
CYP Cyprus|CZE Czechia|DEU Germany|DJI Djibouti|DMA Dominica|DNK Denmark|DOM Dominican Republic|DZA Algeria
ECU Ecuador|EGY Egypt|ERI Eritrea|ESH Western Sahara|ESP Spain|EST Estonia|ETH Ethiopia|FIN Finland|FJI Fiji
FLK Falkland Islands (Malvinas)|FRA France|FRO Faroe Islands|FSM Federated States of Micronesia|GAB Gabon
GBR United Kingdom|GEO Georgia|GGY Guernsey|GHA Ghana|GIB Gibraltar|GIN Guinea|GLP Guadeloupe|GMB Gambia
GNB Guinea-Bissau|GNQ Equatorial Guinea|GRC Greece|GRD Grenada|GRL Greenland|GTM Guatemala|GUF French Guiana
GUM Guam|GUY Guyana|HKG Hong Kong|HMD Heard Island and McDonald Islands|HND Honduras|HRV Croatia|HTI Haiti
HUN Hungary|IDN Indonesia|IMN Isle of Man|IND India|IOT British Indian Ocean Territory|IRL Ireland|IRN Iran
IRQ Iraq|ISL Iceland|ISR Israel|ITA Italy|JAM Jamaica|JEY Jersey|JOR Jordan|JPN Japan|KAZ Kazakhstan|KEN Kenya
KGZ Kyrgyzstan|KHM Cambodia|KIR Kiribati|KNA Saint Kitts and Nevis|KOR Republic of Korea|KWT Kuwait
LAO Lao People's Democratic Republic|LBN Lebanon|LBR Liberia|LBY Libya|LCA Saint Lucia|LIE Liechtenstein
LKA Sri Lanka|LSO Lesotho|LTU Lithuania|LUX Luxembourg|LVA Latvia|MAC Macao|MAF Saint Martin (French part)
MAR Morocco|MCO Monaco|MDA Republic of Moldova|MDG Madagascar|MDV Maldives|MEX Mexico|MHL Marshall Islands
MKD North Macedonia|MLI Mali|MLT Malta|MMR Myanmar|MNE Montenegro|MNG Mongolia|MNP Northern Mariana Islands
MOZ Mozambique|MRT Mauritania|MSR Montserrat|MTQ Martinique|MUS Mauritius|MWI Malawi|MYS Malaysia|MYT Mayotte
NAM Namibia|NCL New Caledonia|NER Niger|NFK Norfolk Island|NGA Nigeria|NIC Nicaragua|NIU Niue|NLD Netherlands
NOR Norway|NPL Nepal|NRU Nauru|NZL New Zealand|OMN Oman|PAK Pakistan|PAN Panama|PCN Pitcairn|PER Peru
PHL Philippines|PLW Palau|PNG Papua New Guinea|POL Poland|PRI Puerto Rico
PRK Democratic People's Republic of Korea|PRT Portugal|PRY Paraguay|PSE State of Palestine
PYF French Polynesia|QAT Qatar|REU Réunion|ROU Romania|RUS Russian Federation|RWA Rwanda|SAU Saudi Arabia
SDN Sudan|SEN Senegal|SGP Singapore|SGS South Georgia and the South Sandwich Islands|SHN Saint Helena
SJM Svalbard and Jan Mayen|SLB Solomon Islands|SLE Sierra Leone|SLV El Salvador|SMR San Marino|SOM Somalia
SPM Saint Pierre and Miquelon|SRB Serbia|SSD South Sudan|STP Sao Tome and Principe|SUR Suriname|SVK Slovakia
SVN Slovenia|SWE Sweden|SWZ Eswatini|SXM Sint Maarten (Dutch part)|SYC Seychelles|SYR Syria
TCA Turks and Caicos Islands|TCD Chad|TGO Togo|THA Thailand|TJK Tajikistan|TKL Tokelau|TKM Turkmenistan
TLS Timor-Leste|TON Tonga|TTO Trinidad and Tobago|TUN Tunisia|TUR Türkiye|TUV Tuvalu|TWN Taiwan
TZA United Republic of Tanzania|UGA Uganda|UKR Ukraine|UMI United States Minor Outlying Islands|URY Uruguay
USA United States of America|UZB Uzbekistan|VAT Holy See|VCT Saint Vincent and the Grenadines|VEN Venezuela
VGB British Virgin Islands|VIR United States Virgin Islands|VNM Viet Nam|VUT Vanuatu|WLF Wallis and Futuna
WSM Samoa|YEM Yemen|ZAF South Africa|ZMB Zambia|ZWE Zimbabwe
"""
STATES = {entry[:3]: entry[4:] for line in _STATES.strip().splitlines() for entry in line.split("|")}

# Characters that reorder or hide what follows them: marks and embeddings of direction, invisible operators,
# the byte order mark, interlinear annotations and tags. ZWNJ and ZWJ stay: some scripts cannot be written
# without them.
_HIDING = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return ``text`` on one line without control, hiding, reordering, unassigned or surrogate characters.

    Everything a view shows goes through here, so that a name can neither drive a terminal (ECMA-48 escape
    sequences) nor show a line in another order than it is stored (Unicode TR 36, bidirectional spoofing).
    """
    one_line = _SPACE.sub(" ", text)
    shown = (c for c in _HIDING.sub("", one_line) if unicodedata.category(c) not in {"Cc", "Cs", "Cn", "Co"})
    return _SPACE.sub(" ", "".join(shown)).strip()


def words(identifier: str) -> str:
    """Return an id that has no words of its own as words: ``coastal_state`` is ``Coastal state``."""
    spaced = clean(identifier.replace("_", " "))
    return spaced[:1].upper() + spaced[1:]


def verdict(identifier: str) -> str:
    """Return the word for a verdict."""
    return VERDICTS[identifier][0] if identifier in VERDICTS else words(identifier)


def zone_kind(identifier: str) -> str:
    """Return the words for a zone kind."""
    return ZONE_KINDS.get(identifier) or words(identifier)


def order(identifier: str) -> str:
    """Return the name of a legal order."""
    return ORDERS.get(identifier) or state(identifier.upper())


def state(code: str) -> str:
    """Return the State or territory of an ISO 3166-1 alpha-3 code; any other text comes back cleaned."""
    return STATES.get(code) or clean(code)


def states(codes: list[str]) -> str:
    """Return several States as a list in words, ``none`` if there are none."""
    return ", ".join(state(code) for code in codes) or "none"


def outcome(identifier: str) -> str:
    """Return what became of a rule or an exception."""
    return OUTCOMES.get(identifier) or words(identifier)


def yes_no(value: bool | None, unknown: str = UNKNOWN) -> str:  # noqa: FBT001 - the value itself is shown
    """Return ``yes``, ``no`` or the words for not knowing."""
    return unknown if value is None else "yes" if value else "no"


def date(day: dt.date) -> str:
    """Return ``21 November 2026``, whatever the locale of the machine."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_text(text: str) -> str:
    """Return a text that is an ISO 8601 date as ``date`` does, any other cleaned."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-(\d{2})", text)
    return f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}" if match else clean(text)


def number(value: float, unit: str = "") -> str:
    """Return a quantity to three significant digits or to the whole number, with thin grouping by commas."""
    if not math.isfinite(value):
        text = UNKNOWN
    elif value == 0 or abs(value) >= 100:
        text = f"{value:,.0f}"
    elif abs(value) >= 1:
        text = f"{value:,.1f}"
    else:
        text = f"{value:.2g}" if abs(value) >= 1e-3 else f"{value:.1e}"
    return f"{text} {unit}".rstrip()


def distance(km: float) -> str:
    """Return a distance in km and M (1,852 m); what is nearer than 10 m adjoins."""
    if km < 0.01:
        return "adjoins"
    return f"{number(km, 'km')} ({number(km / 1.852, 'M')})"


def share(fraction: float) -> str:
    """Return a share in percent; only the whole is ``100%`` and only nothing is ``0%``.

    A rounding error of the overlay (1e-6, as the contract allows) still counts as the whole.
    """
    percent = fraction * 100
    if fraction >= 1 - 1e-6:
        return "100%"
    if percent > 99.9:
        return "over 99.9%"
    if 0 < percent < 0.1:
        return "under 0.1%"
    return f"{percent:.1f}%".replace(".0%", "%")


def position(longitude: float, latitude: float) -> str:
    """Return a position in decimal degrees with hemispheres, to 0.0001° (11 m)."""
    return (
        f"{abs(latitude):.4f}° {'S' if latitude < 0 else 'N'}, "
        f"{abs(longitude):.4f}° {'W' if longitude < 0 else 'E'}"
    )


def bearing(degrees: float) -> str:
    """Return a bearing as sailors write it: three digits, 000° to 359°."""
    return f"{round(degrees) % 360:03d}°"

"""Publishers' files, downloaded from their documented addresses: resumed, bounded and checked.

Only https, except to this machine. A download goes to a file of its own, which an interruption leaves behind
and the next run takes up where the server allows it; it gets its name when it is whole and is what was
expected.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import socket
import ssl
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

import seabed
from seabed.atlas.importing import publishers
from seabed.atlas.library import data_folder, sha256_of
from seabed.atlas.vector_files import MOST_BYTES
from seabed.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK = 256 * 1024
TIMEOUT_S = 60.0


class Download(BaseModel):
    """One entry of ``downloads`` in geodata/publishers.yaml.

    ``address`` is what is fetched; where ``by_hand`` says why not, the reader is sent to ``landing_page``.
    ``confirmed`` says on what the address rests, ``import_as`` and ``ref`` how the file is imported.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    landing_page: str
    confirmed: str
    address: str | None = None
    by_hand: str | None = None
    file: str | None = None
    import_as: str | None = None
    ref: str | None = None
    sha256: str | None = None
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True)
class Fetched:
    """A downloaded file and the SHA-256 of it; ``is_checked`` if the publisher states the same one."""

    path: Path
    sha256: str
    is_checked: bool


def downloads() -> dict[str, Download]:
    """Return what can be fetched, by id."""
    try:
        return {key: Download.model_validate(entry) for key, entry in publishers()["downloads"].items()}
    except ValidationError as error:
        raise AtlasError(f"geodata/publishers.yaml: {error}") from None


def fetch(
    identifier: str,
    *,
    folder: Path | None = None,
    known: dict[str, Download] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Download one of ``downloads()``.

    Parameters
    ----------
    identifier
        Its id.
    folder
        Where to; by default ``downloads`` in the user's data folder.
    known
        What can be fetched; by default what geodata/publishers.yaml lists.
    progress
        Called with the bytes there are and the bytes there will be (``None``: not known), first and after
        each piece.

    Raises
    ------
    AtlasError
        If there is no such download, it is to be fetched by hand, the publisher does not answer as expected,
        or the file is truncated, too large, of another kind or has another checksum.
    """
    known = downloads() if known is None else known
    entry = known.get(identifier)
    if entry is None:
        raise AtlasError(f"nothing is known to fetch as {identifier!r}; there is {', '.join(known)}")
    if entry.address is None or entry.file is None:
        raise AtlasError(
            f"{identifier}: download it by hand from {entry.landing_page} ({entry.by_hand}), then run seabed "
            "layers import"
        )
    _check_address(entry.address)
    folder = folder if folder is not None else data_folder() / "downloads"
    target = folder / entry.file
    part = target.with_name(target.name + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _download(entry, part, progress or (lambda _done, _whole: None))
        digest = sha256_of(part)
        _check_content(entry, part, digest)
        part.replace(target)
        _state_of(part).unlink(missing_ok=True)
    except OSError as error:
        raise AtlasError(f"{folder} cannot be written to: {error.strerror or error}") from None
    return Fetched(target, digest, entry.sha256 is not None)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise AtlasError(f"{address} is not fetched: only https addresses are")


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


# --- the transfer ------------------------------------------------------------------------------------------


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:  # noqa: ANN401 - urllib's own signature
        _check_address(arguments[-1])
        return super().redirect_request(*arguments)


def _download(entry: Download, part: Path, progress: Callable[[int, int | None], None]) -> None:
    """Fetch into ``part``, from where it ends if the server still has the same file."""
    address = entry.address or ""
    have, version = _begun(part, address)
    headers = {"User-Agent": f"seabed/{seabed.__version__}", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the scheme is checked by fetch
    opener = urllib.request.build_opener(_Redirects)
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            resumes = answer.status == http.HTTPStatus.PARTIAL_CONTENT and _starts_at(answer, have)
            _refuse_a_page(address, answer)
            done = have if resumes else 0
            left = answer.headers.get("Content-Length")
            whole = done + int(left) if left and left.isdigit() else None
            if whole is not None and whole > entry.most_bytes:
                raise AtlasError(f"{address} has {whole:,} bytes; at most {entry.most_bytes:,} are fetched")
            _note_version(part, address, answer)
            progress(done, whole)
            with part.open("ab" if resumes else "wb") as stream:
                while chunk := answer.read(_CHUNK):
                    done += len(chunk)
                    if done > entry.most_bytes:
                        raise AtlasError(f"{address} has more than {entry.most_bytes:,} bytes")
                    stream.write(chunk)
                    progress(done, whole)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            part.unlink()
            _download(entry, part, progress)
            return
        raise AtlasError(
            f"{address} answered {error.code} {error.reason}; see {entry.landing_page} for where the file is "
            "now"
        ) from None
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise AtlasError(f"{address}: {_words_for(error)}; run the same command again to go on") from None
    if whole is not None and done != whole:
        raise AtlasError(
            f"{address} broke off after {done:,} of {whole:,} bytes; run the same command again to go on"
        )


def _starts_at(answer: Any, have: int) -> bool:  # noqa: ANN401 - what urllib returns
    said = str(answer.headers.get("Content-Range", ""))
    if not said.startswith(f"bytes {have}-"):
        raise AtlasError(f"{answer.url} sent another part ({said[:60]}) than was asked for")
    return True


def _refuse_a_page(address: str, answer: Any) -> None:  # noqa: ANN401
    kind = str(answer.headers.get("Content-Type", "")).lower()
    if kind.startswith(("text/html", "application/xhtml")):
        raise AtlasError(
            f"{address} answered with a web page, not a file: the file may have moved or need a form; "
            "look at it in a browser"
        )


def _words_for(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, socket.gaierror):
        return "the name of the server cannot be resolved; is there a connection?"
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT_S:g} s"
    if isinstance(reason, ssl.SSLError):
        return f"the server's certificate or encryption is not in order ({reason.reason or reason})"
    return f"the connection failed ({str(reason)[:100] or type(reason).__name__})"


# --- taking up an interrupted one --------------------------------------------------------------------------


def _state_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _begun(part: Path, address: str) -> tuple[int, str]:
    """Return how many bytes there are, and which version of the file they are of; 0 if that is not known."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        state = json.loads(_state_of(part).read_text(encoding="utf-8"))
        if state["address"] == address and isinstance(state["version"], str):
            return part.stat().st_size, state["version"]
    return 0, ""


def _note_version(part: Path, address: str, answer: Any) -> None:  # noqa: ANN401
    """Note by what to ask for the rest: a strong ETag or the date; nothing if the server gives neither."""
    tag = answer.headers.get("ETag")
    version = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")
    if version:
        _state_of(part).write_text(json.dumps({"address": address, "version": version}), encoding="utf-8")
    else:
        _state_of(part).unlink(missing_ok=True)


# --- checks ------------------------------------------------------------------------------------------------


def _check_content(entry: Download, part: Path, digest: str) -> None:
    if entry.sha256 is not None and digest != entry.sha256:
        part.unlink()
        raise AtlasError(
            f"{entry.address}: the file has the SHA-256 {digest}, not {entry.sha256} as the publisher "
            "states; it was thrown away"
        )
    if (entry.file or "").endswith(".zip") and not zipfile.is_zipfile(part):
        with part.open("rb") as stream:
            start = stream.read(60)
        part.unlink()
        raise AtlasError(f"{entry.address}: a zip archive was expected; what came begins with {start!r}")

"""Downloads from a server on this machine: whole, taken up again, bounded, and refused with the reason."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from seabed.atlas import fetching
from seabed.atlas.fetching import Download, downloads, fetch
from seabed.atlas.importing import import_kinds
from seabed.cli import main
from seabed.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _archive(size: int = 700_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.bin", bytes(size))
    return buffer.getvalue()


ARCHIVE = _archive()


class Publisher(ThreadingHTTPServer):
    """Serves one file, and does to order what servers do wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = ARCHIVE
        self.etag: str | None = '"one"'
        self.kind = "application/zip"
        self.says_length = True
        self.breaks_after: int | None = None
        self.takes_ranges = True
        self.waits_s = 0.0
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file.zip"


class _Handler(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        publisher = self.server
        publisher.asked.append(self.headers.get("Range"))
        time.sleep(publisher.waits_s)
        if self.path == "/gone.zip":
            self.send_error(404)
            return
        if self.path == "/moved.zip":
            self.send_response(302)
            self.send_header("Location", "http://example.org/file.zip")
            self.end_headers()
            return
        content, start = publisher.content, 0
        wanted = self.headers.get("Range")
        if wanted and publisher.takes_ranges and self.headers.get("If-Range") == publisher.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Type", publisher.kind)
        if publisher.etag:
            self.send_header("ETag", publisher.etag)
        if publisher.says_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : publisher.breaks_after])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def entry(address: str, **more: object) -> dict[str, Download]:
    values = {
        "title": "A file",
        "landing_page": "https://example.org/maps",
        "confirmed": "made up",
        "address": address,
        "file": "file.zip",
    }
    return {"a": Download.model_validate(values | more)}


def test_a_file_is_fetched_whole_with_progress(publisher: Publisher, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    fetched = fetch(
        "a",
        folder=tmp_path / "new",
        known=entry(publisher.address),
        progress=lambda done, whole: seen.append((done, whole)),
    )
    assert fetched.path == tmp_path / "new" / "file.zip"
    assert fetched.path.read_bytes() == ARCHIVE
    assert (fetched.sha256, fetched.is_checked) == (hashlib.sha256(ARCHIVE).hexdigest(), False)
    assert (seen[0], seen[-1]) == ((0, len(ARCHIVE)), (len(ARCHIVE), len(ARCHIVE)))
    assert [path.name for path in fetched.path.parent.iterdir()] == ["file.zip"]


def test_one_that_breaks_off_is_taken_up_where_it_ended(publisher: Publisher, tmp_path: Path) -> None:
    publisher.breaks_after = 300_000
    with pytest.raises(AtlasError, match=r"broke off after 300,000 of 700,\d+ bytes; run the same command"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    publisher.breaks_after = None
    assert fetch("a", folder=tmp_path, known=entry(publisher.address)).path.read_bytes() == ARCHIVE
    assert publisher.asked == [None, "bytes=300000-"]


def test_a_file_that_changed_meanwhile_is_begun_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.breaks_after = 300_000
    with pytest.raises(AtlasError, match="broke off"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    publisher.breaks_after, publisher.etag, publisher.content = None, '"two"', _archive(400_000)
    assert fetch("a", folder=tmp_path, known=entry(publisher.address)).path.read_bytes() == publisher.content


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_version_to_ask_for_nothing_is_taken_up(
    publisher: Publisher, tmp_path: Path, etag: str | None
) -> None:
    publisher.etag, publisher.breaks_after = etag, 300_000
    with pytest.raises(AtlasError, match="broke off"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    publisher.breaks_after = None
    assert fetch("a", folder=tmp_path, known=entry(publisher.address)).path.read_bytes() == ARCHIVE
    assert publisher.asked == [None, None]


def test_a_server_without_ranges_sends_the_whole_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.breaks_after, publisher.takes_ranges = 300_000, False
    with pytest.raises(AtlasError, match="broke off"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    publisher.breaks_after = None
    assert fetch("a", folder=tmp_path, known=entry(publisher.address)).path.read_bytes() == ARCHIVE


def test_what_was_whole_but_not_named_is_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.breaks_after = 300_000
    with pytest.raises(AtlasError, match="broke off"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    (tmp_path / "file.zip.part").write_bytes(ARCHIVE)
    publisher.breaks_after = None
    assert fetch("a", folder=tmp_path, known=entry(publisher.address)).path.read_bytes() == ARCHIVE
    assert publisher.asked[1:] == [f"bytes={len(ARCHIVE)}-", None]


def test_a_stated_checksum_is_compared(publisher: Publisher, tmp_path: Path) -> None:
    right = hashlib.sha256(ARCHIVE).hexdigest()
    assert fetch("a", folder=tmp_path, known=entry(publisher.address, sha256=right)).is_checked
    with pytest.raises(AtlasError, match=f"has the SHA-256 {right}, not 00 as the publisher states"):
        fetch("a", folder=tmp_path / "b", known=entry(publisher.address, sha256="00"))
    assert [path.suffix for path in (tmp_path / "b").iterdir() if path.suffix != ".json"] == []


def test_a_file_that_is_gone_sends_the_reader_to_the_page(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.address.replace("file", "gone")
    with pytest.raises(AtlasError, match=r"answered 404 Not Found; see https://example\.org/maps for"):
        fetch("a", folder=tmp_path, known=entry(address))


def test_a_web_page_in_place_of_a_file_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    publisher.kind = "text/html; charset=utf-8"
    with pytest.raises(AtlasError, match="answered with a web page, not a file"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    publisher.kind, publisher.content = "application/zip", b"<html><body>Please fill in"
    with pytest.raises(AtlasError, match=r"a zip archive was expected; what came begins with b'<html>"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))
    assert not (tmp_path / "file.zip").exists()


@pytest.mark.parametrize("says_length", [True, False])
def test_a_file_that_is_too_large_is_refused(
    publisher: Publisher, tmp_path: Path, *, says_length: bool
) -> None:
    publisher.says_length = says_length
    with pytest.raises(AtlasError, match=r"bytes"):
        fetch("a", folder=tmp_path, known=entry(publisher.address, most_bytes=500_000))
    assert not (tmp_path / "file.zip").exists()


def test_only_https_is_fetched_and_redirects_are_held_to_it(publisher: Publisher, tmp_path: Path) -> None:
    for address in ("http://example.org/file.zip", "file:///etc/passwd", "ftp://example.org/a.zip"):
        with pytest.raises(AtlasError, match="is not fetched: only https addresses are"):
            fetch("a", folder=tmp_path, known=entry(address))
    with pytest.raises(AtlasError, match=r"http://example\.org/file\.zip is not fetched"):
        fetch("a", folder=tmp_path, known=entry(publisher.address.replace("file", "moved")))


def test_a_server_that_does_not_answer_is_given_up(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.waits_s = 0.3
    monkeypatch.setattr(fetching, "TIMEOUT_S", 0.1)
    with pytest.raises(AtlasError, match=r"no answer within 0\.1 s; run the same command again"):
        fetch("a", folder=tmp_path, known=entry(publisher.address))


def test_a_name_that_does_not_resolve_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AtlasError, match="the name of the server cannot be resolved"):
        fetch("a", folder=tmp_path, known=entry("https://nowhere.invalid/file.zip"))


def test_a_refused_connection_is_said_so(publisher: Publisher, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/file.zip"
    del publisher
    with pytest.raises(AtlasError, match=r"the connection failed \(\[Errno 111\] Connection refused\)"):
        fetch("a", folder=tmp_path, known=entry(address))


def test_a_form_is_left_to_the_reader() -> None:
    with pytest.raises(
        AtlasError, match=r"download it by hand from https://www\.marineregions\.org/downloads"
    ):
        fetch("marine-regions-files")
    with pytest.raises(AtlasError, match="nothing is known to fetch as 'eez'; there is marine-regions-eez"):
        fetch("eez")


def test_every_download_is_https_and_leads_to_an_import() -> None:
    for key, one in downloads().items():
        assert one.landing_page.startswith("https://"), key
        assert one.confirmed, key
        if one.address is None:
            assert one.by_hand, key
        else:
            assert one.address.startswith("https://"), key
            assert one.import_as in import_kinds(), key
            assert one.file, key


def test_the_command_says_what_to_do_next(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEABED_DATA", str(tmp_path))
    known = entry(publisher.address, import_as="boem-area", ref="BOEM-2025-0035")
    monkeypatch.setattr(fetching, "downloads", lambda: known)
    result = CliRunner().invoke(main, ["layers", "fetch", "a"], catch_exceptions=False)
    path = tmp_path / "downloads" / "file.zip"
    assert result.stdout.splitlines() == [
        str(path),
        f"SHA-256 {hashlib.sha256(ARCHIVE).hexdigest()} (the publisher states none to compare)",
        f"next: seabed layers import {path} --as boem-area --ref BOEM-2025-0035",
    ]
    assert result.stderr == ""
    listed = CliRunner().invoke(main, ["layers", "fetch"], catch_exceptions=False).stdout
    assert publisher.address in listed


def test_on_a_terminal_there_is_a_progress_bar(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from seabed import cli_layers

    terminal = Terminal()
    monkeypatch.setattr(cli_layers.sys, "stderr", terminal)
    with cli_layers._progress() as progress:
        fetch("a", folder=tmp_path, known=entry(publisher.address), progress=progress)
    assert "fetching, 0.7 MB" in terminal.getvalue()
    assert "100%" in terminal.getvalue()

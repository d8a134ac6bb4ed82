"""Against a server on this machine that knows ranges, and breaks off when it is told to."""

import errno
import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from improv import download
from improv.download import ATTEMPTS, fetch, part_of, sha256
from improv.errors import UserError

CONTENT = bytes(range(256)) * 2000


@dataclass
class Server:
    """What the next requests get."""

    url: str = ""
    content: bytes = CONTENT
    version: str | None = '"one"'
    cuts: list[int] = field(default_factory=list)
    """Bytes after which each of the next answers breaks off."""
    status: int = 200
    ranges: bool = True
    asked: list[str | None] = field(default_factory=list)
    """The Range of every request."""


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.headers.get("Range"))
            if served.status != 200:
                self.send_error(served.status)
                return
            start = self._start()
            body = served.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}"
                )
            if served.version:
                self.send_header("ETag", served.version)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: served.cuts.pop(0)] if served.cuts else body)

        def _start(self) -> int:
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
            same = self.headers.get("If-Range") == served.version
            return int(asked[1]) if asked and same and served.ranges else 0

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{running.server_address[1]}/a.db"
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield served
    running.shutdown()
    running.server_close()
    thread.join()


def silent(*_: object) -> None:
    pass


def fetched(source: str, folder: Path, report: Callable[[int, int | None], None] = silent) -> bytes:
    found = fetch(source, folder / "a.db", report, silent)
    assert not part_of(found).exists()
    return found.read_bytes()


def refusal(source: str, folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        fetch(source, folder / "a.db", silent, silent)
    message = str(caught.value)
    assert "\n" not in message
    assert source in message or str(folder) in message
    assert not (folder / "a.db").exists()
    return message


def test_it_comes_whole_and_says_how_far_it_is(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    assert fetched(server.url, tmp_path / "new" / "folder", lambda *step: told.append(step)) == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert server.asked == [None]


@pytest.mark.parametrize("as_url", [True, False])
def test_a_file_is_copied(tmp_path: Path, as_url: bool) -> None:
    source = tmp_path / "50% jazz #1 ü.db"
    source.write_bytes(CONTENT)
    assert fetched(source.as_uri() if as_url else str(source), tmp_path / "to") == CONTENT


def test_what_breaks_off_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.cuts = [100_000, 50_000]
    assert fetched(server.url, tmp_path) == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_what_an_earlier_call_left_is_gone_on_from(server: Server, tmp_path: Path) -> None:
    server.cuts = [100_000] + [0] * (ATTEMPTS - 1)
    message = refusal(server.url, tmp_path)
    assert "broke off after 0.1 MB" in message
    assert "the same command goes on from there" in message
    server.asked.clear()
    assert fetched(server.url, tmp_path) == CONTENT
    assert server.asked == ["bytes=100000-"]


@pytest.mark.parametrize("change", ["another version", "no versions", "no ranges", "another source"])
def test_what_may_have_changed_begins_anew(server: Server, tmp_path: Path, change: str) -> None:
    if change == "no versions":
        server.version = None
    server.cuts = [100_000] + [0] * (ATTEMPTS - 1)
    refusal(server.url, tmp_path)
    server.content = CONTENT[::-1]
    if change == "another version":
        server.version = '"two"'
    server.ranges = change != "no ranges"
    url = server.url + "?other" if change == "another source" else server.url
    assert fetched(url, tmp_path) == CONTENT[::-1]


def test_a_part_that_is_the_whole_is_taken(server: Server, tmp_path: Path) -> None:
    part = tmp_path / ".a.db.part"
    part.write_bytes(CONTENT)
    part_of(part).write_text(json.dumps({"source": server.url, "version": server.version}))
    server.status = 416
    served = refusal(server.url, tmp_path)  # nor does it answer a request for the whole
    assert "HTTP 416" in served
    server.status = 200
    assert fetched(server.url, tmp_path) == CONTENT


@pytest.mark.parametrize(
    ("status", "told"), [(404, "no such file"), (410, "no such file"), (500, "Internal")]
)
def test_what_the_server_refuses_is_one_line(server: Server, tmp_path: Path, status: int, told: str) -> None:
    server.status = status
    message = refusal(server.url, tmp_path)
    assert told in message
    assert f"HTTP {status}" in message
    assert server.asked == [None], "it is asked once"


def test_a_host_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/a.db"
    assert "takes no connection there" in refusal(closed, tmp_path)

    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "cannot find nowhere.invalid" in refusal("http://nowhere.invalid/a.db", tmp_path)

    def unreachable(*_: object, **__: object) -> Any:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    assert "Network is unreachable" in refusal("http://nowhere.invalid/a.db", tmp_path)


def test_a_server_without_a_certificate_is_one_line(server: Server, tmp_path: Path) -> None:
    assert "certificate or encryption" in refusal(server.url.replace("http:", "https:"), tmp_path)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("ftp://example.org/a.db", "cannot fetch from ftp"),
        ("htps://example.org/a.db", "did you mean 'https'?"),
        ("nowhere/a.db", "cannot read it"),
        ("http:///a.db", "http:///a.db"),
    ],
)
def test_what_is_no_source_is_one_line(tmp_path: Path, source: str, told: str) -> None:
    assert told in refusal(source, tmp_path)


def test_a_full_disk_is_one_line_and_what_came_is_kept(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0
    read = download._read

    def full(body: Any) -> bytes:
        nonlocal taken
        found = read(body)
        taken += len(found)
        if taken > 200_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return found

    monkeypatch.setattr(download, "_read", full)
    assert "No space left on device" in refusal(server.url, tmp_path)
    monkeypatch.undo()
    server.asked.clear()
    assert fetched(server.url, tmp_path) == CONTENT
    assert server.asked[0] is not None, "it goes on"


def test_a_folder_that_cannot_be_written_to_is_one_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write there"):
        fetch(server.url, tmp_path / "file" / "a.db", silent, silent)


def test_the_checksum_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    assert sha256(tmp_path / "a") == hashlib.sha256(CONTENT).hexdigest()

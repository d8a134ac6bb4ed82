"""Fetching one file, from a URL or from disk: with progress, gone on with where it broke off.

Conventions: what has come so far lies beside the target under a name of its own (`.NAME.part`, and in
`.NAME.part.json` what it is a part of); the target's name is given by the caller when the whole is known to
be right, so a half file never bears it. The network is used only for http and https, and only when asked.
"""

import contextlib
import hashlib
import http.client
import json
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from improv.errors import UserError, suggest
from improv.version import VERSION

CHUNK = 1 << 16
TIMEOUT = 30.0
"""Seconds without an answer."""
ATTEMPTS = 4
"""Connections in a row that may bring nothing, or break off."""
SCHEMES = ("http", "https", "file")

Report = Callable[[int, int | None], None]
"""Told how many bytes there are, and of how many if that is known."""


class _BrokenOffError(Exception):
    """The connection ended before the file did."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A source that has been opened."""

    body: Any
    start: int
    """Of the bytes that come, the first one's place in the file."""
    total: int | None
    """Of the whole file."""
    version: str | None
    """Tells this version of the file from others; None where it cannot be told."""


def fetch(source: str, target: Path, report: Report, wait: Callable[[float], None]) -> Path:
    """Fetch a URL or a file beside `target`, and return where it lies, whole but unchecked.

    What an earlier call has left is gone on from, if the source is still the same. `wait` sleeps between
    attempts, in seconds.

    Raises:
        UserError: it is not there, cannot be reached, breaks off again and again, or cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        failed = 0
        while True:
            before = _size(part)
            try:
                _fetch_on(source, part, report)
                part_of(part).unlink(missing_ok=True)
                return part
            except _BrokenOffError as error:
                failed = 1 if _size(part) > before else failed + 1
                if failed == ATTEMPTS:
                    raise UserError(
                        f"{source}: broke off after {_size(part) / 1e6:.1f} MB ({_reason(error)}); "
                        "the same command goes on from there"
                    ) from error
                wait(float(failed))
    except OSError as error:
        raise UserError(f"{part.parent}: cannot write there ({error.strerror or error})") from error


def part_of(part: Path) -> Path:
    """The file that says what a part is of."""
    return part.with_name(part.name + ".json")


def sha256(path: Path) -> str:
    """The checksum of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_on(source: str, part: Path, report: Report) -> None:
    with _opened(source, _size(part), _known_version(source, part)) as answer:
        if answer.start == 0:
            part.write_bytes(b"")
        part_of(part).write_text(json.dumps({"source": source, "version": answer.version}), "utf-8")
        done = answer.start
        with part.open("ab") as file:
            report(done, answer.total)
            while chunk := _read(answer.body):
                file.write(chunk)
                done += len(chunk)
                report(done, answer.total)
        if answer.total is not None and done != answer.total:
            raise _BrokenOffError(f"{done} of {answer.total} bytes")


def _read(body: Any) -> bytes:
    try:
        found: bytes = body.read(CHUNK)
        return found
    except (http.client.HTTPException, OSError) as error:  # not to be taken for one of writing
        raise _BrokenOffError(_reason(error)) from error


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _known_version(source: str, part: Path) -> str | None:
    """Which version of the source the part is of."""
    try:
        told = json.loads(part_of(part).read_text("utf-8"))
        return str(told["version"]) if told["source"] == source and told["version"] else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


@contextlib.contextmanager
def _opened(source: str, have: int, version: str | None) -> Iterator[_Answer]:
    scheme = urlsplit(source).scheme.lower()
    if len(scheme) < 2:  # a path, on Windows with its drive
        with _opened_file(source, Path(source)) as answer:
            yield answer
    elif scheme == "file":
        with _opened_file(source, Path(urllib.request.url2pathname(urlsplit(source).path))) as answer:
            yield answer
    elif scheme in SCHEMES:
        with _opened_url(source, have if version else 0, version) as answer:
            yield answer
    else:
        hint = suggest(scheme, SCHEMES) or f"; a path, {', '.join(SCHEMES)} will do"
        raise UserError(f"{source}: cannot fetch from {scheme}:{hint}")


@contextlib.contextmanager
def _opened_file(source: str, path: Path) -> Iterator[_Answer]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(f"{source}: cannot read it ({error.strerror})") from error
    with file:
        yield _Answer(file, 0, path.stat().st_size, None)


@contextlib.contextmanager
def _opened_url(source: str, have: int, version: str | None) -> Iterator[_Answer]:
    headers = {"User-Agent": f"improv/{VERSION}", "Accept-Encoding": "identity"}
    if have and version:
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    try:
        response = urllib.request.urlopen(urllib.request.Request(source, headers=headers), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is left of it, or it has become shorter
            with _opened_url(source, 0, None) as answer:
                yield answer
            return
        what = "there is no such file" if error.code in (404, 410) else f"the server says {error.reason}"
        raise UserError(f"{source}: {what} (HTTP {error.code})") from error
    except urllib.error.URLError as error:
        raise _explained(source, error.reason) from error
    except (ValueError, http.client.InvalidURL) as error:
        raise UserError(f"{source}: not a URL ({error})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _BrokenOffError(_reason(error)) from error
    with response:
        start = 0
        if response.status == 206:
            start = have
            if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise UserError(f"{source}: the server sends another part than it was asked for")
        length = response.headers.get("Content-Length")
        total = start + int(length) if length and length.isdigit() else None
        yield _Answer(response, start, total, _version_of(response))


def _explained(source: str, reason: object) -> Exception:
    """An error of the network as one for people, or as one to try again after."""
    host = urlsplit(source).hostname
    if isinstance(reason, ssl.SSLError):
        return UserError(f"{source}: its certificate or encryption is not to be trusted ({_reason(reason)})")
    if isinstance(reason, socket.gaierror):
        return UserError(f"{source}: cannot find {host}; is there a network, and is the name right?")
    if isinstance(reason, ConnectionRefusedError):
        return UserError(f"{source}: {host} takes no connection there")
    if isinstance(reason, ConnectionError | TimeoutError):
        return _BrokenOffError(_reason(reason))
    return UserError(f"{source}: cannot reach {host} ({_reason(reason)})")


def _version_of(response: Any) -> str | None:
    tag = response.headers.get("ETag")
    if tag and not tag.startswith("W/"):  # a weak one does not vouch for the bytes
        return str(tag)
    found = response.headers.get("Last-Modified")
    return str(found) if found else None


def _reason(error: object) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]

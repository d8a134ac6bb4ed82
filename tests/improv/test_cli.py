"""The command line: every mistake is one line and exit code 2, and output is fit for a pipe."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.cli import COMMANDS, main
from improv.jazz.encoding import PARTS
from improv.version import VERSION
from models.checkpoint import META, WEIGHTS, shipped

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
BAD_CHORD = "title: Broken\n| F7 | Bb7 |\n| F7 | H7x |\n"
HEAD = '{"kind":"take","format":1,"version":"0","options":{},"weights":"00"}\n'

Refused = Callable[..., str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with the files that the table below names; what is logged goes there too."""
    (tmp_path / "broken.txt").write_text(BAD_CHORD)
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "latin.txt").write_bytes("title: Für\n| F7 |\n".encode("latin-1"))
    (tmp_path / "torn.mid").write_bytes(b"MThd\0\0\0\x06\0\x01\0\x02\x01\xe0MTrk\0\0\x10\0\0\x90<@")
    (tmp_path / "long.mid").write_bytes(
        b"MThd\0\0\0\x06\0\0\0\x01\0\x01MTrk\0\0\0\x0f\0\x90<@\xff\xff\xff\x7f\x80<@\0\xff/\0"
    )
    (tmp_path / "key.mid").write_bytes(
        b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0a\0\xffY\x02\x60\x7f\0\xff/\0"
    )
    (tmp_path / "foreign.jsonl").write_text('{"name": "Ada"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "torn.jsonl").write_text(HEAD + '{"kind":"event","t":\n{"kind":"end"}\n')
    (tmp_path / "headonly.jsonl").write_text(HEAD)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "state"))
    # no MIDI system, whatever this machine has
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "improv-nobody")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.devnull)
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes | None]:
    """Everything in a folder."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def one_line(out: str, err: str) -> str:
    """The only line, without `improv: `."""
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert err.startswith("improv: ")
    assert "Traceback" not in err
    return err.removeprefix("improv: ").rstrip()


@pytest.fixture
def refused(place: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that must be refused; the line that it says."""

    def run(*words: str) -> str:
        before = contents(place)
        capsys.readouterr()
        assert main(list(words)) == 2
        printed = capsys.readouterr()
        assert contents(place) == before, "nothing is written and nothing is lost"
        return one_line(printed.out, printed.err)

    return run


def improv(*words: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """The program itself, as a process."""
    command = [sys.executable, "-m", "improv", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, **{"capture_output": True, "text": True, "timeout": PATIENCE, "env": env, **options}
    )


TOO_LONG = "x" * 300
MISTAKES: list[tuple[list[str], list[str]]] = [
    (["plya"], ["unknown command 'plya'", "did you mean 'play'?"]),
    (["zzz"], ["unknown command 'zzz'", *COMMANDS]),
    (["--loud"], ["--loud", "--help"]),
    (["play", "--loud"], ["--loud"]),
    (["play", "--headless", "--chart", "blues-ff"], ["no chart 'blues-ff'", "did you mean 'blues-f'?"]),
    (["play", "--headless", "--chart", "zzz"], ["no chart 'zzz'", "improv charts"]),
    (["play", "--headless", "--chart", "none.txt"], ["none.txt"]),
    (["play", "--headless", "--chart", "folder"], ["folder", "is a folder"]),
    (["play", "--headless", "--chart", ""], ["no chart named"]),
    (["play", "--headless", "--chart", "broken.txt"], ["broken.txt:3", "H7x"]),
    (["play", "--headless", "--chart", "picture.txt"], ["picture.txt is not a chart"]),
    (["play", "--headless", "--tempo", "29"], ["--tempo 29", "30 to 400"]),
    (["play", "--headless", "--tempo", "401"], ["--tempo 401"]),
    (["play", "--headless", "--tempo", "nan"], ["--tempo nan"]),
    (["play", "--headless", "--tempo", "fast"], ["--tempo", "'fast'"]),
    (["play", "--headless", "--bars", "0"], ["--bars 0"]),
    (["play", "--headless", "--bars", "1.5"], ["--bars", "'1.5'"]),
    (["play", "--headless", "--choruses", "-1"], ["--choruses -1"]),
    (["play", "--headless", "--mode", "tradee"], ["--mode 'tradee'", "did you mean 'trade'?"]),
    (["play", "--headless", "--temperature", "0"], ["--temperature 0"]),
    (["play", "--headless", "--temperature", "nan"], ["--temperature nan"]),
    (["play", "--headless", "--temperature", "inf"], ["--temperature inf"]),
    (["play", "--headless", "--channel", "bas=3"], ["--channel bas=3", "did you mean 'bass'?"]),
    (["play", "--headless", "--channel", "bass=17"], ["--channel bass=17", "from 1 to 16"]),
    (["play", "--headless", "--in-channel", "0"], ["--in-channel 0", "from 1 to 16"]),
    (["play", "--headless", "--keys", "C6-C3"], ["--keys C6-C3", "from low to high"]),
    (["play", "--headless", "--mpe", "middle"], ["--mpe middle", "lower:7"]),
    (["controls", "set", "panik=CC20"], ["no control 'panik'", "did you mean 'panic'?"]),
    (["controls", "set", "panic=CC200"], ["CC200", "0 to 127"]),
    (["play", "--json"], ["--json goes with --headless"]),
    (["play", "--headless", "--record", "nowhere/take.mid"], ["nowhere/take.mid", "there is no folder"]),
    (["play", "--headless", "--record", "folder"], ["cannot write folder", "it is a folder"]),
    (["play", "--headless", "--record", f"{TOO_LONG}.mid"], ["cannot write", "too long"]),
    (["render", "blues-f"], ["-o"]),
    (["render", "blues-f", "-o", "solo.ogg"], ["solo.ogg", ".mid", ".wav"]),
    (["render", "blues-f", "-o", "solo"], ["solo: a file that ends in"]),
    (["render", "blues-f", "-o", "nowhere/solo.mid"], ["nowhere/solo.mid", "there is no folder"]),
    (["render", "blues-f", "-o", "broken.txt/solo.mid"], ["broken.txt/solo.mid"]),
    (["render", "blues-f", "-o", f"{TOO_LONG}.mid"], ["cannot write", "too long"]),
    (["render", "blues-f", "-o", "solo.mid", "--choruses", "0"], ["--choruses 0"]),
    (["render", "blues-f", "-o", "solo.mid", "--choruses", "1001"], ["--choruses 1001"]),
    (["render", "blues-f", "-o", "solo.mid", "--tempo", "500"], ["--tempo 500"]),
    (["render", "blues-f", "-o", "solo.mid", "--temperature", "-1"], ["--temperature -1"]),
    (["render", "blues-f", "-o", "solo.mid", "--temperature", "nan"], ["--temperature nan"]),
    (
        ["render", "blues-f", "-o", "solo.mid", "--model", "nowhere"],
        ["nowhere", "no model", "jazz, deepjazz"],
    ),
    (["render", "broken.txt", "-o", "solo.mid"], ["broken.txt:3", "H7x"]),
    (["render", "picture.txt", "-o", "solo.mid"], ["picture.txt is not a chart"]),
    (["render", "latin.txt", "-o", "solo.mid"], ["latin.txt:1", "UTF-8"]),
    (["render", "none.mid", "-o", "heard.wav"], ["none.mid", "no such file"]),
    (["render", "torn.mid", "-o", "heard.wav"], ["torn.mid"]),
    (["render", "key.mid", "-o", "heard.wav"], ["key.mid"]),
    (["render", "long.mid", "-o", "heard.wav"], ["hours"]),
    (["render", "torn.mid", "-o", "again.mid"], ["torn.mid is a MIDI file already"]),
    (["charts", TOO_LONG], ["too long"]),
    (["charts", "~nobody-by-this-name/chart.txt"], ["~nobody-by-this-name/chart.txt"]),
    (["ports", "--api", "jakc"], ["jakc"]),
    (["replay"], ["TAKE"]),
    (["replay", "none.jsonl"], ["none.jsonl", "No such file"]),
    (["replay", "folder"], ["folder", "Is a directory"]),
    (["replay", "picture.txt"], ["picture.txt", "not text"]),
    (["replay", "broken.txt"], ["broken.txt:1"]),
    (["replay", "foreign.jsonl"], ["foreign.jsonl:1", "not the log of a take"]),
    (["replay", "empty.jsonl"], ["empty.jsonl", "not the log of a take"]),
    (["replay", "torn.jsonl"], ["torn.jsonl:2"]),
    (["replay", "headonly.jsonl"], ["headonly.jsonl", "not the log of a take"]),
    (["replay", "headonly.jsonl", "-o", "nowhere/take.mid"], ["nowhere/take.mid"]),
    (["train"], ["KIND"]),
    (["evaluate", "jazz", "nowhere"], ["nowhere"]),
]


@pytest.mark.parametrize(("words", "told"), MISTAKES, ids=lambda value: " ".join(value)[:60])
def test_a_mistake_is_one_line_that_names_it(refused: Refused, words: list[str], told: list[str]) -> None:
    line = refused(*words)
    for part in told:
        assert part in line


@pytest.fixture
def checkpoint(place: Path) -> Path:
    """A copy of the model that ships."""
    folder = place / "model"
    for part in PARTS:
        (folder / part).mkdir(parents=True)
        for name in (META, WEIGHTS):
            (folder / part / name).write_bytes(shipped("jazz").joinpath(part, name).read_bytes())
    return folder


@pytest.mark.parametrize("damage", ["cut", "flipped", "no weights", "no meta", "meta cut", "meta foreign"])
def test_a_damaged_checkpoint_is_named(refused: Refused, checkpoint: Path, damage: str) -> None:
    weights, meta = checkpoint / "rhythm" / WEIGHTS, checkpoint / "rhythm" / META
    data = weights.read_bytes()
    match damage:
        case "cut":
            weights.write_bytes(data[: len(data) // 2])
        case "flipped":
            middle = len(data) // 2
            weights.write_bytes(data[:middle] + bytes((data[middle] ^ 1,)) + data[middle + 1 :])
        case "no weights":
            weights.unlink()
        case "no meta":
            meta.unlink()
        case "meta cut":
            meta.write_text(meta.read_text()[:100])
        case "meta foreign":
            meta.write_text(json.dumps({"kind": "text"}))
    line = refused("render", "blues-f", "-o", "solo.mid", "--model", str(checkpoint))
    assert str(checkpoint) in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--in", "Keystation"], ["MIDI"]),
        (["--out", "FLUID"], ["MIDI"]),
        (["--api", "jakc"], ["unknown MIDI system 'jakc'", "jack"]),
        (["--model", "model"], ["model/pitch/", WEIGHTS, "damaged"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_the_engine_refuses_is_told_by_the_program(
    place: Path, checkpoint: Path, words: list[str], told: list[str]
) -> None:
    """The engine is another process: its errors too are one line of ours."""
    weights = checkpoint / "pitch" / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1])
    before = contents(place)
    done = improv("play", "--headless", "--no-sound", *words, cwd=place)
    line = one_line(done.stdout, done.stderr)
    assert done.returncode == 2
    for part in told:
        assert part in line
    assert contents(place) == before


@pytest.mark.jack
def test_an_unknown_port_lists_the_ports_there_are(jack_server: str, tmp_path: Path) -> None:
    done = improv("play", "--headless", "--no-sound", "--api", "jack", "--out", "FLUID", cwd=tmp_path)
    line = one_line(done.stdout, done.stderr)
    assert done.returncode == 2
    assert "no MIDI output 'FLUID' (jack); there are" in line


def test_without_a_terminal_there_is_no_screen(place: Path) -> None:
    done = improv("play", cwd=place, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "--headless" in one_line(done.stdout, done.stderr)


def test_debug_shows_where_an_error_arose(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--debug", "charts", "blues-d"], ["charts", "blues-d", "--debug"]):
        assert main(words) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" in printed.err
        assert "load_chart" in printed.err


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(refused: Refused, place: Path) -> None:
    (place / "folder").chmod(0o500)
    assert "permission denied" in refused("render", "blues-f", "-o", "folder/solo.mid")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert capsys.readouterr() == printed, "without a command it is the help"
    assert printed.err == ""
    shown = {line.split()[0]: line for line in printed.out.splitlines() if line.startswith("    ")}
    for name, help_line in COMMANDS.items():
        assert help_line.split()[0] in shown[name]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith(f"usage: improv {command}")
    assert (COMMANDS[command][0].upper() + COMMANDS[command][1:]).split()[0] in printed.out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"improv {VERSION}\n"


@pytest.mark.parametrize(
    "words", [["charts"], ["charts", "waltz"], ["charts", "--json"], ["ports"], ["--help"]], ids=" ".join
)
def test_piped_output_is_clean(place: Path, words: list[str]) -> None:
    """No colours, no cursor moves, nothing on stderr; also where someone forces colours."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}
    done = improv(*words, cwd=place, env=env)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.endswith("\n")
    assert all(character.isprintable() or character == "\n" for character in done.stdout)


def test_a_terminal_that_knows_no_delta_is_no_reason_to_fail(place: Path) -> None:
    (place / "delta.txt").write_text("title: Für Elise\n| CΔ | F7 |\n", "utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = improv("charts", "delta.txt", cwd=place, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "F7" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes are posix's")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("words", [["charts"], ["--help"], ["--version"]], ids=" ".join)
def test_a_reader_that_has_gone_leaves_no_noise(place: Path, words: list[str], buffered: bool) -> None:
    """The worst case of `| head -1`: nobody reads from the first byte on."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "" if buffered else "1"}
    read, write = os.pipe()
    os.close(read)
    try:
        done = improv(*words, cwd=place, env=env, capture_output=False, stdout=write, stderr=subprocess.PIPE)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_head_takes_its_line(place: Path) -> None:
    script = f'set -o pipefail; "{sys.executable}" -m improv charts | head -1'
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=PATIENCE, cwd=place, env=env
    )
    assert done.stdout.count("\n") == 1
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_one_line(place: Path) -> None:
    with open("/dev/full", "w") as full:
        done = improv("charts", cwd=place, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert "disk is full" in one_line("", done.stderr)

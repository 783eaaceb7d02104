"""Terminals and pipes that are hard on a program: closed, full, narrow, dumb, hostile."""

import json
import os
import re
import signal
import subprocess

import pytest
from support.terminal import Terminal
from support.waiting import wait_for

#: What a name may hold to drive a terminal, a browser, or rich: colours, a title, a link, a bell,
#: a newline, the direction of writing, HTML, markup.
EVIL = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202eback<script>alert(1)</script>[bold]x[/bold]"

#: Control characters that must never be printed. A terminal's own drawing is looked at elsewhere.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

READERS = (("status", "rounds/r"), ("report", "rounds/r"), ("check", "r.yaml"))


@pytest.fixture
def ended(bench):
    """A round of six trials that has ended."""
    assert bench.tuneplay("run", bench.spec()).returncode == 0
    return bench


def shell(bench, line, **env):
    """Run a line of shell in which `tuneplay` is the command; its exit code comes last."""
    program = " ".join(bench.command())
    return subprocess.run(
        ["bash", "-c", f'tuneplay() {{ {program} "$@"; }}\n{line}'],
        cwd=bench.root, env=bench.environment(**env), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


CLOSED = ["</dev/null >&-", "<&-", "2>&-", "<&- >&- 2>&-"]


@pytest.mark.parametrize("how", CLOSED)
def test_closed_streams_harm_nobody(ended, how):
    for reader in (*READERS, ("status", "rounds/r", "--json"), ("run", "r.yaml", "--dry-run")):
        result = shell(ended, f"tuneplay {' '.join(reader)} {how}")
        assert result.returncode == 0, reader
        assert "Traceback" not in result.stderr
        assert "defect" not in result.stderr


@pytest.mark.parametrize("how", [*CLOSED, ">/dev/full", ">/dev/full 2>/dev/full"])
def test_a_round_runs_to_its_end_whatever_its_streams_are(bench, how):
    spec = bench.spec()
    result = shell(bench, f"tuneplay run {spec} {how}")
    assert result.returncode == 0, result.stderr
    assert len(bench.events("finished")) == 6
    # Nothing that was to be printed has landed in a file that took the number of a closed stream.
    kept = [path for path in (bench.root / "rounds/r").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert b"feasible: val_error" not in path.read_bytes(), path


@pytest.mark.parametrize("how", ["| head -1", "2>&1 | head -1", "| true"])
def test_a_round_goes_on_in_silence_when_its_reader_has_gone(bench, how):
    spec = bench.spec()
    result = shell(bench, f'tuneplay run {spec} {how}; echo "code ${{PIPESTATUS[0]}}"')
    assert result.stdout.splitlines()[-1] == "code 0"
    assert "Traceback" not in result.stderr
    assert len(bench.events("finished")) == 6


def test_the_exit_code_of_a_round_is_its_own_when_its_reader_has_gone(bench):
    # One of two arms fails: the budget is unmet, whoever reads the lines.
    bench.write("half", '#!/bin/sh\n[ $2 = b ] && exit 1\necho \'{"epoch": 1, "val_error": 1}\'\n')
    (bench.root / "half").chmod(0o755)
    bench.spec("./half {learning_rate} {arm}")
    result = shell(bench, 'tuneplay run r.yaml | true; echo "code ${PIPESTATUS[0]}"')
    assert result.stdout.splitlines()[-1] == "code 3"


@pytest.mark.parametrize("reader", [*READERS, ("report", "rounds/r", "--json"), ("--help",)])
def test_a_reader_of_the_first_line_alone_is_no_error(ended, reader):
    result = shell(ended, f'tuneplay {" ".join(reader)} | head -1; echo "code ${{PIPESTATUS[0]}}"')
    assert result.stdout.splitlines()[-1] == "code 0"
    assert result.stderr == "" or "warning:" in result.stderr


def test_more_than_a_pipe_holds_is_no_error_either(ended):
    # Six thousand commands are more than the pipe takes while nobody reads.
    ended.spec(name="big.yaml", trials=3_000)
    line = 'tuneplay run big.yaml --dry-run | (read -r line); echo "code ${PIPESTATUS[0]}"'
    result = shell(ended, line)
    assert result.stdout.splitlines()[-1] == "code 0"
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("reader", READERS)
def test_a_full_device_is_said_and_has_its_exit_code(ended, reader):
    result = shell(ended, f"tuneplay {' '.join(reader)} >/dev/full")
    assert result.returncode == 5
    assert "standard output cannot be written: No space left on device" in result.stderr


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"},
                                 {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])  # fmt: skip
def test_a_locale_without_letters_gets_plain_characters(ended, env):
    for reader in READERS:
        result = ended.tuneplay(*reader, env=env)
        assert result.returncode == 0, result.stderr
        if "LC_ALL" not in env:
            assert result.stdout.isascii()
    if "LC_ALL" not in env:
        assert "r - Is b better than a?" in result.stdout
    again = ended.spec(name="again.yaml")
    assert ended.tuneplay("run", again, env=env).returncode == 0


# What names and logs may hold.


@pytest.fixture
def evil(bench):
    """A round whose names, goal, values and logs would drive a terminal."""
    name = json.dumps(EVIL)
    bench.write(
        "evil.py",
        "import sys\n"
        f"print({EVIL!r})\n"
        f"print({EVIL!r}, file=sys.stderr)\n"
        "print('{\"epoch\": -1}' if sys.argv[1] != 'c' else '')\n"
        "sys.argv[1] == 'c' and sys.exit(3)\n"
        "import json\n"
        f"print(json.dumps({{'epoch': 1, {EVIL!r}: 0.5}}))\n",
    )
    return bench.write(
        "e.yaml",
        f"goal: {name}\nphase: exploration\ncommand: python3 evil.py {{arm}} {{x}} {{n}}\n"
        f"objective: {{metric: {name}, direction: minimize}}\nepochs: 1\ntrials: 2\n"
        f"baseline: {{arm: {name}}}\nscientific: {{arm: [{name}, c]}}\n"
        f"fixed: {{n: {name}}}\nnuisance: {{x: [{name}, b]}}\nresources: {{slots: 2}}\n",
    )


def printed(result):
    return result.stdout + result.stderr


def test_no_control_character_reaches_the_terminal(bench, evil):
    seen = [bench.tuneplay("check", evil), bench.tuneplay("run", evil)]
    seen += [bench.tuneplay(word, "rounds/e") for word in ("status", "report")]
    seen += [bench.tuneplay(word, "rounds/e", "--json") for word in ("status", "report")]
    assert [result.returncode for result in seen] == [0, 3, 0, 0, 0, 0]
    for result in seen:
        assert not UNSAFE.search(printed(result).replace("\t", "").replace("\n", "")), result.args
    assert r"\x1b[31mred" in seen[0].stdout
    assert "<script>" in seen[0].stdout, "the terminal shows what is there"
    assert "[bold]x[/bold]" in seen[3].stdout


def test_a_newline_in_a_name_makes_no_line_of_its_own(bench):
    bench.spec()
    text = (bench.root / "r.yaml").read_text()
    text = text.replace("[a, b]", '[a, "b\\n[9/9] arm=a/0009 feasible"]')
    bench.write("r.yaml", text)
    result = bench.tuneplay("run", "r.yaml")
    assert result.returncode == 0
    assert not any(line.startswith("[9/9]") for line in result.stdout.splitlines())


def test_the_log_of_a_broken_command_is_shown_without_its_control_characters(bench):
    bench.write("broken.py", f"import sys\nprint({EVIL!r}, file=sys.stderr)\nsys.exit(1)\n")
    result = bench.tuneplay("run", bench.spec("python3 broken.py {learning_rate} {arm}"))
    assert result.returncode == 7
    assert r"\x1b[31mred" in result.stderr
    assert not UNSAFE.search(printed(result).replace("\n", ""))


# Terminals of every size.


def test_a_live_table_of_hostile_names_shows_them_and_obeys_none(bench, gated):
    spec = gated.spec()
    text = spec.read_text().replace("[a, b]", f"[a, {json.dumps(EVIL)}]")
    text = text.replace("metric: val_error", "metric: val_error").replace("{arm}", "x")
    spec.write_text(text.replace("gated {learning_rate}", "gated {arm}{learning_rate}"))
    terminal = Terminal(bench, "run", spec, columns=200)
    terminal.until(r"arm=\x1b[31mred\x1b]0;title\x07\x9b2J\u202eback<script>")
    assert terminal.screen.title != "title"
    gated.open()
    assert terminal.end() == 0


@pytest.mark.parametrize(
    "columns", [20, *(pytest.param(width, marks=pytest.mark.slow) for width in (60, 100, 200))]
)
def test_every_width_shows_the_numbers_of_every_study(bench, columns):
    spec = bench.spec()
    name = "a_scientific_value_with_a_rather_long_name"
    spec.write_text(spec.read_text().replace("[a, b]", f"[a, {name}]"))
    assert bench.tuneplay("run", spec).returncode == 0
    env = {"COLUMNS": str(columns)}
    for reader in READERS:
        result = bench.tuneplay(*reader, env=env)
        assert result.returncode == 0
        # A command to be pasted is left in one piece: the terminal folds it, and adds no newline.
        pasteable = (" tuneplay r", "    cd ")
        lines = [
            line for line in result.stdout.splitlines() if not any(p in line for p in pasteable)
        ]
        assert all(len(line) <= columns for line in lines), result.stdout
        assert "…" not in result.stdout
        assert name in result.stdout.replace("\n", "").replace(" ", "")
    assert bench.tuneplay("status", "rounds/r", env=env).stdout.count("3/3") == 2
    assert bench.tuneplay("report", "rounds/r", env=env).stdout.count("0.116") >= 2


@pytest.mark.parametrize("columns", [20, 60])
def test_a_round_runs_in_a_narrow_terminal(bench, gated, columns):
    terminal = Terminal(bench, "run", gated.spec(), columns=columns)
    terminal.until("3/10")
    terminal.until("0 of 6 trials")
    gated.open()
    assert terminal.end() == 0
    assert "r is finished" in terminal.text


def test_a_terminal_that_changes_its_size_while_a_round_runs_is_drawn_again(bench, gated):
    terminal = Terminal(bench, "run", gated.spec(), columns=150)
    terminal.until("3/10")
    assert "━" in terminal.text
    terminal.screen.resize(30, 60)
    terminal.child.setwinsize(30, 60)
    terminal.child.kill(signal.SIGWINCH)
    terminal.screen.reset()
    terminal.until("3/10")
    terminal.until("0 of 6 trials")
    gated.open()
    assert terminal.end() == 0
    assert len(bench.events("finished")) == 6


def test_no_color_is_respected(bench, gated):
    terminal = Terminal(bench, "run", gated.spec(), env={"NO_COLOR": "1"})
    terminal.until("3/10")
    gated.open()
    assert terminal.end() == 0
    colours = {cell.fg for line in terminal.screen.buffer.values() for cell in line.values()}
    assert colours <= {"default"}


def test_a_terminal_that_cannot_redraw_gets_lines(bench):
    terminal = Terminal(bench, "run", bench.spec(), env={"TERM": "dumb"})
    assert terminal.end() == 0
    assert "started arm=a/0000" in terminal.text
    assert "━" not in terminal.text


def test_a_round_whose_output_is_closed_while_it_runs_goes_on(bench, gated):
    spec = gated.spec()
    process = bench.start("run", spec)
    wait_for(lambda: len(bench.events("started")) == 2)
    process.stdout.close()
    process.stderr.close()
    gated.open()
    assert process.wait(timeout=60) == 0
    assert len(bench.events("finished")) == 6
    assert os.listdir(bench.root / "rounds/r/trials/arm=a/0000.1")

"""`tuneplay run` as a person sees it: a real terminal, real keys."""

import signal

from support.processes import pids_of
from support.terminal import Terminal
from support.waiting import wait_for


def test_the_live_table_shows_studies_running_trials_the_best_and_the_time_left(bench, gated):
    terminal = Terminal(bench, "run", gated.spec(free="0000.1"))
    terminal.until("arm=a/0001   3/10")
    terminal.until("arm=b/0001   3/10")
    screen = terminal.text
    assert "Starting r: Is b better than a?" in screen
    assert "1/3" in screen
    assert "best 0.105 (arm=" in screen
    assert "left" in screen
    gated.open()
    assert terminal.end() == 0
    assert "r is finished: 6 trials (6 feasible)." in terminal.text
    assert "━" not in terminal.text, "the live table is taken away at the end"
    assert not terminal.screen.cursor.hidden


def test_ctrl_c_once_lets_running_trials_finish_and_says_how_to_go_on(bench, gated):
    spec = gated.spec()
    terminal = Terminal(bench, "run", spec)
    terminal.until("3/10")
    terminal.child.sendintr()
    terminal.until("letting running trials finish; Ctrl-C again stops them")
    gated.open()
    assert terminal.end() == 130
    assert "r stopped: 2 of 6 trials have ended." in terminal.text
    assert "Nothing is lost. Continue with: tuneplay run rounds/r" in terminal.text
    assert len(bench.events("finished")) == 2
    assert bench.tuneplay("run", spec).returncode == 0
    assert len(bench.attempts()) == 6


def test_ctrl_c_twice_stops_the_trials_and_they_are_started_again_later(bench, gated):
    spec = gated.spec()
    terminal = Terminal(bench, "run", spec)
    terminal.until("3/10")
    terminal.child.sendintr()
    terminal.until("Ctrl-C again stops them")
    terminal.child.sendintr()
    assert terminal.end() == 130, "it did not wait for trials that would never end"
    assert pids_of(str(bench.root / "rounds")) == []
    assert bench.events("finished") == []
    gated.open()
    assert bench.tuneplay("run", spec).returncode == 0
    assert len(bench.events("finished")) == 6
    assert len(bench.attempts()) == 8


def test_ctrl_c_three_times_kills_a_trial_that_ignores_term(bench):
    bench.write(
        "stubborn",
        "#!/bin/sh\ntrap '' TERM INT\necho '{\"epoch\": 1, \"val_error\": 1}'\n"
        "while :; do sleep 0.1; done\n",
    ).chmod(0o755)
    terminal = Terminal(bench, "run", bench.spec("./stubborn {learning_rate} {arm}", trials=1))
    terminal.until("1/3")
    for wait in ("Ctrl-C again stops them", "Ctrl-C again kills them", ""):
        terminal.child.sendintr()
        terminal.until(wait)
    assert terminal.end() == 130
    assert pids_of(str(bench.root / "rounds")) == []


def test_closing_the_terminal_leaves_the_trials_running(bench, gated):
    spec = gated.spec()
    terminal = Terminal(bench, "run", spec)
    terminal.until("3/10")
    terminal.child.close(force=False)
    assert not terminal.child.isalive()
    assert len(bench.events("finished")) == 0
    found = 0
    with bench.start("run", spec) as process:
        for line in process.stdout:
            found += line.startswith("found arm=")
            if found == 2:
                gated.open()
    assert process.returncode == 0
    assert found == 2
    assert len(bench.attempts()) == 6


def test_without_a_terminal_there_is_one_plain_line_an_event(bench):
    result = bench.tuneplay("run", bench.spec(trials=2))
    lines = result.stdout.splitlines()
    assert lines[0] == "r starts: Is b better than a?"
    assert lines[1] == f"0 of 4 trials done, 2 slots, in {bench.root}"
    assert sum(line.startswith("started arm=") for line in lines) == 4
    ended = [line for line in lines if line.startswith("[")]
    assert len(ended) == 4
    assert "feasible: val_error 0.116 at epoch 3" in ended[0]
    assert "\x1b" not in result.stdout


def test_sigterm_stops_the_trials_and_exits_143(bench, gated):
    process = bench.start("run", gated.spec())
    wait_for(lambda: len(bench.events("started")) == 2)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert pids_of(str(bench.root / "rounds")) == []
    gated.open()
    assert bench.tuneplay("run", gated.spec()).returncode == 0


def test_a_hangup_that_is_ignored_as_under_nohup_stays_ignored(bench, gated):
    process = bench.start(
        "run", gated.spec(), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    wait_for(lambda: len(bench.events("started")) == 2)
    process.send_signal(signal.SIGHUP)
    gated.open()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(bench.events("finished")) == 6

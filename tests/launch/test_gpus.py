"""GPUs that are still held after their trial has ended, with a stand-in for nvidia-smi."""

import os
import signal
import subprocess
import time

import pytest
from support.waiting import wait_for

from tuneplay.launch.holders import GpuHolders, HolderQuery, describe_process

#: What stands in for nvidia-smi: two GPUs; the processes on them are what files named holders/PID
#: say (each holds a GPU's index) as long as they live. It notes every question.
SMI = """\
#!/bin/sh
cd "$(dirname "$0")/.."
echo "$1" >>questions
[ -e broken ] && exit 9
while [ -e hangs ]; do sleep 0.05; done
case "$1" in
--query-gpu=index,uuid) printf '0, GPU-aaaa-0\\n1, GPU-aaaa-1\\n' ;;
--query-gpu=index) printf '0\\n1\\n' ;;
-L) echo 'GPU 0: Tesla T0 (UUID: GPU-aaaa-0)' ;;
*) for file in holders/*; do
    [ -e "$file" ] && grep -qs 'State:.[RSD]' "/proc/${file#holders/}/status" &&
        echo "${file#holders/}, GPU-aaaa-$(cat "$file")"
done
    echo answered >>questions ;;
esac
exit 0
"""


@pytest.fixture
def smi(bench):
    bench.write("bin/nvidia-smi", SMI).chmod(0o755)
    (bench.root / "holders").mkdir()
    return {"PATH": f"{bench.root}/bin:{os.environ['PATH']}"}


def round_on_gpus(bench, body, gpus="[0]", trials=2):
    """A round of sh trials on GPUs; a trial knows its folder, its arm and its GPU."""
    text = "#!/bin/sh\n" + body + '\necho \'{"epoch": 1, "val_error": 0.5}\'\n'
    bench.write("t", text).chmod(0o755)
    command = "./t {learning_rate} {arm} {trial_dir}"
    spec = bench.spec(command, name="g.yaml", trials=trials)
    spec.write_text(spec.read_text().replace("slots: 2}", f"gpus: {gpus}}}"))
    return spec


def hold(bench, gpu):
    """A process, none of ours, that computes on a GPU."""
    process = subprocess.Popen(["sleep", "600"], env={"PATH": os.environ["PATH"]})
    bench.write(f"holders/{process.pid}", f"{gpu}\n")
    return process


def lives(pid):
    """Whether a process lives, zombies left out."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def stranger(bench, smi):
    process = hold(bench, 0)
    yield process
    process.kill()
    process.wait()


def start(bench, spec, smi):
    return subprocess.Popen(
        bench.command("run", spec), cwd=bench.root, env=bench.environment(**smi),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def wait_for_an_answer(bench):
    """Until nvidia-smi has said who was there before the round."""
    path = bench.root / "questions"
    wait_for(lambda: path.exists() and "answered" in path.read_text())


def finished(bench):
    return len(bench.events("finished", "g"))


def test_a_gpu_that_nobody_holds_goes_to_the_next_trial(bench, smi):
    result = bench.tuneplay("run", round_on_gpus(bench, ""), env=smi)
    assert result.returncode == 0, result.stderr
    assert finished(bench) == 4
    assert "GPU" not in result.stdout
    questions = (bench.root / "questions").read_text().split()
    assert questions.count("--query-gpu=index,uuid") == 1
    assert "Warning" not in result.stderr


def test_a_process_that_a_trial_left_on_its_gpu_is_ended_before_the_next_trial(bench, smi):
    body = (
        "ls holders | while read -r pid; do "
        'grep -qs "State:.[RSD]" "/proc/$pid/status" && touch taken; done\n'
        "setsid sleep 600 & echo 0 >holders/$!"
    )
    result = bench.tuneplay("run", round_on_gpus(bench, body), env=smi)
    assert result.returncode == 0, result.stderr
    assert finished(bench) == 4
    assert len(os.listdir(bench.root / "holders")) == 4
    assert not (bench.root / "taken").exists()
    left = [pid for pid in os.listdir(bench.root / "holders") if lives(pid)]
    assert left == []


def test_a_gpu_that_a_stranger_holds_is_not_given_out_until_it_is_free(bench, smi):
    body = "while [ ! -e go ]; do sleep 0.05; done"
    process = start(bench, round_on_gpus(bench, body), smi)
    wait_for(lambda: len(bench.events("started", "g")) == 1)
    wait_for_an_answer(bench)
    stranger = hold(bench, 0)
    bench.write("go", "")
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "is held by" in line:
            break
    assert f"GPU 0 is held by process {stranger.pid} (sleep) of " in lines[-1]
    assert "no trial starts there until it is free" in lines[-1]
    assert (finished(bench), len(bench.events("started", "g"))) == (1, 1)
    assert stranger.poll() is None, "strangers are never signalled"
    stranger.kill()
    stranger.wait()
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "GPU 0 is free again" in rest
    assert finished(bench) == 4


def test_waiting_for_a_gpu_ends_with_a_signal(bench, smi):
    body = "while [ ! -e go ]; do sleep 0.05; done"
    process = start(bench, round_on_gpus(bench, body), smi)
    wait_for(lambda: len(bench.events("started", "g")) == 1)
    wait_for_an_answer(bench)
    stranger = hold(bench, 0)
    try:
        bench.write("go", "")
        for line in process.stdout:
            if "is held by" in line:
                break
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    finally:
        stranger.kill()
        stranger.wait()
    assert process.returncode == 130
    assert "Nothing is lost. Continue with" in rest


def test_another_gpu_goes_on_while_one_is_held(bench, smi):
    body = 'if [ "$CUDA_VISIBLE_DEVICES" = 0 ]; then while [ ! -e go ]; do sleep 0.05; done; fi'
    process = start(bench, round_on_gpus(bench, body, "[0, 1]"), smi)
    wait_for(lambda: finished(bench) == 3, seconds=60)
    stranger = hold(bench, 0)
    bench.write("go", "")
    process.communicate(timeout=60)
    stranger.kill()
    stranger.wait()
    assert process.returncode == 0, "nothing was left to start, so nobody waited for GPU 0"
    assert finished(bench) == 4


def test_a_gpu_that_a_colleague_uses_already_is_shared_and_that_is_said(bench, smi, stranger):
    result = bench.tuneplay("run", round_on_gpus(bench, ""), env=smi)
    assert result.returncode == 0
    assert result.stdout.count(f"GPU 0 is used by process {stranger.pid} (sleep) of") == 1
    assert "already; trials share it" in result.stdout
    assert finished(bench) == 4


@pytest.mark.parametrize("trouble", ["broken"])
def test_without_an_answer_gpus_are_given_out_unseen(bench, smi, trouble):
    bench.write(trouble, "")
    result = bench.tuneplay("run", round_on_gpus(bench, ""), env=smi)
    assert result.returncode == 0, result.stderr
    assert finished(bench) == 4


def test_an_nvidia_smi_that_hangs_holds_up_nobody_for_longer_than_its_time(bench, smi, monkeypatch):
    bench.write("hangs", "")
    monkeypatch.setenv("PATH", smi["PATH"])
    query = HolderQuery()
    query.ask()
    begin = time.monotonic()
    assert query.answer() is None
    assert query.asking
    assert time.monotonic() - begin < 5
    monkeypatch.setattr("tuneplay.launch.holders.PATIENCE_SECONDS", 0.0)
    assert query.answer() is None
    assert not query.able
    assert not query.asking
    os.unlink(bench.root / "hangs")


def test_without_nvidia_smi_nobody_is_asked(bench):
    spec = round_on_gpus(bench, "")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0
    assert finished(bench) == 4


def test_gpus_are_known_by_index_and_by_the_start_of_their_uuid():
    answer = GpuHolders({"0": "GPU-ab", "1": "GPU-cd"}, {"GPU-cd": frozenset({5})})
    assert answer.of("1") == answer.of("GPU-c") == {5}
    assert answer.of("0") == answer.of("MIG-x") == answer.of("7") == frozenset()


def test_a_process_is_named_with_its_user():
    assert describe_process(os.getpid()).startswith(f"process {os.getpid()} (")
    assert describe_process(2**22 + 1) == f"process {2**22 + 1}"

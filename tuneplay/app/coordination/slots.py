"""Slots: which GPUs are free for the next trial."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tuneplay.app.attempts.attempt import Attempt
from tuneplay.domain.folder import AttemptFolder
from tuneplay.launch.holders import GpuHolders, HolderQuery, describe_process, trial_of
from tuneplay.launch.processes import end_family
from tuneplay.system.pids import exists

#: How soon an answer of nvidia-smi is looked for, and how soon a GPU that is held is asked for
#: again; at first at once, for most processes let go as they end. In seconds.
_LOOK_SECONDS = 0.1
_AGAIN_SECONDS = (0.5, 5.0)

Share = tuple[str, ...]


@dataclass(slots=True)
class _Withheld:
    """The GPUs of a trial that has ended, until nobody is seen to hold them."""

    share: Share
    folder: AttemptFolder
    since: float = field(default_factory=time.monotonic)
    looks: int = 0


class Slots:
    """Hands out the GPUs of the slots; without GPUs, the bare slots.

    GPUs come back from a trial only when no process holds them that was not there before the
    round: a descendant of the trial is ended, anybody else is named and waited for. GPUs that
    somebody used before the round began are shared with whoever uses them, for that may be meant.
    """

    def __init__(self, shares: Sequence[Share], remark: Callable[[str], None]) -> None:
        self._shares = shares
        self._free = list(reversed(shares))
        self._remark = remark
        self._query = HolderQuery() if any(shares) else None
        self._withheld: list[_Withheld] = []
        self._shared: set[str] = set()
        self._known = False
        self._next = 0.0
        if self._query is not None:
            self._query.ask()

    def __bool__(self) -> bool:
        return bool(self._free)

    def take(self) -> Share:
        """A free slot's GPUs."""
        return self._free.pop()

    def claim(self, share: Share | None) -> Share | None:
        """The slot of a trial that was found alive; None if there is none such any more."""
        if share not in self._free:
            return None
        self._free.remove(share)
        return share

    def give_back(self, share: Share | None, folder: AttemptFolder) -> None:
        """Take back the slot of a trial that has ended."""
        if share is None:
            return
        if self._query is None or not self._query.able or not share:
            self._free.append(share)
            return
        self._withheld.append(_Withheld(share, folder))
        self._next = 0.0

    @property
    def waiting(self) -> bool:
        """Whether GPUs may become free though no trial of ours holds them."""
        return bool(self._withheld)

    @property
    def unseen(self) -> bool:
        """Whether a trial has ended whose GPUs were not looked at since."""
        return any(not withheld.looks for withheld in self._withheld)

    def patience(self) -> float | None:
        """Seconds until there may be something to see; None for never."""
        if self._query is None:
            return None
        if self._query.asking:
            return _LOOK_SECONDS
        return max(0.0, self._next - time.monotonic()) if self._withheld else None

    def look(self, living: Iterable[Attempt]) -> None:
        """See who holds the GPUs of ended trials; never waits."""
        query = self._query
        if query is None or not (query.asking or self._withheld):
            return
        answer = query.answer()
        if not query.able:
            self._give_up()
        elif answer is not None:
            folders = {attempt.folder.root for attempt in living}
            if not self._known:
                self._get_to_know(answer, folders)
            self._withheld = [w for w in self._withheld if self._still_held(w, answer, folders)]
        if self._withheld and not query.asking and time.monotonic() >= self._next:
            query.ask()

    def close(self) -> None:
        """Ask no more."""
        if self._query is not None:
            self._query.close()

    def _get_to_know(self, answer: GpuHolders, living: set[str]) -> None:
        """Who uses our GPUs already; the trials that were just started do not count."""
        self._known = True
        ended = {withheld.folder.root for withheld in self._withheld}
        for gpu in sorted({gpu for share in self._shares for gpu in share}):
            strangers = [
                pid for pid in answer.of(gpu) if trial_of(pid) not in living | ended and exists(pid)
            ]
            if strangers:
                self._shared.add(gpu)
                who = describe_process(min(strangers))
                self._remark(f"GPU {gpu} is used by {who} already; trials share it")

    def _still_held(self, withheld: _Withheld, answer: GpuHolders, living: set[str]) -> bool:
        """Whether a GPU must not be given out; what can be ended is ended, others are named."""
        if self._query is not None and self._query.asked_at < withheld.since:
            return True  # the question is older than the trial's end
        for gpu in withheld.share:
            for pid in sorted(answer.of(gpu)):
                folder = trial_of(pid)
                if not exists(pid) or folder in living:
                    continue
                own = folder == withheld.folder.root
                if not own and (folder is not None or gpu in self._shared):
                    continue  # another round's trial, or a colleague who was there before us
                self._insist(withheld, gpu, pid, own=own)
                return True
        if withheld.looks > 1:
            self._remark(f"GPU {','.join(withheld.share)} is free again")
        self._free.append(withheld.share)
        return False

    def _insist(self, withheld: _Withheld, gpu: str, pid: int, *, own: bool) -> None:
        withheld.looks += 1
        self._next = time.monotonic() + _AGAIN_SECONDS[withheld.looks > 2]
        if own:
            end_family(withheld.folder)
        if withheld.looks == 2:
            ended = os.path.relpath(withheld.folder.root)
            self._remark(
                f"GPU {gpu} is held by {describe_process(pid)} though the trial in {ended} has "
                "ended; no trial starts there until it is free"
            )

    def _give_up(self) -> None:
        if self._withheld:
            self._free += [withheld.share for withheld in self._withheld]
            self._withheld.clear()
            self._remark(
                "nvidia-smi does not answer: GPUs are used without checking that they are free"
            )

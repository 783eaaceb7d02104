#!/bin/sh
# Runs one attempt of a trial, so that it does not need its coordinator to live.
#
# usage: wrapper.sh FOLDER COMMAND [ARGUMENT...]
#
# `started` is created exclusively: whoever creates it owns the attempt, so that one attempt never
# runs twice. It holds the pid, the boot id and the line of /proc/PID/stat, which together name
# this process for ever. `exit` holds the exit code and a newline, in one write; without the
# newline it does not count. Only builtins are used: an external mv would cost more than all else.
folder=$1
shift
set -C
boot=- stat=-
{ read -r boot </proc/sys/kernel/random/boot_id && read -r stat </proc/$$/stat; } 2>/dev/null
{ echo "$$ $boot $stat" >"$folder/started"; } 2>/dev/null || exit 125
set +C
# The program gets these signals as well, for they go to the whole group; a trap (unlike ignoring
# them) is not inherited, and lets this shell live on to write the exit code. TERM leaves word, for
# a program may answer it with exit code 0 (not by `:`, whose failure would end this shell).
trap : HUP INT
trap '{ true >"$folder/terminated"; } 2>/dev/null' TERM
# Appending: a log that somebody truncates while it is written begins anew at its begin.
"$@" </dev/null >>"$folder/stdout.log" 2>>"$folder/stderr.log"
code=$?
echo "$code" >"$folder/exit"
exit "$code"

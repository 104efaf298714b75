#!/bin/sh
# fuzz.sh PROGRAM SECONDS: runs a libFuzzer target that long; its log and the
# input if it finds something, one line if not.  What it learns stays beside
# the program; it starts from files of the kind its name tells.
set -u
prog=$1
seconds=$2
name=${prog##*/}
work=$(dirname "$prog")/$name.work
shared=${TFDRIFT_SHARED:-../shared}
mkdir -p "$work/corpus" "$work/seeds"

one_a_line() { # FILE: each 8th line of it as a seed of its own
	[ ! -f "$1" ] || awk -v to="$work/seeds" 'NR % 8 == 1 {
		name = to "/" NR
		print >name
		close(name)
	}' "$1"
}

set -- "$work/corpus" "$work/seeds" tests/data
case $name in
*event* | *reader*) one_a_line "$shared/corpus/events.jsonl" ;;
*state*) set -- "$@" "$shared/corpus/states" ;;
*map*) set -- "$@" src/map/aws ;;
*ini* | *config*) set -- "$@" config ;;
esac
for dir; do # those that exist
	shift
	[ ! -d "$dir" ] || set -- "$@" "$dir"
done

if "$prog" -max_total_time="$seconds" -max_len=65536 -timeout=20 \
	-rss_limit_mb=2048 -close_fd_mask=1 -print_final_stats=1 \
	-artifact_prefix="$work/" "$@" >"$work/log" 2>&1; then
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$work/log")
	echo "fuzz $name: $runs runs in $seconds s, nothing found"
	[ "${runs:-0}" -gt 1 ]
else
	status=$?
	tail -n 60 "$work/log"
	echo "fuzz $name: failed, status $status, see $work"
	exit 1
fi

#!/bin/sh
# run.sh BINARY: thirteen recorded calls of one morning, judged against two
# Terraform states: for people, as records, and one of them step by step.
set -eu
cd "$(dirname "$1")"
PATH=$PWD:$PATH
cd - >/dev/null
cd "$(dirname "$0")/.."
status=0

title() {
	printf '\n== %s\n\n' "$*"
}

# The table is for terminals.  Where the output is none, script(1), which
# every Debian has, makes one; colours are then left out.
as_people_see_it() {
	printf '$ %s\n' "$*"
	if [ -t 1 ]; then
		"$@" || status=$?
	elif command -v script >/dev/null; then
		text=$(NO_COLOR=1 COLUMNS=${COLUMNS:-100} \
			script -qec "$*" /dev/null </dev/null) || status=$?
		printf '%s\n' "$text" | tr -d '\r'
	else
		echo "(no terminal here, and no script(1) to make one)"
	fi
}

# replay says 2 when there is drift, as terraform plan -detailed-exitcode.
expect() {
	[ "$status" = "$1" ] && status=0 && return
	echo "demo: exit status $status where $1 was expected" >&2
	exit 1
}

title "What was changed outside Terraform, and by whom"
as_people_see_it tfdrift replay --state demo/states --events demo/events
expect 2

title "The same as records, one JSON object a line"
echo '$ tfdrift replay --state demo/states --events demo/events | cat'
tfdrift replay --state demo/states --events demo/events >&1 | cat

title "Why one of them is drift"
as_people_see_it tfdrift explain demo/events/05-instance-resized.json \
	--state demo/states
expect 0

title "The calls are in demo/events, the states in demo/states"

#!/bin/sh
# unit.sh PROGRAM: runs a cmocka program; its whole output if it fails, one
# line if it passes.
set -u
log=$1.log
if "$1" >"$log" 2>&1; then
	passed=$(awk '/^\[  PASSED  \]/ { n += $4 } END { print n + 0 }' "$log")
	echo "unit ${1##*/tests/unit/}: $passed tests passed"
	[ "$passed" -gt 0 ] # a program that ran nothing has not passed
else
	status=$?
	cat "$log"
	echo "unit ${1##*/tests/unit/}: failed, status $status"
	exit 1
fi

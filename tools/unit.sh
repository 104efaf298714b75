#!/bin/sh
# unit.sh PROGRAM: runs a cmocka program; its whole output if it fails, one
# line if it passes.
set -u
log=$1.log
if "$1" >"$log" 2>&1; then
	passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) .*/\1/p' "$log")
	echo "unit ${1##*/tests/unit/}: ${passed:-no} tests passed"
	[ -n "$passed" ] # a program that ran nothing has not passed
else
	status=$?
	cat "$log"
	echo "unit ${1##*/tests/unit/}: failed, status $status"
	exit 1
fi

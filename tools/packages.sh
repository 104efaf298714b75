#!/bin/sh
# packages.sh NAME...: installs which of these Debian packages are missing.
# Without root it says which command would, and fails.
set -eu
command -v dpkg-query >/dev/null || exit 0 # not Debian: whoever builds knows

missing=
for name; do
	case $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null || :) in
	*' installed') ;;
	*) missing="$missing $name" ;;
	esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "missing Debian packages, run:" \
		"sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "installing:$missing" >&2
case $missing in # of another architecture, which dpkg has to know of
*:arm64*) dpkg --add-architecture arm64 ;;
*:amd64*) dpkg --add-architecture amd64 ;;
esac
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get -qq update &&
	apt-get -qq -y --no-install-recommends install $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
rm -f "$log"

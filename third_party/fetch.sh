#!/bin/sh
# fetch.sh OUT [TARBALLS]: unpacks each row of versions.lock into OUT/<name>.
# Tarballs come from the folder TARBALLS when given, and nothing is asked of
# the network; otherwise from Debian's source packages, through an apt that
# keeps its lists and state under OUT, so that no root is needed and the
# system's own apt is left as it is.  A wrong SHA-256 stops everything.
# DEBIAN_MIRROR names another mirror than deb.debian.org.
set -eu

lock=$(dirname "$0")/versions.lock
out=$1
tarballs=${2:-}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
mkdir -p "$out"
out=$(cd "$out" && pwd)

rows() { grep -Ev '^(#|$)' "$lock"; }
say() { echo "third_party: $*" >&2; }

right() { # FILE SHA256
	[ -f "$1" ] && echo "$2  $1" | sha256sum -c --status 2>/dev/null
}

private_apt() { # RELEASE: writes a configuration of our own
	apt=$out/.apt
	rm -rf "$apt"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	: >"$apt/status"
	echo "deb-src $mirror $1 main" >"$apt/sources.list"
	cat >"$apt/apt.conf" <<-EOF
		Dir::Etc::SourceList "$apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::State "$apt";
		Dir::State::Lists "$apt/lists";
		Dir::State::Status "$apt/status";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "3";
	EOF
	export APT_CONFIG="$apt/apt.conf"
	apt-get -qq update
}

download() { # the rows whose tarball is not there yet
	rows | while read -r name version file sha256 licence origin only; do
		right "$store/$file" "$sha256" || echo "$origin"
	done >"$out/.missing"
	[ -s "$out/.missing" ] || return 0 # all there
	say "fetching" $(cut -d/ -f2 "$out/.missing") "from $mirror"
	for release in $(cut -d/ -f1 "$out/.missing" | sort -u); do
		private_apt "$release"
		(cd "$store" && apt-get -qq source --download-only --tar-only \
			$(sed -n "s,^$release/,,p" "$out/.missing") >/dev/null)
		rm -rf "$apt"
	done
	rm -f "$out/.missing"
}

store=${tarballs:-$out/.tarballs}
mkdir -p "$out/.tarballs"
[ -n "$tarballs" ] || download
rows | while read -r name version file sha256 licence origin only; do
	if ! right "$store/$file" "$sha256"; then
		say "$store/$file ($name $version) is missing or has not the" \
			"SHA-256 of $lock. When Debian has moved on: TARBALLS=" \
			"names a folder with it, or DEBIAN_MIRROR= an archive of" \
			"snapshot.debian.org that still has it."
		exit 1
	fi
	rm -rf "${out:?}/$name"
	mkdir "$out/$name"
	# -m: dated now, so that nothing built from older ones is kept
	tar -xmf "$store/$file" -C "$out/$name" --strip-components=1 \
		${only:+--wildcards "$only"}
done

#!/bin/sh
# peer-root.sh SUITE FOLDER PACKAGE...: a folder that holds Debian packages of
# another SUITE with all they depend on, for programs that tests talk to and
# that this Debian does not have.  No root is needed: apt resolves against
# lists and an empty status of its own, the packages are unpacked, and none
# of their scripts run.  Programs are started by the folder's own loader:
#     FOLDER/run PROGRAM ARGUMENTS...
# A folder that already holds just these packages is left as it is.  Says
# why not, and fails, where it cannot be had.
# DEBIAN_MIRROR names another mirror than deb.debian.org; one that stands
# still, as snapshot.debian.org's do, is good enough: signatures are checked,
# their end of validity is not.
set -eu

suite=$1
folder=$2
shift 2
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
what="$suite $*"

say() { echo "peer-root: $*" >&2; }

private_apt() { # keeps its lists, cache and status in $work
	mkdir -p "$work/lists/partial" "$work/archives/partial"
	: >"$work/status"
	echo "deb $mirror $suite main" >"$work/sources.list"
	cat >"$work/apt.conf" <<-EOF
		Dir::Etc::SourceList "$work/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$work";
		Dir::State::Lists "$work/lists";
		Dir::State::Status "$work/status";
		Dir::Cache "$work";
		Dir::Cache::Archives "$work/archives";
		Debug::NoLocking "1";
		APT::Install-Recommends "0";
		APT::Keep-Downloaded-Packages "1";
		APT::Sandbox::User "";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		DPkg::Post-Invoke "";
		APT::Update::Post-Invoke "";
	EOF
	export APT_CONFIG="$work/apt.conf"
}

fetch() { # PACKAGE...: with dependencies, to $work/archives
	private_apt
	{ apt-get -qq update && apt-get -qq -y --download-only install "$@"; } \
		>"$work/log" 2>&1 && return 0
	tail -n 3 "$work/log" >&2
	say "cannot have $what from $mirror"
	return 1
}

unpack() { # ROOT: the merged /usr first, for older packages
	mkdir -p "$1/usr/bin" "$1/usr/sbin" "$1/usr/lib" "$1/usr/lib64" \
		"$1/tmp" "$1/proc" "$1/dev" "$1/etc"
	for d in bin sbin lib lib64; do ln -s "usr/$d" "$1/$d"; done
	for deb in "$work"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -xpf - -C "$1" --keep-directory-symlink --no-same-owner
	done
}

write_run() { # ROOT: the starter; finds its folder by its own path
	cat >"$1/run" <<-'EOF'
		#!/bin/sh
		# run PROGRAM ARGUMENTS...: a program of this folder, by its loader.
		root=$(cd "$(dirname "$0")" && pwd)
		for loader in "$root"/usr/lib64/ld-linux-*.so.* \
			"$root"/usr/lib/ld-linux-*.so.*; do
			[ -e "$loader" ] && break
		done
		libs=$(echo "$root"/usr/lib/*-linux-gnu)
		program=$1
		shift
		case $program in
		*/*) ;;
		*) for d in bin sbin; do
			[ -e "$root/usr/$d/$program" ] && program=$root/usr/$d/$program
		done ;;
		esac
		case $program in
		*/python3*) export PYTHONHOME="$root/usr" ;;
		esac
		exec "$loader" --library-path "$libs" "$program" "$@"
	EOF
	chmod +x "$1/run"
}

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[ "$(cat "$folder/.packages" 2>/dev/null)" != "$what" ] || exit 0

work=$(mktemp -d "$folder.XXXXXX")
work=$(cd "$work" && pwd)
trap 'rm -rf "$work"' EXIT
fetch "$@"
unpack "$work/root"
write_run "$work/root"
echo "$what" >"$work/root/.packages"
chmod 755 "$work/root"
rm -rf "$folder"
mv "$work/root" "$folder"

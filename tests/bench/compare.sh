#!/bin/sh
# compare.sh COMMIT BUILD_DIR: is the program slower than COMMIT's?  Builds
# that commit beside ours (below BUILD_DIR), then runs both over the same
# files, turn by turn.  `make bench AGAINST=HEAD~1` calls it.
set -eu
base=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
tree=$build/against/tree
out=$build/against/build

unset MAKEFLAGS MFLAGS MAKELEVEL
commit=$(git -C "$repo" rev-parse --short "$base^{commit}")
git -C "$repo" worktree prune
[ ! -e "$tree" ] || git -C "$repo" worktree remove --force "$tree"
git -C "$repo" worktree add -q --detach "$tree" "$commit"
trap 'git -C "$repo" worktree remove --force "$tree"' EXIT
trap 'exit 1' INT TERM

# Third parties are the same unless their recipe changed: then make sees it.
mkdir -p "$out"
[ -e "$out/third_party" ] || cp -Rp "$build/third_party" "$out/third_party"
touch "$out/third_party/.done"
make -s -C "$tree" "BUILD=$out" "$out/tfdrift" >"$build/against/log" 2>&1 || {
	cat "$build/against/log" >&2
	exit 1
}
echo "this tree against $commit"
"${PYTHON:-python3}" -B "$here/turns.py" "$build" "$out/tfdrift"

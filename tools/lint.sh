#!/bin/sh
# lint.sh FLAGS...: everything `make lint` looks at; FLAGS are the compilers'.
# Says all it finds, then fails if there was anything.
set -u

jobs=$(nproc)
status=0
find src tests -name '*.[ch]' | sort >"$LINT_DIR/c"
find src tests -name '*.c' | sort >"$LINT_DIR/units"
find tests demo tools -name '*.py' 2>/dev/null | sort >"$LINT_DIR/py"
find src tests tools third_party demo .ci -name '*.sh' 2>/dev/null |
	sort >"$LINT_DIR/sh"

each() { # LIST N COMMAND...: over the list, N files at a time
	list=$LINT_DIR/$1
	n=$2
	shift 2
	[ ! -s "$list" ] || xargs -P "$jobs" -n "$n" "$@" <"$list" || status=1
}

each c 8 sh -c 'status=0
for f; do
	clang-format "$f" | cmp -s - "$f" && continue
	echo "$f: not as clang-format -i $f would lay it out"
	status=1
done
exit $status' sh
each units 1 "$CC" -fsyntax-only -DTFDRIFT_VERSION='"lint"' "$@"
each units 1 "$CLANG" -fsyntax-only -DTFDRIFT_VERSION='"lint"' "$@"
each c 1000 awk -f tools/limits.awk
find src -name '*.[ch]' -o -name '*.def' | sort |
	xargs awk -f tools/rooms.awk src/ROOMS || status=1
each py 1000 "$PYTHON" -c 'import ast, sys
for name in sys.argv[1:]: ast.parse(open(name, "rb").read(), name)'
each sh 1 sh -n

[ $status = 0 ] && echo "lint: $(wc -l <"$LINT_DIR/c") C files are fine"
exit $status

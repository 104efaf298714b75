# rooms.awk ROOMS FILE...: reports each include that src/ROOMS does not allow.

function complain(where, what) {
	print where ": " what
	bad = 1
}

# src/map/gen/x.c -> map; src/main.c -> main
function room_of(path) {
	sub(/^src\//, "", path)
	sub(/\/.*/, "", path)
	sub(/\.[ch]$/, "", path)
	return path
}

FNR == NR { # ROOMS comes first
	if ($0 ~ /^ *(#|$)/)
		next
	if (split($0, col, / *: */) != 4 || col[4] == "")
		complain(FILENAME ":" FNR, "not `room : rooms : headers : what`")
	sub(/ +$/, "", col[1])
	n = split(col[2], names, / +/)
	for (i = 1; i <= n; i++) {
		if (names[i] != "" && !(names[i] in known))
			complain(FILENAME ":" FNR, names[i] " does not stand above " col[1])
		may[col[1], names[i]] = 1
	}
	n = split(col[3], names, / +/)
	for (i = 1; i <= n; i++)
		if (names[i] != "")
			vendored[names[i]] = may[col[1], names[i]] = 1
	known[col[1]] = may[col[1], col[1]] = 1
	next
}

FNR == 1 {
	room = room_of(FILENAME)
	if (!(room in known))
		complain(FILENAME, "room " room " is not in ROOMS")
}

/^#[ \t]*include[ \t]/ {
	target = $2
	if (target ~ /^"[^\/]*"/) # of the same folder
		next
	if (target ~ /^</) {
		if (target !~ /^<(mbedtls|psa)\// && !(target in vendored))
			next # libc's
	} else {
		gsub(/"/, "", target)
		target = room_of(target)
	}
	if (!((room, target) in may))
		complain(FILENAME ":" FNR, "room " room " may not include " target)
}

END { exit bad }

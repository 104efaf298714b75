# limits.awk FILE...: lines of 80 columns, functions of 50 lines, files of 400.
# Functions are found by the braces in column 1 that clang-format gives them.

function complain(where, what) {
	print where ": " what
	bad = 1
}

FNR == 1 { start = 0 }
FNR == 401 { complain(FILENAME, "more than 400 lines") }
length($0) > 80 { complain(FILENAME ":" FNR, length($0) " columns") }
/\t|[ \t]$/ { complain(FILENAME ":" FNR, "a tab, or a blank at the end") }
/^\{/ { start = FNR }
/^\}/ {
	if (start && FNR - start + 1 > 50)
		complain(FILENAME ":" start, "a function of " FNR - start + 1 " lines")
	start = 0
}
END { exit bad }

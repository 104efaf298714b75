"""What the program is made of: static, small, without libc's allocator, and
the same bytes wherever it is built."""
import os
import re
import shutil
import subprocess

from binary import REPO

BUILD = os.path.join(REPO, "build")
TFDRIFT = os.path.join(BUILD, "tfdrift")
SIZE_MAX_BYTES = 900000

# What hands out memory in libc, under the names musl gives it, and what would
# call that; each pattern is a whole symbol.  Where libc asks for memory by
# these four names, the program's own functions answer (src/net/heap.c).
OWN = {"malloc", "calloc", "realloc", "free"}
ALLOCATORS = [
    r"(__libc_|__simple_|__)?(m|c|re)alloc(_impl|array)?", r"(__libc_)?free",
    r"__expand_heap", r"(__)?(memalign|aligned_alloc|posix_memalign|p?valloc)",
    r"(__)?strn?dup", r"v?asprintf", r"getline|(__)?getdelim",
    r"open_w?memstream",
    r"(__)?fd?open", r"(fd)?opendir|scandir|glob",
]


def output(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE,
                          timeout=60).stdout.decode()


def symbols(path):
    """Names in the symbol table, whether defined there or not."""
    return [line.split()[-1] for line in output("nm", path).splitlines()]


def allocators(names):
    return [n for n in names
            if any(re.fullmatch(p, n) for p in ALLOCATORS)]


def segments(path):
    """(type, flags) of each program header."""
    found = re.findall(r"^  ([A-Z_]+) +(?:0x[0-9a-f]+ +){5}([RWE ]{3}) ",
                       output("readelf", "-lW", path), re.M)
    assert found, "readelf names no segment"
    return found


def test_file_is_static():
    said = output("file", "-b", TFDRIFT)
    assert "ELF 64-bit" in said and "statically linked" in said, said
    assert ", stripped" in said, said


def test_nothing_is_loaded_at_run_time():
    types = [t for t, _ in segments(TFDRIFT)]
    assert "LOAD" in types
    assert "INTERP" not in types and "DYNAMIC" not in types


def test_tables_code_and_data_are_apart():
    """Nothing is writable and executable, nor the tables either of them."""
    assert segments(TFDRIFT) == [("LOAD", "R  "), ("LOAD", "R E"),
                                 ("LOAD", "RW "), ("GNU_STACK", "RW ")]


def test_allocator_is_not_linked():
    names = symbols(TFDRIFT + ".debug")
    assert "main" in names, "no symbols: this test would see nothing"
    assert set(allocators(names)) <= OWN


def test_own_allocator_answers():
    """musl's calloc and free stand on functions of other names, all of them
    in the list; with none of those there, these two are the program's."""
    names = set(symbols(TFDRIFT + ".debug"))
    assert {"getaddrinfo", "malloc", "calloc", "free"} <= names


def test_allocator_would_be_seen(tmp_path):
    """The list above against a program that does call them."""
    source = tmp_path / "a.c"
    source.write_text(
        "#define _GNU_SOURCE\n#include <dirent.h>\n#include <stdio.h>\n"
        "#include <stdlib.h>\n#include <string.h>\nint main(int n, char **v)\n"
        "{ free(strdup(v[0])); fopen(v[0], \"r\"); opendir(v[0]);\n"
        "  return !(realloc(0, n) && calloc(n, n) && memalign(n, n)); }\n")
    binary = str(tmp_path / "a")
    subprocess.run(["musl-gcc", "-w", "-static", "-O0", "-fno-builtin", "-o",
                    binary, str(source)], check=True, timeout=60)
    found = set(allocators(symbols(binary)))
    assert {"malloc", "calloc", "realloc", "free", "strdup", "fopen",
            "opendir", "memalign"} <= found
    assert found - OWN & {"__libc_malloc", "__libc_malloc_impl",
                          "__libc_free"}


def test_size(capsys):
    size = os.path.getsize(TFDRIFT)
    with capsys.disabled():
        print("[tfdrift: %d bytes]" % size, end="")
    assert size <= SIZE_MAX_BYTES


def test_a_tls_client_is_in_it():
    """Otherwise its size would not be what it is about."""
    names = set(symbols(TFDRIFT + ".debug"))
    assert {"mbedtls_ssl_handshake", "mbedtls_x509_crt_parse_der",
            "mbedtls_ssl_tls13_derive_secret", "psa_crypto_init"} <= names


def test_build_is_reproducible(tmp_path):
    """A second build, in another folder, gives the same bytes."""
    away = tmp_path / "elsewhere" / "tree"
    for part in ("src", "third_party", "tools", "mk"):
        shutil.copytree(os.path.join(REPO, part), str(away / part))
    shutil.copy(os.path.join(REPO, "Makefile"), str(away))
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "BUILD")}
    env["TARBALLS"] = (os.environ.get("TARBALLS")
                       or os.path.join(BUILD, "third_party", ".tarballs"))
    made = subprocess.run(["make", "-C", str(away), "all"], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300)
    assert made.returncode == 0, made.stdout.decode()[-3000:]
    with open(TFDRIFT, "rb") as f, open(str(away / "build/tfdrift"), "rb") as g:
        assert f.read() == g.read()

# tfdrift.  `make help` says what there is; all that is made goes to $(BUILD).

VERSION ?= 0.1.0
BUILD ?= build
include mk/arch.mk
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR := $(if $(filter default,$(origin AR)),gcc-ar,$(AR))
MUSL_CC ?= musl-gcc
CLANG ?= clang
STRIP ?= strip
PYTHON ?= /usr/bin/python3
WERROR ?= -Werror
TARBALLS ?=
FUZZ_SECONDS ?= 600
SMOKE_SECONDS ?= 20
JOBS ?= $(shell nproc)
MAKEFLAGS += -r --no-print-directory $(if $(filter 0,$(MAKELEVEL)),-j$(JOBS))
Q = $(if $(V),,@echo "  $@";)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# Debian's names for what builds it, and for what tests it on top.
PACKAGES := gcc libc6-dev musl-tools binutils bzip2
TEST_PACKAGES := file python3 python3-pytest python3-yaml libcmocka-dev clang \
  clang-format libclang-rt-14-dev python3-botocore python3-cryptography \
  python3-pytest-xdist
NEEDED := $(PACKAGES) $(CROSS_PACKAGES) \
  $(if $(filter image%,$(MAKECMDGOALS)),ca-certificates podman runc) \
  $(if $(filter image-test,$(MAKECMDGOALS)),$(EMULATION_PACKAGES)) \
  $(if $(filter test unit fuzz lint bench image-test,$(MAKECMDGOALS)),\
  $(TEST_PACKAGES))

# src/map/gen is a tool of the build, src/falco a library for Falco; neither
# is part of the program.
PLUGIN_SRC := $(sort $(wildcard src/falco/*.c))
SRC := $(filter-out $(PLUGIN_SRC),$(sort $(wildcard src/*.c src/*/*.c)))
MAPC_SRC := $(sort $(wildcard src/map/gen/*.c))
MAPS := $(sort $(wildcard src/map/aws/*.map))
UNITS := $(patsubst %.c,%,$(sort $(wildcard tests/unit/*/test_*.c)))
FUZZERS := $(patsubst %.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,\
  $(sort $(wildcard tests/bench/bench_*.c)))

include third_party/build.mk mk/objects.mk

$(BUILD)/host/mapc: $(MAPC_SRC:%.c=$(BUILD)/host/%.o) $(BUILD)/host/lib.a
	$Q$(host) -o $@ $^
$(BUILD)/gen/map_tables.c: $(BUILD)/host/mapc $(MAPS)
	@mkdir -p $(@D)
	$Q$< -o $@ $(MAPS)

STATIC := -static -no-pie -Wl,--gc-sections -Wl,--build-id=none \
  -Wl,-T,mk/layout.ld
$(BUILD)/tfdrift.debug: $(BUILD)/release/src/main.o $(BUILD)/release/lib.a \
  mk/layout.ld
	$Q$(release) $(STATIC) -o $@ $(filter %.o %.a,$^)
$(BUILD)/tfdrift: %: %.debug
	$Q$(STRIP) -s -o $@ $<

# For glibc, like Falco; hidden but for what Falco calls.
$(BUILD)/libtfdrift.so: $(PLUGIN_SRC:%.c=$(BUILD)/plugin/%.o) \
  $(BUILD)/plugin/lib.a
	$Q$(plugin) -shared -s -Wl,--gc-sections -Wl,--build-id=none \
	  -Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -o $@ $^

$(BUILD)/asan/tfdrift: $(BUILD)/asan/src/main.o $(BUILD)/asan/lib.a
	$Q$(asan) -o $@ $^
$(UNITS:%=$(BUILD)/asan/%): %: %.o $(BUILD)/asan/lib.a
	$Q$(asan) -o $@ $^ -lcmocka
$(FUZZERS:%=$(BUILD)/fuzz/%): %: %.o $(BUILD)/fuzz/lib.a
	$Q$(fuzz) -fsanitize=fuzzer -o $@ $^
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/release/tests/bench/%.o \
  $(BUILD)/release/lib.a mk/layout.ld
	@mkdir -p $(@D)
	$Q$(release) $(STATIC) -o $@ $(filter %.o %.a,$^)

all: $(BUILD)/tfdrift ## the static binary, build/tfdrift (the default)
plugin: $(BUILD)/libtfdrift.so ## the Falco plugin, build/libtfdrift.so
deps: $(THIRD)/.done ## third parties, fetched and checked (TARBALLS=folder)
packages: ; @tools/packages.sh $(NEEDED)
demo: $(BUILD)/tfdrift ## a small story of events, judged against a state
	@demo/run.sh $<
# Step by step, so that pytest's last line is the last line.
test: packages ## build, unit tests, a short fuzzing, tests on the binary
	@$(MAKE) all plugin $(BUILD)/asan/tfdrift
	@$(MAKE) unit
	@$(MAKE) fuzz FUZZ_SECONDS=$$(($(SMOKE_SECONDS) * $(JOBS) / $(words \
	  $(FUZZERS) -) + 1))
	$(PYTHON) -B -m pytest -q -p no:cacheprovider -n $$(($(JOBS) + 1)) \
	  --dist loadfile tests/e2e
unit: $(UNITS:%=%.run) ## unit tests alone, under ASan and UBSan
$(UNITS:%=%.run): %.run: $(BUILD)/asan/%
	@tools/unit.sh $<
fuzz: $(FUZZERS:%=%.run) ## each fuzz target for FUZZ_SECONDS=600
$(FUZZERS:%=%.run): %.run: $(BUILD)/fuzz/%
	@tools/fuzz.sh $< $(FUZZ_SECONDS)
lint: $(THIRD)/.done ## layout, warnings of two compilers, limits, rooms
	@mkdir -p $(BUILD)/lint
	@LINT_DIR=$(BUILD)/lint CC=$(CC) CLANG=$(CLANG) PYTHON=$(PYTHON) \
	  tools/lint.sh $(OURS)
bench: $(BENCHES) $(BUILD)/tfdrift ## speed and memory, as ratios to jsmn's
	$(PYTHON) -B tests/bench/run.py $(BUILD); s=$$?; \
	  $(PYTHON) -B tests/bench/live.py $(BUILD) && exit $$s
image: $(BUILD)/tfdrift ## a container image FROM scratch (ARCH=arm64: of that)
	@tools/image.sh $< $(BUILD)/image $(ARCH) $(VERSION)
image-test: packages ## the images in containers, arm64 under emulation
	$(PYTHON) -B -m pytest -q -p no:cacheprovider tests/image
clean: ## removes build/
	rm -rf $(BUILD)
.PHONY: all plugin deps packages demo test unit fuzz lint bench image \
  image-test clean help $(UNITS:%=%.run) $(FUZZERS:%=%.run)
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | \
	  while read -r t x; do printf '%-11s%s\n' "$$t" "$$x"; done

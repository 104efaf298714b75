# Objects, one flavour of all of them a row: its folder under $(BUILD), its
# compiler and flags.  Release code is not position independent: the map's
# tables then need no relocation at start and stay shared and read-only.  It
# is compiled as one program when it is linked, each function with the flags
# of its file: smaller by 33 KB and quicker than file by file.  What measures
# it is compiled plainly, and so the yardstick is what its users have.
release = $(PLAIN) $(foreach a,functions loops jumps labels,-fno-align-$a) \
  $(REACH_$(ARCH)) -flto -flto-partition=one
PLAIN := $(MUSL_CC) -O2 -fno-pie -fstack-protector --param=ssp-buffer-size=4 \
  -fno-unwind-tables -fno-asynchronous-unwind-tables
host = $(CC) -O2
plugin = $(CC) -O2 -fPIC -fvisibility=hidden -fstack-protector-strong
asan = $(CC) -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE)
fuzz = $(CLANG) -O1 -fsanitize=fuzzer-no-link,$(SANITIZE)
SANITIZE := address,undefined -fno-sanitize-recover=all

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wpointer-arith \
  -Wcast-qual -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
  -Wold-style-definition $(WERROR)
OURS := -std=c11 -D_GNU_SOURCE= -Isrc -I. $(THIRD_INCLUDES) $(WARN)
# No path of the builder's machine in them: two builds give the same bytes.
ALWAYS := -g -MMD -MP -ffunction-sections -fdata-sections \
  -ffile-prefix-map=$(BUILD)=build -ffile-prefix-map=$(CURDIR)=.

# All but main.o go into lib.a.  The map generator links with the two rooms
# it shares with the program, without the tables it is about to write, and
# the Falco plugin with the base alone.
OBJ := $(filter-out src/main.o,$(SRC:.c=.o)) gen/map_tables.o \
  $(THIRD_USED:%=third_party/%)
PLUGIN_OBJ := $(PLUGIN_SRC:.c=.o)
MAPC_OBJ := $(filter src/base/% src/map/% third_party/%,$(OBJ))

MAKEFILES_USED := mk/objects.mk third_party/build.mk \
  third_party/mbedtls_config.h third_party/mbedtls_psa.h
define flavour # name, objects of its library
$(BUILD)/$(1)/src/%.o: src/%.c $(MAKEFILES_USED) | $(THIRD)/.done
	@mkdir -p $$(@D)
	$$Q$$($(1)) $$(ALWAYS) $$(OURS) $$(DEFINES) -c -o $$@ $$<
$(BUILD)/$(1)/tests/%.o: tests/%.c $(MAKEFILES_USED) | $(THIRD)/.done
	@mkdir -p $$(@D)
	$$Q$(if $(filter release,$(1)),$$(PLAIN),$$($(1))) \
	  $$(ALWAYS) $$(OURS) -c -o $$@ $$<
$(BUILD)/$(1)/gen/%.o: $(BUILD)/gen/%.c $(MAKEFILES_USED)
	@mkdir -p $$(@D)
	$$Q$$($(1)) $$(ALWAYS) $$(OURS) -c -o $$@ $$<
$(BUILD)/$(1)/third_party/%.o: $(THIRD)/.done $(MAKEFILES_USED)
	@mkdir -p $$(@D)
	$$Q$$($(1)) $$(ALWAYS) $$(THIRD_CFLAGS) -c -o $$@ $(THIRD)/$$*.c
$(BUILD)/$(1)/lib.a: $(2:%=$(BUILD)/$(1)/%)
	@rm -f $$@
	@$(AR) rcsD $$@ $$^
endef
$(eval $(call flavour,release,$(OBJ)))
$(eval $(call flavour,host,$(MAPC_OBJ)))
$(eval $(call flavour,plugin,$(filter src/base/%,$(OBJ))))
$(eval $(call flavour,asan,$(OBJ) $(PLUGIN_OBJ)))
$(eval $(call flavour,fuzz,$(OBJ) $(PLUGIN_OBJ)))

# Speed is for what sees every byte of input; what waits for others most of
# the time, and what few events come to, is compiled for size, where gcc's
# guesses about what is not initialised are worse than at the other levels.
SMALL := net/% aws/% output/% agent/% cmd/% \
  $(patsubst %,map/%,syntax parse encode clause read build finish \
    type words reader_late) \
  $(patsubst %,base/%,fmt file log blocks gz clock thread tally pack scan \
    out err pack_put random) \
  $(patsubst %,state/%,backend_% keyglob kind flat load% wants doc window \
    index) \
  $(patsubst %,drift/%,sgrule% nacl route cidr record% ledger% actor tell \
    ignore severity sensitive attrglob compare_patch compare_blocks \
    compare_map compare_tags owned parts dedup block sought equal_number \
    equal_time filter compare_transform finding compare_prune)
$(foreach s,$(SMALL),$(eval $(BUILD)/release/src/$(s).o: \
  DEFINES += -Oz -Wno-maybe-uninitialized))

# The two files that know the version.
%/src/cmd/version.o %/src/falco/plugin.o: \
  DEFINES := -DTFDRIFT_VERSION='"$(VERSION)"'
$(foreach f,release asan fuzz,$(BUILD)/$(f)/src/cmd/version.o): Makefile
$(foreach f,plugin asan fuzz,$(BUILD)/$(f)/src/falco/plugin.o): Makefile

-include $(shell find $(BUILD)/release $(BUILD)/host $(BUILD)/plugin \
  $(BUILD)/asan $(BUILD)/fuzz -name '*.d' 2>/dev/null)

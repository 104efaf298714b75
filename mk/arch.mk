# ARCH=arm64 or amd64: for another architecture than this machine's, Debian's
# cross compiler over Debian's musl of that architecture; all that is made
# then goes to build/$(ARCH).

HOST_ARCH := $(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
ARCH ?= $(HOST_ARCH)
MACHINE_amd64 := x86_64
MACHINE_arm64 := aarch64
MACHINE := $(or $(MACHINE_$(ARCH)),$(error ARCH=$(ARCH): amd64 or arm64))
# Code reaches all there is within a megabyte of it: half the instructions for
# the address of something, and the linker refuses what is further.
REACH_arm64 := -mcmodel=tiny

ifneq ($(ARCH),$(HOST_ARCH))
BUILD := build/$(ARCH)
MUSL_CC := $(MACHINE)-linux-gnu-gcc \
  -specs /usr/lib/$(MACHINE)-linux-musl/musl-gcc.specs
STRIP := $(MACHINE)-linux-gnu-strip
# What was fetched for this machine's own build will do.
TARBALLS ?= $(if $(wildcard build/third_party/.tarballs/*.tar.*),\
  build/third_party/.tarballs)
CROSS_PACKAGES := gcc-$(subst _,-,$(MACHINE))-linux-gnu musl-dev:$(ARCH)
endif

# What it takes to build and try the other one here.
ifeq ($(HOST_ARCH),amd64)
EMULATION_PACKAGES := gcc-aarch64-linux-gnu musl-dev:arm64 qemu-user-static \
  libcmocka-dev:arm64
endif

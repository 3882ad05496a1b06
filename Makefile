# coldmount: one Makefile, no configure.  `make help' lists the targets.
#
#   SAN=1      with address and undefined-behaviour sanitizers
#   CC=clang   with clang; each combination has its own directory under build/
#   WERROR=1   warnings are errors, as in the tests; not the default, since
#              next year's compiler warns of more
#   T=ntfs     unit tests of one folder of tests/unit only
#   V=1        show the commands
#
# CC, CPPFLAGS, CFLAGS and LDFLAGS are the user's; OUR_* are the project's own.

VERSION   := $(shell sed -n 's/^.define CM_VERSION "\(.*\)"/\1/p' \
	       include/coldmount/coldmount.h)
SOVERSION  = $(firstword $(subst ., ,$(VERSION)))
CFLAGS    ?= $(or $(CFLAGS_$(MODE)),-O2 -g)
PREFIX    ?= /usr/local
BINDIR     = $(PREFIX)/bin
LIBDIR     = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
MANDIR     = $(PREFIX)/share/man
INSTALL    = install

Q          = $(if $(V),,@)
MODE       = $(if $(SAN),san,plain)
B          = build/$(MODE)$(if $(findstring clang,$(CC)),-clang)
,         := ,
SANFLAGS_san  = -fsanitize=address$(,)undefined -fno-sanitize-recover=all \
		-fno-omit-frame-pointer
SANFLAGS_fuzz = $(SANFLAGS_san) -fsanitize=fuzzer-no-link
SANFLAGS   = $(SANFLAGS_$(MODE))
# What the sanitizers put into the code takes longer to optimize than it runs.
CFLAGS_san  = -O1 -g1
CFLAGS_fuzz = -O2 -g1
PLAIN_CFLAGS = -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wvla \
	     -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror) \
	     -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fvisibility=hidden -fPIC \
	     -Iinclude -Isrc -Itests -MMD -MP
OUR_CFLAGS = $(PLAIN_CFLAGS) $(SANFLAGS)

# Debian's libewf, and libvhdi below libtsk, export an old libbfio that clashes
# with the one that libfsntfs, libvshadow and libbde need.  These and libbfio are
# linked statically, with their symbols hidden, so that nobody finds the wrong
# one.  Their archives hold copies of the same helpers (libcdata, libfdata ...),
# and the first one's are everybody's: the newest (libfsntfs 2020, libvshadow
# and libbde 2019, libbfio 2017) stands first, whose functions take and return
# what those of the older did.
STATIC_LIBS = -Wl,--exclude-libs,ALL -Wl,-Bstatic -lfsntfs -lvshadow -lbde \
	      -lbfio -Wl,-Bdynamic
LIBS        = $(STATIC_LIBS) -lewf -ltsk -lcrypto -llzma -lz -lzstd \
	      -lpthread

# Debian packages: to build, to run the tests and the demo, and for the rest of
# CI.
PACKAGES_BUILD = gcc libc6-dev make libbde-dev libbfio-dev libewf-dev \
		 libfsntfs-dev liblzma-dev libssl-dev libtsk-dev \
		 libvshadow-dev libzstd-dev zlib1g-dev
PACKAGES_TEST  = afflib-tools binutils cryptsetup-bin dislocker dosfstools \
		 ewf-tools exfatprogs \
		 faketime fdisk gdisk genisoimage ldmtool libbde-utils libcriterion-dev libevtx-utils libfsntfs-utils \
		 libhivex-bin libhivex-dev libregf-dev libregf-utils \
		 libvshadow-utils libwin-hivex-perl mtools ntfs-3g ntfs-3g-dev p7zip-full pigz pkg-config \
		 python3 python3-jsonschema qemu-utils sleuthkit tabix testdisk \
		 time udftools \
		 unzip xorriso xxd xz-utils
PACKAGES_CI    = clang clang-tidy cppcheck g++ libclang-rt-dev llvm mandoc \
		 shellcheck
PACKAGES_BENCH = hyperfine

LAYERS     = base format evidence disk ntfs registry mountmgr machine provider \
	     report case
LIB_SRCS  := $(sort $(wildcard $(LAYERS:%=src/%/*.c)))
CLI_SRCS  := $(sort $(wildcard src/cli/*.c))
# Event logs and the metadata of BitLocker are built for tests as for the
# samples.
TESTLIB_SRCS := $(sort $(wildcard tests/lib/*.c)) samples/event_log.c \
		samples/fve_writer.c samples/text.c
UNIT_SRCS := $(sort $(wildcard tests/unit/$(or $(T),*)/*.c))
# The short ones come last, so that no processor waits for a long one.
SCRIPTS   := $(sort $(wildcard tests/peers/*.sh tests/golden/*.sh)) \
	     $(sort $(wildcard tests/cli/*.sh))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
LIB_OBJS   = $(LIB_SRCS:%.c=$(B)/%.o)
CLI_OBJS   = $(CLI_SRCS:%.c=$(B)/%.o)
TESTLIB_OBJS = $(TESTLIB_SRCS:%.c=$(B)/%.o)
UNIT_OBJS  = $(UNIT_SRCS:%.c=$(B)/%.o)
DUMP_BINS  = $(patsubst tests/peers/%.c,$(B)/%,$(sort $(wildcard tests/peers/dump_*.c)))
FUZZ_BINS  = $(FUZZ_SRCS:tests/fuzz/%.c=$(B)/%)
STATIC     = $(B)/libcoldmount.a
SONAME     = libcoldmount.so.$(SOVERSION)
SHARED     = $(B)/libcoldmount.so.$(VERSION)
TOOL       = $(if $(CLI_SRCS),$(B)/coldmount)
UNIT       = $(B)/unit-$(or $(T),all)

# The helpers that build sample images, the host's own whatever is tested: a
# file with a main() is a program, the others are shared by all programs.
SAMPLE_MAINS := $(shell grep -lw '^int main' samples/*.c /dev/null)
SAMPLE_SRCS  := $(sort $(wildcard samples/*.c))
SAMPLE_OBJS   = $(patsubst %.c,build/%.o,$(filter-out $(SAMPLE_MAINS),$(SAMPLE_SRCS)))
SAMPLE_BINS   = $(SAMPLE_MAINS:%.c=build/%)

# So do the tests themselves, which gcc optimizes once, for its warnings.
ifeq ($(origin CFLAGS) $(B),file build/plain)
else ifeq ($(origin CFLAGS),file)
$(UNIT_OBJS): CFLAGS = -O0 -g1
endif

all: $(STATIC) $(SHARED) $(TOOL)

help:
	@echo 'make            library and tool, in build/plain'
	@echo 'make demo       install what is missing, build, make a sample'
	@echo '                machine and analyse it'
	@echo 'make check      install what is missing, build, run all tests'
	@echo 'make install    to PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'make samples    the sample machine in every container format'
	@echo 'make unit       unit tests only; T=ntfs: those of one layer'
	@echo 'make flat       the tool with one call of the compiler'
	@echo 'make lint       layers, headers, style, static analysis'
	@echo 'make fuzz       build the fuzz targets; fuzz-smoke: run each for'
	@echo '                FUZZ_SECONDS'
	@echo 'make bench      speed beside other tools'
	@echo 'make clean      remove build/'
	@echo 'SAN=1, CC=clang, WERROR=1 and T= are explained in the Makefile.'

# --- library and tool -------------------------------------------------------

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(OUR_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(STATIC): $(LIB_OBJS)
	@rm -f $@
	@echo "  AR    $@"
	$(Q)$(AR) rcs $@ $^

$(SHARED): $(LIB_OBJS)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) \
		$(if $(SANFLAGS),,-Wl,--no-undefined) -o $@ $^ $(LIBS)

# With the static library, so that it runs without being installed.
$(B)/coldmount: $(CLI_OBJS) $(STATIC)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(INCLUDEDIR)/coldmount $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 755 $(TOOL) $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 644 include/coldmount/coldmount.h \
		$(DESTDIR)$(INCLUDEDIR)/coldmount
	$(INSTALL) -m 644 $(STATIC) $(SHARED) $(DESTDIR)$(LIBDIR)
	ln -sf libcoldmount.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libcoldmount.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
	    -e 's|@LIBS@|$(LIBS)|' src/coldmount.pc.in \
	    > $(DESTDIR)$(LIBDIR)/pkgconfig/coldmount.pc
	$(INSTALL) -m 644 docs/coldmount.1 $(DESTDIR)$(MANDIR)/man1

# --- packages ---------------------------------------------------------------

deps:
	@.ci/need-packages $(PACKAGES_BUILD) $(PACKAGES_TEST)

deps-ci: deps
	@.ci/need-packages $(PACKAGES_CI)

deps-bench: deps
	@.ci/need-packages $(PACKAGES_BENCH)

# --- tests ------------------------------------------------------------------

# A second make, since the first was started before the packages were there.
# It uses all processors where nobody said how many.
AGAIN = +@$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

$(UNIT): $(UNIT_OBJS) $(TESTLIB_OBJS) $(STATIC)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcriterion -lhivex $(LIBS)

# Who tests wants to see warnings; who only builds is not stopped by them.
unit run-tests fuzz-targets dumpers: WERROR = 1

unit: $(UNIT)
	@tests/run $(B) $<

check: deps
	$(AGAIN) run-tests

run-tests: all $(UNIT) $(SAMPLE_BINS) $(DUMP_BINS)
	+@tests/run $(B) $(UNIT) tests/lint/layers \
		$(if $(TOOL),$(SCRIPTS))

# An archive, from which a target takes what it calls: the rest of what tests
# share needs Criterion.
$(B)/libtests.a: $(TESTLIB_OBJS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# A hive as text, as we read it and as others do: each links what it is of.
$(B)/dump_coldmount: $(B)/tests/peers/dump_coldmount.o $(B)/libtests.a $(STATIC)
$(B)/dump_coldmount: DUMP_LIBS = $(LIBS)
$(B)/dump_hivex: $(B)/tests/peers/dump_hivex.o
$(B)/dump_hivex: DUMP_LIBS = -lhivex
$(B)/dump_libregf: $(B)/tests/peers/dump_libregf.o
$(B)/dump_libregf: DUMP_LIBS = -lregf
$(DUMP_BINS):
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(DUMP_LIBS)

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/libtests.a $(STATIC)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

fuzz-targets: $(FUZZ_BINS)

fuzz: deps-ci
	$(AGAIN) MODE=fuzz CC=clang fuzz-targets

fuzz-smoke: fuzz $(SAMPLE_BINS)
	@tests/fuzz/smoke build/fuzz-clang $(FUZZ_SECONDS)

# As plain as a build can be: no flags, no objects, no Makefile needed.
flat:
	@mkdir -p build
	$(CC) -Werror=implicit-function-declaration -Iinclude -Isrc \
		$(wildcard src/*.c src/*/*.c) $(LIBS) -o build/flat

lint: deps-ci
	@tests/run $(B) $(sort $(filter-out %.h %.cfg,$(wildcard tests/lint/*)))

bench: deps-bench
	$(AGAIN) all $(SAMPLE_BINS)
	tests/bench/run $(B)

# --- samples ----------------------------------------------------------------

build/samples/%.o: samples/%.c
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(PLAIN_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(SAMPLE_BINS): build/samples/%: build/samples/%.o $(SAMPLE_OBJS)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lntfs-3g -lhivex -lz \
		-lcrypto

sample-tools: $(SAMPLE_BINS)

dumpers: $(DUMP_BINS)

samples: deps
	$(AGAIN) sample-tools
	samples/make-machine build/machine
	samples/make-containers build/machine

demo: deps
	$(AGAIN) all sample-tools
	@samples/demo $(B)/coldmount build/demo

clean:
	rm -rf build

-include $(shell find $(B) build/samples -name '*.d' 2>/dev/null)
.PHONY: all bench check clean demo deps deps-bench deps-ci dumpers flat fuzz \
	fuzz-smoke fuzz-targets help install lint run-tests sample-tools samples unit
.DELETE_ON_ERROR:
.SECONDARY:

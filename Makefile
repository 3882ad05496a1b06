# coldmount: one Makefile, no configure.
#
#   make            library and tool
#   make check      install what is missing, build, run all tests
#   make demo       install what is missing, build, make a sample machine and
#                   analyse it
#   make SAN=1 ...  with address and undefined-behaviour sanitizers
#   make unit T=ntfs  unit tests of one folder of tests/unit
#
# CC, CFLAGS, CPPFLAGS and LDFLAGS may be overridden; OUR_* are the project's own.

VERSION    = 0.1.0
CFLAGS    ?= -O2 -g
PREFIX    ?= /usr/local
B          = build/$(if $(SAN),san,plain)
,         := ,
SANFLAGS   = $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all)
OUR_CFLAGS = -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wvla \
	     -Wstrict-prototypes -Wmissing-prototypes -Werror \
	     -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fvisibility=hidden -fPIC \
	     -DCM_VERSION='"$(VERSION)"' \
	     -Iinclude -Isrc -Itests -MMD -MP $(SANFLAGS)

# Debian's libewf, libvhdi and libqcow each export an old libbfio that clashes
# with the one that libfsntfs needs.  libfsntfs and libbfio are linked
# statically, with their symbols hidden, so that nobody finds the wrong one.
STATIC_LIBS = -Wl,--exclude-libs,ALL -Wl,-Bstatic -lfsntfs -lbfio \
	      -Wl,-Bdynamic
LIBS        = $(STATIC_LIBS) -ltsk -lvhdi -lqcow -lz -lpthread

LAYERS     = base format evidence disk ntfs registry mountmgr machine provider \
	     report case
LIB_SRCS  := $(sort $(wildcard $(LAYERS:%=src/%/*.c)))
LIB_OBJS   = $(LIB_SRCS:%.c=$(B)/%.o)
CLI_OBJS   = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard src/cli/*.c)))
TESTLIB_OBJS = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/lib/*.c)))
UNIT_SRCS  = $(sort $(wildcard tests/unit/$(or $(T),*)/*.c))
UNIT_OBJS  = $(UNIT_SRCS:%.c=$(B)/%.o)

all: $(B)/libcoldmount.a

$(B)/libcoldmount.a: $(LIB_OBJS)
	$(AR) rcs $@ $^

$(B)/unit-$(or $(T),all): $(UNIT_OBJS) $(TESTLIB_OBJS) $(B)/libcoldmount.a
	$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcriterion $(LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

unit: $(B)/unit-$(or $(T),all)
	$<

clean:
	rm -rf build

-include $(LIB_OBJS:.o=.d) $(CLI_OBJS:.o=.d) $(TESTLIB_OBJS:.o=.d) \
	 $(UNIT_OBJS:.o=.d)
.PHONY: all unit clean

#!/bin/sh
# install.sh - a program is built against what `make install' installs

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if [ "$MODE" != plain ]; then
	skip "make install" "the plain build is what is installed"
	finish
fi

root=$scratch/root
cc=${CC:-cc}
ok "make install honours DESTDIR and PREFIX" \
	make install CC="$cc" DESTDIR="$root" PREFIX=/opt/cm
is "what is installed" "$(cd "$root" && find . ! -type d | sort)" \
"./opt/cm/bin/coldmount
./opt/cm/include/coldmount/coldmount.h
./opt/cm/lib/libcoldmount.a
./opt/cm/lib/libcoldmount.so
./opt/cm/lib/libcoldmount.so.0
./opt/cm/lib/libcoldmount.so.0.1.0
./opt/cm/lib/pkgconfig/coldmount.pc
./opt/cm/share/man/man1/coldmount.1"

cat > "$scratch/program.c" <<'END'
#include <coldmount/coldmount.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	struct cm_machine *m = cm_machine_new();
	struct cm_error error;
	int rc = m == NULL || cm_machine_analyse(m, NULL, &error) < 0;

	cm_machine_free(m);
	printf("%s %s\n", cm_version(), CM_VERSION);
	return rc;
}
END

PKG_CONFIG_PATH=$root/opt/cm/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
version=$(pkg-config --modversion coldmount)

# build NAME FLAG...: with the library that the flags choose
build() {
	build_out=$scratch/$1
	shift
	# shellcheck disable=SC2086 # CC may hold flags
	$cc -std=c11 -Wall -Wextra -Werror "$scratch/program.c" \
		-o "$build_out" "$@"
}

# shellcheck disable=SC2046 # the flags are to be split
ok "a program builds with pkg-config and the shared library" \
	build shared $(pkg-config --cflags --libs coldmount)
is "it runs" \
	"$(LD_LIBRARY_PATH=$root/opt/cm/lib "$scratch/shared" 2>&1)" \
	"$version $version"
# A system root is put before system libraries as well, which are not in it.
rm "$root"/opt/cm/lib/libcoldmount.so*
# shellcheck disable=SC2046
ok "a program builds with pkg-config and the static library" \
	build static $(pkg-config --cflags --static --libs coldmount)
is "it runs alone" "$("$scratch/static" 2>&1)" "$version $version"
is "it hides libbfio as well" \
	"$(nm -D --defined-only "$scratch/static" | grep -c libbfio_)" 0
is "the installed tool runs" "$("$root/opt/cm/bin/coldmount" --version |
	grep -cx "coldmount $version")" 1
if command -v c++ > /dev/null; then
	cp "$scratch/program.c" "$scratch/program.cc"
	# shellcheck disable=SC2046
	ok "the header is valid C++" c++ -Wall -Wextra -Werror -fsyntax-only \
		$(pkg-config --cflags coldmount) "$scratch/program.cc"
else
	skip "the header is valid C++" "no C++ compiler"
fi
finish

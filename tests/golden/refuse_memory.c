/*
 * refuse_memory.c - a malloc() that fails when it is told to; for LD_PRELOAD
 *
 *   REFUSE=N       the N-th request of the program is refused
 *   REFUSE_REST=1  and all that follow
 *   REFUSE_END=HEX only those of code before this address of the program count:
 *                  what is linked behind it is other people's
 *   REFUSE_COUNT=1 tells on standard error, at the end, how many there were
 */
#define _GNU_SOURCE
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What glibc has behind malloc() and its kin.  */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static unsigned long requests, refused;
static bool rest, ready;
static uintptr_t base, end;

/* The program itself comes first.  */
static int find_program(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	(void)ctx;
	base = info->dlpi_addr;
	return 1;
}

static unsigned long number(const char *name, int radix)
{
	const char *text = getenv(name);

	return text != NULL ? strtoul(text, NULL, radix) : 0;
}

static bool refuses(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	if (!ready) {
		ready = true;
		dl_iterate_phdr(find_program, NULL);
		end = number("REFUSE_END", 16);
		refused = number("REFUSE", 10);
		rest = getenv("REFUSE_REST") != NULL;
	}
	if (at < base || at - base >= end)
		return false;
	requests++;
	return requests == refused || (rest && refused > 0 &&
				       requests > refused);
}

void *malloc(size_t n)
{
	return refuses(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return refuses(__builtin_return_address(0)) ? NULL :
	       __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return refuses(__builtin_return_address(0)) ? NULL :
	       __libc_realloc(p, n);
}

__attribute__((destructor)) static void tell(void)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lu\n", requests);

	if (getenv("REFUSE_COUNT") != NULL && write(STDERR_FILENO, text,
						    (size_t)n) < 0)
		_exit(70);
}

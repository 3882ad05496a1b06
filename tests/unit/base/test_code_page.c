#include <criterion/criterion.h>

#include <string.h>

#include "base/code_page.h"

static const char *decoded(struct arena *a, unsigned page, const char *bytes)
{
	return text_from_code_page(a, page, (struct span){
		(const uint8_t *)bytes, strlen(bytes), 0 }).utf8;
}

/* The bytes are those that Python's codecs make of the text.  */
static const struct {
	unsigned page;
	const char *bytes, *text;
} letters[] = {
	{ 437, "\x8eZa\xe0" "A", "ÄZaαA" },
	{ 737, "\x80\x9f\xe3\xa4\x98", "Αθήνα" },
	{ 775, "\xa0\xd8\xd3", "Āžė" },
	{ 850, "\x8eZa\xe0" "A", "ÄZaÓA" },
	{ 852, "\xd2\xa0" "bel", "Ďábel" },
	{ 855, "\xe6\xd6\xd2", "Том" },
	{ 857, "\x98\x9f \xa6", "İş Ğ" },
	{ 858, "5 \xd5", "5 €" },
	{ 862, "\x80\x81", "אב" },
	{ 866, "\xf0\xab\xaa\xa0", "Ёлка" },
	{ 874, "\xa1\xdf", "ก฿" },
	{ 932, "\x83{\x83\x8a\x83\x85\x81[\x83\x80", "ボリューム" },
	{ 932, "\xb6\xc5 A", "ｶﾅ A" },
	{ 936, "\xd0\xc2\xbc\xd3\xbe\xed", "新加卷" },
	{ 949, "\xbb\xf5 \xba\xbc\xb7\xfd", "새 볼륨" },
	{ 950, "\xba\xcf\xba\xd0", "磁碟" },
	{ 65001, "\xe5\x8d\xb7", "卷" },
	/* A letter that is cut off, and bytes that are none.  */
	{ 932, "A\x83", "A�" },
	{ 949, "\xff" "A\x80", "�" "A�" },
};

Test(code_page, letters_are_those_of_the_page)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		struct arena *a = arena_new();

		if (!code_page_is_known(letters[i].page))
			cr_skip_test("the C library came without its pages");
		cr_expect_str_eq(decoded(a, letters[i].page, letters[i].bytes),
				 letters[i].text, "page %u, %s",
				 letters[i].page, letters[i].text);
		arena_free(a);
	}
}

/* 720 the C library does not have; the others are none, or none of Windows.  */
Test(code_page, others_are_not_known)
{
	static const unsigned pages[] = { 0, 1, 720, 9999, 4294967295 };
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		cr_expect_not(code_page_is_known(pages[i]), "%u", pages[i]);
		cr_expect_str_eq(decoded(a, pages[i], "caf\xe9"), "café",
				 "%u", pages[i]);
	}
	arena_free(a);
}

/* Each byte of a text may be the worst of its page.  */
Test(code_page, no_text_is_longer_than_its_room)
{
	static const unsigned pages[] = { 437, 874, 932, 936, 949, 950, 1258,
					  65001 };

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct arena *a = arena_new();

		for (unsigned first = 1; first < 256; first++) {
			for (unsigned next = 1; next < 256; next++) {
				const char s[] = { (char)first, (char)next,
						   (char)first, (char)next, 0 };

				cr_expect_not_null(decoded(a, pages[i], s));
			}
		}
		arena_free(a);
	}
}

/*
 * code_page.h - text in an OEM code page, as FAT keeps its names
 */
#ifndef BASE_CODE_PAGE_H
#define BASE_CODE_PAGE_H

#include "base/utf16.h"

/* Whether the letters of page @number, as 850 or 932, are known here.  */
bool code_page_is_known(unsigned number);

/* Decode @s by page @number, or where that is not known, as ISO 8859-1; bytes
 * that are no letter of it become U+FFFD.  The result lives in @a; it is empty
 * when out of memory.  */
struct text text_from_code_page(struct arena *a, unsigned number,
				struct span s);

#endif /* BASE_CODE_PAGE_H */

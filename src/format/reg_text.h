/*
 * reg_text.h - the registry as text, record by record
 *
 * A record is a blank or comment line, a line that opens a key, or a value,
 * which may take many lines.  The parser sees no more than one of them, so that
 * a file of any size can be read through a window.
 */
#ifndef FORMAT_REG_TEXT_H
#define FORMAT_REG_TEXT_H

#include "base/span.h"

/* What reg_text_begin() wants to see of a file, if there is that much.  */
#define REG_TEXT_HEAD_BYTES 4096

enum reg_encoding { REG_BYTES, REG_UTF16LE, REG_UTF16BE };

struct reg_text {
	enum reg_encoding encoding;
	bool utf8;		/* a byte order mark says so */
	bool dump;		/* of the other form: see reg_dump.h */
	bool version4;		/* "REGEDIT4": data of text types is not UTF-16,
				 * but one byte a character */
	size_t start;		/* of the first line, behind the mark */
};

/* Find out the encoding and the version from the first bytes of a file.
 * ERR_MAGIC where they are not such text.  */
int reg_text_begin(struct span head, struct reg_text *ret, struct err *reterr);

enum reg_record_kind {
	REG_NOTHING,		/* blank, comment, header */
	REG_KEY,
	REG_KEY_DELETED,	/* "[-...]": to be deleted when imported */
	REG_VALUE,
	REG_VALUE_DELETED,	/* "name"=- */
	REG_TIME,		/* in a dump: when the last key was written, by
				 * some clock, in some form; in data */
	REG_BAD,		/* a line of no such form: see bad */
};

enum reg_form {
	REG_STRING, REG_HEX, REG_DWORD,
	REG_PLAIN, REG_LINES, REG_DUMP,		/* of a dump */
};

struct reg_record {
	enum reg_record_kind kind;
	size_t size;		/* bytes, with its line end */
	size_t lines;		/* that it takes */
	struct span name;	/* of a key: its path; of a value: between its
				 * quotes, empty for the default value */
	uint32_t type;		/* REG_* */
	enum reg_form form;
	struct span data;	/* without quotes */
	struct err bad;		/* `what' says what is wrong, as a part of a
				 * sentence, and `got' the character there */
};

/* Parse the record at the start of @text, which is not empty.  @last: nothing
 * follows behind @text.  ERR_TRUNCATED, unless @last, where the record is not
 * seen to end.  */
int reg_record_parse(const struct reg_text *t, struct span text, bool last,
		     struct reg_record *ret, struct err *reterr);

/* Text as UTF-16LE.  */
struct reg_utf16 {
	size_t n;		/* bytes */
	bool guessed;		/* bytes above 0x7f are no UTF-8; each was taken
				 * for a character of ISO 8859-1 */
};

/* At most so many bytes does the text of @n bytes need in UTF-16.  */
#define REG_UTF16_BYTES(n) (2 * (n))

/* Write @s, of a record, to @out, which has room for REG_UTF16_BYTES(s.n);
 * @quoted: a backslash escapes another and a quote.  */
struct reg_utf16 reg_text_decode(const struct reg_text *t, struct span s,
				 bool quoted, uint8_t *out);

struct reg_data {
	size_t n;		/* bytes that the text gives */
	bool guessed;		/* as above */
	struct err bad;		/* code 0: the text is sound; else @n bytes lie
				 * before what is not */
};

/* Write the data of the value @r, the first @room bytes of it, to @out.  */
struct reg_data reg_data_decode(const struct reg_text *t,
				const struct reg_record *r, uint8_t *out,
				size_t room);

#endif /* FORMAT_REG_TEXT_H */

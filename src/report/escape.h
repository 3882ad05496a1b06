/*
 * escape.h - text that may be hostile, made harmless
 *
 * Names in evidence are chosen by whoever used the machine, and file names on
 * the command line need not be UTF-8.  A report is always valid UTF-8:
 *
 *   a unit that is not UTF-16   <U+D800>  by base/utf16.h, before it gets here
 *   a byte that is not UTF-8    <FF>
 *   a character that a terminal obeys rather than shows (controls, line and
 *   paragraph separators, bidirectional marks, invisible characters)
 *                               <U+001B>  in text for people
 *                               \u001b    in JSON, which keeps it exact
 *                               \x001b    in MOF
 *                               &#x202e;  in XML, which has no controls:
 *                                         <U+001B> there
 */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/out.h"

/* One step through a text.  */
struct glyph {
	uint32_t c;		/* the character, or a byte that is not UTF-8 */
	unsigned n;		/* bytes it takes; 0 at the end */
	bool invalid;
	bool unsafe;		/* a terminal obeys it, or shows nothing */
};
struct glyph glyph_at(const char *s);

bool utf8_valid(const char *s);

/* @s as text for people, with what is unsafe, and a blank at the end of it or
 * before a backslash, made visible.  */
void out_text(struct out *o, const char *s);

/* The same of a sentence, where a blank before a backslash is the one before a
 * path, and is hidden only behind a word that is a path itself.  */
void out_prose(struct out *o, const char *s);

/* Of out_text(@s) what fits into @width columns; returns how many it took.  */
unsigned out_text_cut(struct out *o, const char *s, unsigned width);

/* How many columns out_text(@s) takes, a character counted as one.  */
unsigned text_columns(const char *s);

/* @s as a JSON string, with its quotes.  */
void out_json_string(struct out *o, const char *s);

/* @s as a field of comma-separated values (RFC 4180), in its quotes, which are
 * doubled inside; what is unsafe is made visible.  */
void out_csv_field(struct out *o, const char *s);

/* The same, with an apostrophe in front where a spreadsheet takes the text for
 * a formula.  */
void out_csv_inert(struct out *o, const char *s);

/* @s as a string of MOF (DSP0004 7.11.1), with its quotes; what is unsafe is an
 * escape, \x001b.  */
void out_mof_string(struct out *o, const char *s);

/* @s as text of XML 1.0, of an element or of an attribute in quotes.  What is
 * unsafe is a character reference, or, where XML has no such character, made
 * visible.  */
void out_xml_text(struct out *o, const char *s);

#endif /* REPORT_ESCAPE_H */

/*
 * binary_xml.h - what an event says: XML in the form of event logs
 */
#ifndef FORMAT_BINARY_XML_H
#define FORMAT_BINARY_XML_H

#include "base/span.h"

enum binary_xml_type {
	BINARY_XML_NULL = 0x00,
	BINARY_XML_STRING = 0x01,	/* UTF-16LE; may close with a NUL */
	BINARY_XML_INT8 = 0x03,
	BINARY_XML_UINT64 = 0x0a,	/* the integers lie between these */
	BINARY_XML_BOOL = 0x0d,
	BINARY_XML_BINARY = 0x0e,
	BINARY_XML_GUID = 0x0f,
	BINARY_XML_FILETIME = 0x11,
	BINARY_XML_HEX32 = 0x14,
	BINARY_XML_HEX64 = 0x15,
	BINARY_XML_XML = 0x21,		/* never given out: it is gone into */
	BINARY_XML_ARRAY = 0x80,	/* added to one of those above */
};

/* A value, and where it stands.  Names are UTF-16LE.  */
struct binary_xml_value {
	struct span section;	/* the child of the root that it is in */
	struct span element;	/* its name */
	struct span attribute;	/* n 0: it is what the element holds */
	struct span name;	/* what the attribute Name of the element says;
				 * n 0: it has none */
	unsigned type;		/* enum binary_xml_type, or another */
	struct span data;	/* n 0 where the event has no such value */
};

/* Called for each value, in the order of the event.  Not 0: the walk ends with
 * it.  */
typedef int (*binary_xml_fn)(void *ctx, const struct binary_xml_value *v);

/*
 * Go through @event, which lies in @chunk: names and templates are named by
 * their offset in the chunk.  Each token costs one of *@budget, since a
 * template can be used again and again inside itself.  On failure @fn has been
 * given what comes before.
 */
int binary_xml_walk(struct span chunk, struct span event, uint32_t *budget,
		    binary_xml_fn fn, void *ctx, struct err *reterr);

#endif /* FORMAT_BINARY_XML_H */

/*
 * label_scan.h - the answer of who looks through a piece of a root directory
 * for the volume's label
 */
#ifndef FORMAT_LABEL_SCAN_H
#define FORMAT_LABEL_SCAN_H

enum label_scan {
	LABEL_FOUND,
	LABEL_NONE,	/* the directory ends here, or says there is none */
	LABEL_NOT_YET,	/* the next piece may have it */
	LABEL_DAMAGED,	/* exFAT: its length cannot be true */
};

#endif /* FORMAT_LABEL_SCAN_H */

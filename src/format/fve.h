/*
 * fve.h - the metadata of a volume that BitLocker encrypts
 */
#ifndef FORMAT_FVE_H
#define FORMAT_FVE_H

#include "base/guid.h"
#include "base/span.h"

/* What Windows keeps for one copy of the metadata; more is not in use.  */
#define FVE_BLOCK_BYTES 65536

/* What is done to a volume, or was.  */
enum fve_state {
	FVE_DECRYPTED = 1,
	FVE_SWITCHING = 2,	/* from plain to encrypted, or back */
	FVE_ENCRYPT_ON_WRITE = 3,
	FVE_ENCRYPTED = 4,
	FVE_PAUSED = 5,
};

/* The heads of one copy.  */
struct fve_block {
	unsigned version;	/* 1: Vista, 2: Windows 7 and later */
	uint32_t bytes;		/* those that the checksum is of */
	uint16_t state, next_state;	/* enum fve_state, or another number */
	uint64_t encrypted_bytes;	/* of the volume, from its start; Vista
					 * does not say: 0 */
	uint32_t header_sectors;	/* Windows 7: the first sectors, kept
					 * elsewhere */
	uint64_t header_offset;		/* and where */
	uint64_t mft_mirror_lcn;	/* Vista */
	uint64_t metadata[3];	/* where the copies are, in the volume */
	uint32_t metadata_bytes;	/* second head and entries */
	struct guid volume;
	uint32_t next_nonce;	/* grows with each change */
	uint16_t method;
	uint64_t created;	/* FILETIME */
	bool has_checksum;	/* it can be read */
	bool checksum_ok;
	struct span entries;
};

/* @block: what there is of FVE_BLOCK_BYTES.  */
int fve_block_parse(struct span block, struct fve_block *ret,
		    struct err *reterr);

/* Types of entries.  */
enum fve_entry_type {
	FVE_ENTRY_PROPERTY = 0x0000,
	FVE_ENTRY_VMK = 0x0002,
	FVE_ENTRY_FVEK = 0x0003,
	FVE_ENTRY_STARTUP_KEY = 0x0006,
	FVE_ENTRY_DESCRIPTION = 0x0007,
	FVE_ENTRY_VOLUME_HEADER = 0x000f,
};

/* Types of their values.  */
enum fve_value_type {
	FVE_VALUE_KEY = 0x0001,
	FVE_VALUE_STRING = 0x0002,
	FVE_VALUE_STRETCH_KEY = 0x0003,
	FVE_VALUE_AES_CCM = 0x0005,
	FVE_VALUE_VMK = 0x0008,
	FVE_VALUE_EXTERNAL_KEY = 0x0009,
	FVE_VALUE_VOLUME_HEADER = 0x000f,
};

struct fve_entry {
	uint16_t type, value_type, version;
	struct span raw;	/* all of it */
	struct span data;	/* behind its head */
};

/* Take the first entry off @left.  0; ERR_NOT_FOUND at the end, which is where
 * less than an entry's head is left, or a head of zeros.  */
int fve_entry_take(struct span *left, struct fve_entry *ret,
		   struct err *reterr);

/* A protector: the volume's master key, encrypted with something else.  */
struct fve_protector {
	struct guid identifier;
	uint64_t modified;	/* FILETIME */
	uint16_t protection;
	struct span name;	/* UTF-16LE; n 0: none */
	struct span key, stretch_key, aes_ccm;	/* whole entries; n 0: none */
	struct span properties;
};

/* Of an entry FVE_ENTRY_VMK, and of a FVE_ENTRY_STARTUP_KEY as .BEK files have
 * it, which has no `protection'.  */
int fve_protector_parse(const struct fve_entry *e, struct fve_protector *ret,
			struct err *reterr);

/* Where the first sectors are kept.  */
struct fve_volume_header {
	uint64_t offset, bytes;
};
int fve_volume_header_parse(const struct fve_entry *e,
			    struct fve_volume_header *ret, struct err *reterr);

/* A .BEK file: the key of one protector.  */
struct fve_startup_key {
	struct guid identifier;	/* of the protector */
	struct span raw;	/* what of the file is in use */
	struct span key;	/* whole entry */
};
int fve_startup_key_parse(struct span file, struct fve_startup_key *ret,
			  struct err *reterr);

/* Words for the numbers; NULL: not known.  */
const char *fve_method_name(uint16_t method);		/* "AES-XTS 128-bit" */
const char *fve_protection_name(uint16_t protection);	/* "tpm+pin" */
const char *fve_state_name(uint16_t state);		/* "encrypted" */

#endif /* FORMAT_FVE_H */

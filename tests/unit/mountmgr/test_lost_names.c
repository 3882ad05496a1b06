/* Names that a hive holds outside of its tree.  */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "mountmgr/lost_names.h"

#define VOLUME "\\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963}"
#define MARKER "#{46686113-4e39-11ea-bd05-784f439fa657}"

static const uint8_t mbr[12] = { 0x1e, 0xab, 0xa1, 0x5c, 0, 0, 0x10 };

static struct hive_image image;

struct lost {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *tree;
	struct lost_names names;
};

static void start(void)
{
	uint32_t root;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	hive_image_only_subkey(&image, root, "MountedDevices");
}

static void read_lost(struct lost *l)
{
	struct scan_request q = { .hive = &l->source.source };

	hive_image_finish(&image);
	*l = (struct lost){
		.arena = arena_new(),
		.source = bytes_source(image.bytes, image.n),
	};
	l->diags.arena = l->arena;
	cr_assert_eq(hive_open(&l->source.source, l->arena, &l->diags, &l->tree,
			       NULL), 0);
	q.tree = l->tree;
	cr_assert_eq(lost_names_read(q, l->arena, &l->diags, &l->names, NULL),
		     0);
}

static void lost_done(struct lost *l)
{
	hive_close(l->tree);
	arena_free(l->arena);
}

Test(lost_names, are_read_like_those_of_the_tree)
{
	struct lost l;
	const struct lost_name *n;

	start();
	hive_image_value(&image, "\\DosDevices\\e:", 3, mbr, 12);
	hive_image_value(&image, VOLUME, 3, "DMIO:ID:0123456789abcdef", 24);
	hive_image_value(&image, MARKER, 3, "_\0?\0?\0_\0U\0S\0B\0", 14);
	hive_image_value(&image, "\\DosDevices\\E:\\mnt", 3, mbr, 12);
	read_lost(&l);
	cr_assert_eq(l.names.n, 4);
	cr_expect(l.names.key_whole);
	n = &l.names.list[0];
	cr_expect_eq(n->name.kind, NAME_NO_LETTER);
	cr_expect_eq(n->name.id.kind, UNIQUE_ID_DEVICE);
	cr_expect_str_eq(n->name.id_text.utf8, "_??_USB");
	n = &l.names.list[1];
	cr_expect_eq(n->name.kind, NAME_VOLUME);
	cr_expect_eq(n->name.id.kind, UNIQUE_ID_DMIO);
	n = &l.names.list[2];
	cr_expect_eq(n->name.kind, NAME_OTHER);
	n = &l.names.list[3];
	cr_expect_str_eq(n->name.name.utf8, "\\DosDevices\\e:");
	cr_expect_eq(n->name.kind, NAME_DRIVE_LETTER);
	cr_expect_eq(n->name.letter, 'E');
	cr_expect_eq(n->name.id.kind, UNIQUE_ID_MBR);
	cr_expect_eq(n->name.id.signature, 0x5ca1ab1e);
	cr_expect_eq(n->name.id.offset, 0x100000);
	cr_expect_eq(n->name.cites.n, 2);
	lost_done(&l);
}

/* Twelve bytes of forty would be an MBR id; they are not taken for one.  */
Test(lost_names, an_id_is_read_of_whole_data_only)
{
	struct lost l;
	uint32_t v, data;

	start();
	v = hive_image_value(&image, "\\DosDevices\\E:", 3, mbr, 12);
	data = hive_image_at(&image, v)[8];
	for (int i = 0; i < 2; i++) {		/* both are free now */
		uint32_t cell = i == 0 ? data : v;
		uint8_t *size = hive_image_at(&image, cell) - 4;

		put32(size, i == 0 ? 16 : 40);
	}
	put32(hive_image_at(&image, v) + 4, 40);
	read_lost(&l);
	cr_assert_eq(l.names.n, 1);
	cr_expect_eq(l.names.list[0].data, SCAN_PARTIAL);
	cr_expect_eq(l.names.list[0].name.id.kind, UNIQUE_ID_RAW);
	cr_expect_eq(l.names.list[0].name.id.raw.n, 12);
	lost_done(&l);
}

/* MountedDevices\Offline has numbers by the names of volumes.  */
Test(lost_names, deleted_numbers_are_no_names)
{
	struct lost l;

	start();
	hive_image_value(&image, VOLUME, 4, "\1\0\0\0", 4);
	read_lost(&l);
	cr_expect_eq(l.names.n, 0);
	lost_done(&l);
}

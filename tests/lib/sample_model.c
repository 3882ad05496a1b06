#include "lib/sample_model.h"

#include <string.h>

#include "base/bytes.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define CITES(name) { name, LENGTH(name) }
#define MIB UINT64_C(1048576)

/* Citations; their places are made up, but each is another.  */
static struct cite gpt_header[] = {
	{ 0, 512, 92, "gpt header", NULL, false, false },
};
static struct cite gpt_entries[3][1] = {
	{ { 0, 1024, 128, "gpt entry", NULL, false, false } },
	{ { 0, 1152, 128, "gpt entry", NULL, false, false } },
	{ { 0, 1280, 128, "gpt entry", NULL, false, false } },
};
static struct cite mbr_sector[] = { { 1, 0, 512, "mbr", NULL, false, false } };
static struct cite mbr_entry[] = {
	{ 1, 446, 16, "mbr entry", NULL, false, false }
};
static struct cite boot_sectors[3][1] = {
	{ { 0, 1 * MIB, 512, "boot sector", NULL, false, false } },
	{ { 0, 117 * MIB, 512, "boot sector", NULL, false, false } },
	{ { 1, 1 * MIB, 512, "boot sector", NULL, false, false } },
};
static struct cite select_value[] = {
	{ 0, 130000000, 32, "vk",
	  "\\Windows\\System32\\config\\SYSTEM", false, false },
};
static struct cite letter_values[3][2] = {
	{ { 0, 130001000, 40, "vk",
	    "\\Windows\\System32\\config\\SYSTEM", false, false },
	  { 0, 130001100, 24, "value data",
	    "\\Windows\\System32\\config\\SYSTEM", false, false } },
	{ { 0, 130002000, 40, "vk",
	    "\\Windows\\System32\\config\\SYSTEM", false, false },
	  { 0, 130002100, 12, "value data",
	    "\\Windows\\System32\\config\\SYSTEM", false, false } },
	{ { 0, 130003000, 40, "vk",
	    "\\Windows\\System32\\config\\SYSTEM", false, false },
	  { 0, 130003100, 12, "value data",
	    "\\Windows\\System32\\config\\SYSTEM", false, false } },
};
static struct cite reparse_data[2][1] = {
	{ { 0, 140000000, 120, "reparse point", NULL, false, false } },
	{ { 0, 140002048, 120, "reparse point", NULL, false, false } },
};
static struct cite account_key[] = {
	{ 0, 151000000, 120, "nk",
	  "\\Windows\\System32\\config\\SOFTWARE", false, false },
};
static struct cite trace_keys[4][1] = {
	{ { 0, 152000000, 114, "nk", "\\Users\\ada\\NTUSER.DAT",
	    false, false } },
	{ { 0, 152000200, 92, "nk", "\\Users\\ada\\NTUSER.DAT",
	    false, false } },
	{ { 0, 152000300, 77, "nk", "\\Users\\ada\\NTUSER.DAT",
	    false, false } },
	{ { 0, 152000400, 114, "nk", "\\Users\\ada\\NTUSER.DAT",
	    false, false } },
};
static struct cite kept_value[] = {
	{ 0, 153000000, 44, "vk",
	  "\\Windows\\System32\\config\\SYSTEM", false, false },
};
static const size_t missing_disk = 0;
static struct cite remote_entry[] = {
	{ 0, 150000000, 140, "remote database entry",
	  "\\System Volume Information\\MountPointManagerRemoteDatabase",
	  false, false },
};

/* GUIDs as stored: each is one byte sixteen times, but for the types.  */
#define GUID_OF(b) { { b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b } }
static const struct guid efi_type = { {
	0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
	0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b } };
static const struct guid reserved_type = { {
	0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d,
	0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15, 0xae } };
static const struct guid data_type = { {
	0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
	0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 } };

static struct partition entries0[3], entries1[1];
static struct machine_image images[3];
static struct machine_disk disks[2];
static struct machine_partition partitions[4];
static struct machine_volume volumes[3];
static struct machine_installation installations[1];
static struct mountmgr_name stored[4];
static struct machine_name names[3];
static struct machine_remote_name remote_names[1];
static struct ntfs_reparse points[3];
static struct machine_mount mounts[4];
static struct machine_reparse reparses[3];
static struct profile_account accounts[1];
static const struct profile_account *user_accounts[1] = { accounts };
static struct machine_user users[2];
static struct user_trace traces[4];
static struct machine_user_volume user_volumes[4];

static struct text text_of(const char *s)
{
	return (struct text){ .utf8 = s };
}

static void fill_images(void)
{
	static const char *const segments0[] = { "system.E01", "system.E02" };
	static const char *const segments1[] = { "data.vhd" };

	images[0] = (struct machine_image){ "system.E01", "ewf", 10240 * MIB,
					    512, segments0, 2 };
	images[1] = (struct machine_image){ "data.vhd", "vhd-dynamic",
					    2048 * MIB, 512, segments1, 1 };
	images[2] = (struct machine_image){ .file = "broken.E01" };
}

static void fill_disks(void)
{
	entries0[0] = (struct partition){
		.number = 1, .wmi_index = 0, .offset = 1 * MIB,
		.length = 100 * MIB, .type_guid = efi_type,
		.guid = GUID_OF(0x11), .attributes = 1,
		.name = text_of("EFI system partition"),
		.cites = CITES(gpt_entries[0]),
	};
	entries0[1] = (struct partition){
		.number = 2, .wmi_index = -1, .offset = 101 * MIB,
		.length = 16 * MIB, .type_guid = reserved_type,
		.guid = GUID_OF(0x12), .cites = CITES(gpt_entries[1]),
	};
	/* Bits 63, 62 and one without a name, 56.  */
	entries0[2] = (struct partition){
		.number = 3, .wmi_index = 1, .offset = 117 * MIB,
		.length = 10000 * MIB, .type_guid = data_type,
		.guid = GUID_OF(0x13), .attributes = UINT64_C(0xc1) << 56,
		.name = text_of("Basic data partition"),
		.cites = CITES(gpt_entries[2]),
	};
	entries1[0] = (struct partition){
		.number = 1, .wmi_index = 0, .offset = 1 * MIB,
		.length = 2000 * MIB, .active = true, .mbr_type = 0x07,
		.cites = CITES(mbr_entry),
	};
	disks[0] = (struct machine_disk){
		.image = 0, .number = 0, .basis = NUMBER_ASSUMED,
		.tsk = WITNESS_AGREES,
		.table = { .size = 10240 * MIB, .sector_size = 512,
			   .scheme = SCHEME_GPT, .has_signature = true,
			   .guid = GUID_OF(0x10), .partitions = entries0,
			   .n_partitions = 3, .cites = CITES(gpt_header) },
		.first_partition = 0, .n_partitions = 3,
		.whole_volume = NONE,
	};
	disks[1] = (struct machine_disk){
		.image = 1, .number = 5, .basis = NUMBER_GIVEN,
		.table = { .size = 2048 * MIB, .sector_size = 512,
			   .scheme = SCHEME_MBR, .has_signature = true,
			   .signature = 0xdf4546ae, .partitions = entries1,
			   .n_partitions = 1, .cites = CITES(mbr_sector) },
		.first_partition = 3, .n_partitions = 1,
		.whole_volume = NONE,
	};
	partitions[0] = (struct machine_partition){ 0, &entries0[0], 0 };
	partitions[1] = (struct machine_partition){ 0, &entries0[1], NONE };
	partitions[2] = (struct machine_partition){ 0, &entries0[2], 1 };
	partitions[3] = (struct machine_partition){ 1, &entries1[0], 2 };
}

static void fill_volumes(void)
{
	static struct extent extents[3] = {
		{ 0, 1 * MIB, 100 * MIB }, { 0, 117 * MIB, 10000 * MIB },
		{ 1, 1 * MIB, 2000 * MIB },
	};
	static struct guid names_of[3] = {
		GUID_OF(0x11), GUID_OF(0x13), GUID_OF(0x21)
	};
	static struct access_path paths1[1], paths2[2];

	paths1[0] = (struct access_path){ 0, text_of("C:\\"), false };
	paths2[0] = (struct access_path){ 0, text_of("D:\\"), false };
	paths2[1] = (struct access_path){ 0, text_of("C:\\Mount\\Data\\"),
					  false };
	volumes[0] = (struct machine_volume){
		.kind = VOLUME_PARTITION, .partition = 0,
		.extents = &extents[0], .n_extents = 1,
		.identity = { .kind = FS_FAT32, .name = "FAT32",
			      .has_serial = true, .serial = 0x0000a1b2,
			      .cites = CITES(boot_sectors[0]) },
		.names = &names_of[0], .n_names = 1,
	};
	volumes[1] = (struct machine_volume){
		.kind = VOLUME_PARTITION, .partition = 2,
		.extents = &extents[1], .n_extents = 1,
		.identity = { .kind = FS_NTFS, .name = "NTFS",
			      .has_serial = true, .serial = 0x61f2a88f,
			      .has_serial64 = true,
			      .serial64 = UINT64_C(0x0a1b2c3d61f2a88f),
			      .cluster_size = 4096,
			      .capacity = UINT64_C(10485755904),
			      .label = text_of("System"),
			      .cites = CITES(boot_sectors[1]) },
		.ntfs = { .version_major = 3, .version_minor = 1 },
		.is_ntfs = true, .names = &names_of[1], .n_names = 1,
		.paths = paths1, .n_paths = 1,
		.index_read = true, .swept = true,
	};
	volumes[2] = (struct machine_volume){
		.kind = VOLUME_PARTITION, .partition = 3,
		.extents = &extents[2], .n_extents = 1,
		.identity = { .kind = FS_NTFS, .name = "NTFS",
			      .has_serial = true, .serial = 0xc0ffee00,
			      .has_serial64 = true,
			      .serial64 = UINT64_C(0xffffffffc0ffee00),
			      .cluster_size = 4096, .from_backup = true,
			      .label = text_of("Data"),
			      .cites = CITES(boot_sectors[2]) },
		.ntfs = { .version_major = 3, .version_minor = 1,
			  .dirty = true },
		.is_ntfs = true, .names = &names_of[2], .n_names = 1,
		.paths = paths2, .n_paths = 2, .index_read = true,
	};
}

static const char *const software_logs[] = {
	"\\Windows\\System32\\config\\SOFTWARE.LOG2",
};

static void fill_installations(void)
{
	installations[0] = (struct machine_installation){
		.volume = 1, .system_root = text_of("\\Windows"),
		.computer_name = text_of("WORKSTATION"),
		.product_name = text_of("Windows 10 Pro"),
		.build = text_of("19045"),
		.time_zone = text_of("W. Europe Standard Time"),
		.control_set = 1,
		.hive = { .path = text_of("\\Windows\\System32\\config\\SYSTEM"),
			  .dirty = true, .checksum_ok = true,
			  .primary_sequence = 42, .secondary_sequence = 41,
			  .last_written = UINT64_C(129543680083281240) },
		.software = {
			.path = text_of("\\Windows\\System32\\config\\SOFTWARE"),
			.dirty = true, .checksum_ok = true,
			.primary_sequence = 8, .secondary_sequence = 7,
			.logs = software_logs, .n_logs = 1,
		},
		.policy = { .no_automount = { .is_set = true, .value = 1 },
			    .san_policy = { .is_set = true, .value = 2 } },
		.cites = CITES(select_value),
	};
}

/* "DMIO:ID:" and the GUID of disk0/p3; signature and offset of disk1/p1; the
 * same of a disk that is not here; a device's path.  */
static const uint8_t id_gpt[24] = {
	'D', 'M', 'I', 'O', ':', 'I', 'D', ':', 0x13, 0x13, 0x13, 0x13, 0x13,
	0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13,
};
static const uint8_t id_mbr[12] = {
	0xae, 0x46, 0x45, 0xdf, 0x00, 0x00, 0x10, 0x00, 0, 0, 0, 0,
};
static const uint8_t id_lost[12] = {
	0x0d, 0xf0, 0xad, 0x8b, 0x00, 0x7e, 0x00, 0x00, 0, 0, 0, 0,
};

static void fill_names(void)
{
	stored[0] = (struct mountmgr_name){
		.kind = NAME_DRIVE_LETTER, .name = text_of("\\DosDevices\\C:"),
		.letter = 'C',
		.id = { .kind = UNIQUE_ID_DMIO, .raw = { id_gpt, 24, 0 },
			.guid = GUID_OF(0x13) },
		.last_written = UINT64_C(129543680083281240),
		.cites = CITES(letter_values[0]),
	};
	stored[1] = (struct mountmgr_name){
		.kind = NAME_DRIVE_LETTER, .name = text_of("\\DosDevices\\D:"),
		.letter = 'D',
		.id = { .kind = UNIQUE_ID_MBR, .raw = { id_mbr, 12, 0 },
			.signature = 0xdf4546ae, .offset = 1 * MIB },
		.cites = CITES(letter_values[1]),
	};
	stored[2] = (struct mountmgr_name){
		.kind = NAME_DRIVE_LETTER, .name = text_of("\\DosDevices\\E:"),
		.letter = 'E',
		.id = { .kind = UNIQUE_ID_MBR, .raw = { id_lost, 12, 0 },
			.signature = 0x8badf00d, .offset = 0x7e00 },
		.cites = CITES(letter_values[2]),
	};
	stored[3] = (struct mountmgr_name){
		.kind = NAME_VOLUME,
		.name = text_of("\\?\?\\Volume{21212121-2121-2121-2121-"
				"212121212121}"),
		.guid = GUID_OF(0x21),
		.id = { .kind = UNIQUE_ID_MBR, .raw = { id_mbr, 12, 0 },
			.signature = 0xdf4546ae, .offset = 1 * MIB },
		.cites = CITES(remote_entry),
	};
	names[0] = (struct machine_name){
		.name = &stored[0], .presence = PRESENT_BOTH,
		.resolution = { 1, TIER_REGISTRY, CERTAINTY_CONFIRMED,
				1u << TIER_REGISTRY | 1u << TIER_GPT_GUID,
				CITES(gpt_entries[2]), NULL, 0, NULL, 0, false,
				false, false, false, false, false },
	};
	names[1] = (struct machine_name){
		.name = &stored[1], .presence = PRESENT_AFTER,
		.resolution = { 2, TIER_REGISTRY, CERTAINTY_SINGLE,
				1u << TIER_REGISTRY, CITES(letter_values[1]),
				NULL, 0, NULL, 0, false, false, false,
				false, false, false },
	};
	names[2] = (struct machine_name){
		.name = &stored[2], .presence = PRESENT_BOTH, .offline = true,
		.resolution = { NONE, TIER_REGISTRY,
				CERTAINTY_NOT_IN_EVIDENCE, 0, { NULL, 0 },
				&missing_disk, 1, NULL, 0, false, false,
				false, false, false, false },
	};
	remote_names[0] = (struct machine_remote_name){ 1, &stored[3],
		{ 2, TIER_REMOTE_DATABASE, CERTAINTY_SINGLE,
		  1u << TIER_REMOTE_DATABASE, CITES(mbr_entry),
		  NULL, 0, NULL, 0, false, false, false,
		  false, false, false } };
}

/* The table that Windows kept of the disk of E:, one slot of four: a
 * DRIVE_LAYOUT_INFORMATION_EX as drive_layout.c describes it.  */
static const uint8_t kept_slots[144] = {
	[8] = 0x00, 0x7e,			/* offset: 32256 */
	[16] = 0, 0, 0x10,			/* length: 1 MiB */
	[32] = 0x0c, 1, 1,			/* FAT32, active, recognized */
};
static const struct drive_layout kept_layout = {
	.scheme = DRIVE_LAYOUT_MBR, .signature = 0x8badf00d, .declared = 1,
	.n_partitions = 1, .slots = { kept_slots, 144, 0 },
};
static struct device_record kept_record;
static const struct device_record *kept_records[1] = { &kept_record };
static const uint32_t kept_slot_numbers[1];
static struct machine_known_disk known_disks[1];
static struct machine_known_volume known_volumes[2];

/* A stick that is missing, with a volume; and a volume of no known disk.  */
static void fill_known_disks(void)
{
	known_disks[0] = (struct machine_known_disk){
		.records = kept_records, .n_records = 1,
		.instance = text_of("USBSTOR\\Disk&Ven_A&Prod_B\\0123&0"),
		.bus = "USBSTOR", .vendor = "A", .product = "B",
		.serial = "0123", .model = text_of("A B USB Device"),
		.layout = &kept_layout,
		.partitions = { &kept_layout, kept_slot_numbers, 1 },
		.has_signature = true, .signature = 0x8badf00d,
		.n_volumes = 1, .disk = NONE, .has_certainty = true,
		.certainty = CERTAINTY_NOT_IN_EVIDENCE,
		.times = { .last_arrival = UINT64_C(133594528890000000) },
		.cites = CITES(kept_value),
	};
	known_volumes[0] = (struct machine_known_volume){
		.instance = text_of("STORAGE\\Volume\\{1}#0000000000007E00"),
		.at = { .has_offset = true, .offset = 32256 },
		.label = text_of("STICK"), .cites = CITES(kept_value),
	};
	known_volumes[1] = (struct machine_known_volume){
		.known_disk = NONE, .source = VOLUME_SOURCE_PORTABLE,
		.instance = text_of("STORAGE\\RemovableMedia\\7&1&0&RM"),
		.letter = 'E', .has_drive_type = true, .drive_type = 2,
		.last_tested = UINT64_C(133594528890000000),
		.tested_cites = CITES(kept_value),
		.cites = CITES(kept_value),
	};
}

static struct cite event_record[] = {
	{ 0, 154000000, 1976, "event record",
	  "\\Windows\\System32\\winevt\\Logs\\x.evtx", false, false },
};
static struct partition_event told[2];
static struct machine_disk_event disk_events[2];

/* The second disk came, and the stick went.  */
static void fill_disk_events(void)
{
	told[0] = (struct partition_event){
		.record = 6, .time = UINT64_C(133594528890000000),
		.computer = text_of("SAMPLE"), .has_number = true, .number = 5,
		.has_capacity = true, .capacity = 2048 * MIB, .has_bus = true,
		.bus = 17, .manufacturer = text_of("NULL"),
		.model = text_of("Fast Disk"), .revision = text_of("1.0"),
		.serial = text_of("S1"), .location = text_of("nvme0"),
		.parent = text_of("PCI\\VEN_8086"), .disk_id = GUID_OF(0x51),
		.has_layout = true, .layout = kept_layout,
		.has_signature = true, .signature = 0x8badf00d,
		.vbr[1] = { .there = true, .kind = FS_NTFS, .name = "NTFS",
			    .has_serial = true, .has_serial64 = true,
			    .serial = 0xc0ffee00,
			    .serial64 = UINT64_C(0x12345678c0ffee00) },
		.cites = CITES(event_record),
	};
	told[1] = (struct partition_event){
		.record = 7, .time = UINT64_C(133594528880000000),
		.has_number = true, .number = 2, .has_capacity = true,
		.disk_id = GUID_OF(0x52), .remnant = true, .damaged = true,
		.cites = CITES(event_record),
	};
	disk_events[0] = (struct machine_disk_event){
		.event = &told[0], .has_id = true, .disk = 1,
		.known_disk = NONE,
		.partitions = { &kept_layout, kept_slot_numbers, 1 },
	};
	disk_events[1] = (struct machine_disk_event){
		.event = &told[1], .disk = NONE, .known_disk = 0,
	};
}

static struct vss_header vss_header;
static struct shadow_copy shadow_copy;
static struct shadow_store shadow_stores[2];
static struct machine_shadow_copy shadows[2];
static struct cite shadow_cite[] = {
	{ 0, 42139776, 128, "shadow copy entry", NULL, false, false },
};

/* One whose store lies on another volume, and a store of nobody.  */
static void fill_shadow_copies(void)
{
	vss_header = (struct vss_header){ .volume = GUID_OF(0x61),
					  .storage = GUID_OF(0x62) };
	shadow_copy.entry = (struct vss_entry){
		.kind = VSS_ENTRY_COPY, .store = GUID_OF(0x63),
		.volume_bytes = 64 * MIB, .sequence = 3,
		.created = UINT64_C(133594528870000000),
	};
	shadow_stores[0] = (struct shadow_store){
		.entry = { .kind = VSS_ENTRY_STORE, .store = GUID_OF(0x63),
			   .header = 4 * MIB, .block_list = 5 * MIB,
			   .file = UINT64_C(2) << 48 | 41 },
		.has_info = true, .copy = GUID_OF(0x64),
		.set = GUID_OF(0x65), .context = 0x1d,
		.attributes = 0x80000101, .machine = text_of("SAMPLE"),
		.service_machine = text_of("SAMPLE"),
	};
	shadow_stores[1] = (struct shadow_store){
		.entry = { .kind = VSS_ENTRY_STORE, .store = GUID_OF(0x66),
			   .previous_bitmap = 6 * MIB },
	};
	shadows[0] = (struct machine_shadow_copy){
		.volume = 0, .header = &vss_header, .copy = &shadow_copy,
		.store_volume = 1, .store = &shadow_stores[0],
		.state = SHADOW_AVAILABLE, .cites = CITES(shadow_cite),
	};
	shadows[1] = (struct machine_shadow_copy){
		.volume = NONE, .store_volume = 1,
		.store = &shadow_stores[1], .state = SHADOW_VOLUME_MISSING,
		.cites = CITES(shadow_cite),
	};
}

/* UTF-16LE "Data".  */
static const uint8_t print_name[] = { 'D', 0, 'a', 0, 't', 0, 'a', 0 };
static const uint8_t some_bytes[16];

static void fill_reparse_points(void)
{
	points[0] = (struct ntfs_reparse){
		.ref = UINT64_C(3) << 48 | 42, .in_index = true,
		.in_record = true, .is_directory = true,
		.tag = REPARSE_TAG_MOUNT_POINT, .raw = { some_bytes, 16, 0 },
		.data = { .tag = REPARSE_TAG_MOUNT_POINT,
			  .kind = REPARSE_VOLUME_MOUNT_POINT },
		.path = { .text = text_of("\\Mount\\Data") },
		.cites = CITES(reparse_data[0]),
	};
	points[1] = (struct ntfs_reparse){
		.ref = UINT64_C(7) << 48 | 43, .in_record = true,
		.deleted = true, .is_directory = true,
		.tag = REPARSE_TAG_MOUNT_POINT, .raw = { some_bytes, 16, 0 },
		.data = { .tag = REPARSE_TAG_MOUNT_POINT,
			  .kind = REPARSE_VOLUME_MOUNT_POINT },
		.path = { .text = text_of("\\Old") },
		.cites = CITES(reparse_data[1]),
	};
	points[2] = (struct ntfs_reparse){
		.ref = UINT64_C(1) << 48 | 44, .in_index = true,
		.in_record = true, .is_directory = true,
		.tag = REPARSE_TAG_SYMLINK, .raw = { some_bytes, 16, 0 },
		.data = { .tag = REPARSE_TAG_SYMLINK, .kind = REPARSE_SYMLINK,
			  .print_name = { print_name, 8, 0 },
			  .symlink_flags = 1 },
		.path = { .text = text_of("\\link") },
		.cites = CITES(reparse_data[0]),
	};
	reparses[0] = (struct machine_reparse){ 1, &points[0],
		text_of("\\?\?\\Volume{21212121-2121-2121-2121-212121212121}"
			"\\") };
	reparses[1] = (struct machine_reparse){ 1, &points[1],
		text_of("\\?\?\\Volume{99999999-9999-9999-9999-999999999999}"
			"\\") };
	reparses[2] = (struct machine_reparse){ 1, &points[2],
						text_of("Mount\\Data") };
}

static struct machine_mount drive_root(const char *directory,
				       const char *target,
				       const struct machine_name *n)
{
	return (struct machine_mount){
		.installation = 0, .kind = MOUNT_DRIVE_ROOT,
		.host_volume = NONE, .directory = text_of(directory),
		.target = text_of(target), .resolution = n->resolution,
		.cites = n->name->cites,
	};
}

static void fill_mounts(void)
{
	mounts[0] = drive_root("C:\\", "\\?\?\\Volume{13131313-1313-1313-1313-"
			       "131313131313}\\", &names[0]);
	mounts[1] = drive_root("D:\\", "\\?\?\\Volume{21212121-2121-2121-2121-"
			       "212121212121}\\", &names[1]);
	mounts[2] = (struct machine_mount){
		.installation = 0, .kind = MOUNT_DIRECTORY, .host_volume = 1,
		.path = points[0].path.text,
		.directory = text_of("C:\\Mount\\Data"),
		.target = reparses[0].target, .in_index = true,
		.in_record = true, .ref = points[0].ref,
		.resolution = remote_names[0].resolution,
		.fsntfs = NTFS_WITNESS_AGREES, .cites = points[0].cites,
	};
	mounts[3] = (struct machine_mount){
		.installation = NONE, .kind = MOUNT_DIRECTORY, .deleted = true,
		.host_volume = 1, .path = points[1].path.text,
		.target = reparses[1].target, .in_record = true,
		.ref = points[1].ref,
		.resolution = { .volume = NONE,
				.certainty = CERTAINTY_NOT_IN_EVIDENCE },
		.cites = points[1].cites,
	};
}

/* Two users: one with an account and four traces, one without a hive.  */
static void fill_users(void)
{
	static const char *const places[] = { "MountPoints2", "BitBucket" };

	accounts[0] = (struct profile_account){
		.sid = text_of("S-1-5-21-1-2-3-1001"),
		.path = text_of("%SystemDrive%\\Users\\ada"),
		.loaded = UINT64_C(133594528890000000),
		.cites = CITES(account_key),
	};
	users[0] = (struct machine_user){
		.installation = 0, .name = text_of("ada"), .volume = 1,
		.profile = text_of("\\Users\\ada"), .accounts = user_accounts,
		.n_accounts = 1,
		.hive = { .path = text_of("\\Users\\ada\\NTUSER.DAT"),
			  .checksum_ok = true },
		.cites = CITES(account_key),
	};
	users[1] = users[0];
	users[1].name = text_of("gone");
	users[1].volume = NONE;
	users[1].profile = users[1].hive.path = text_of(NULL);
	traces[0] = (struct user_trace){
		.kind = TRACE_VOLUME, .place = places[0], .has_guid = true,
		.key = text_of("{21212121-2121-2121-2121-212121212121}"),
		.guid = GUID_OF(0x21), .label = text_of("Photos"),
		.shell = true, .last_written = UINT64_C(133594528890000000),
	};
	traces[1] = (struct user_trace){
		.kind = TRACE_SHARE, .place = places[0],
		.key = text_of("##server#share"),
		.share = text_of("\\\\server\\share"),
	};
	traces[2] = (struct user_trace){
		.kind = TRACE_LETTER, .place = places[0], .key = text_of("E"),
		.letter = 'E',
	};
	traces[3] = (struct user_trace){
		.kind = TRACE_RECYCLE_BIN, .place = places[1],
		.key = text_of("{99999999-9999-9999-9999-999999999999}"),
		.has_guid = true, .guid = GUID_OF(0x99),
	};
	for (size_t i = 0; i < 4; i++) {
		traces[i].cites = (struct cites)CITES(trace_keys[i]);
		user_volumes[i] = (struct machine_user_volume){
			.user = 0, .trace = &traces[i],
			.presence = PRESENT_BOTH,
			.resolution = { .volume = NONE, .certainty =
					CERTAINTY_NOT_IN_EVIDENCE },
		};
	}
	user_volumes[0].is_volume = user_volumes[3].is_volume = true;
	user_volumes[0].resolution = remote_names[0].resolution;
}

static const struct diag_kind finding_unreadable = {
	"CM0101", SEVERITY_ERROR, "an image cannot be read", true
};
static const struct diag_kind finding_deleted = {
	"CM0607", SEVERITY_INFO, "a mount point was deleted", false
};
static struct diag findings[2];
static struct diag_count counts[2] = {
	{ &finding_unreadable, 1, 0 }, { &finding_deleted, 1, 0 },
};

static void fill_findings(void)
{
	findings[0] = (struct diag){ &finding_unreadable,
		"broken.E01: EWF section: wrong checksum, computed 0x1, stored "
		"0x2, at byte 13", { NULL, 0 }, false };
	findings[1] = (struct diag){ &finding_deleted,
		"disk 0, partition 3, \\Old: this mount point was deleted",
		CITES(reparse_data[1]), false };
}

/* What a backup of the hive has in place of the first name.  */
static struct machine_former_name former_names[1];
static struct machine_hive former_hive;

static void fill_former_names(void)
{
	former_hive = (struct machine_hive){
		.path = text_of("\\Windows\\System32\\config\\RegBack\\SYSTEM"),
		.checksum_ok = true,
	};
	former_names[0] = (struct machine_former_name){
		.shadow_copy = NONE,
		.hive = &former_hive, .name = &stored[0],
		.presence = PRESENT_BOTH, .change = NAME_DIFFERS,
		.resolution = { .volume = NONE,
				.certainty = CERTAINTY_NOT_IN_EVIDENCE },
	};
}

/* Of the first record of each kind; all at 2024-05-06 07:08:09 UTC.  */
static struct machine_former_mount former_mounts[1];

static void fill_former_mounts(void)
{
	former_mounts[0] = (struct machine_former_mount){
		.mount = &mounts[0], .change = NAME_DIFFERS,
		.live_names = true,
	};
}

static struct machine_former_user_volume former_user_volumes[1];

static void fill_former_user_volumes(void)
{
	former_user_volumes[0] = (struct machine_former_user_volume){
		.then = user_volumes[0], .whose = &users[0],
		.change = NAME_ABSENT,
	};
}

static struct machine_event events[N_EVENT_KINDS];

static void fill_events(void)
{
	for (int i = 0; i < N_EVENT_KINDS; i++)
		events[i] = (struct machine_event){
			UINT64_C(133594528890000000), (enum event_kind)i, 0,
		};
}

struct model sample_model(void)
{
	fill_images();
	fill_disks();
	fill_volumes();
	fill_installations();
	fill_names();
	fill_known_disks();
	fill_disk_events();
	fill_shadow_copies();
	fill_reparse_points();
	fill_mounts();
	fill_users();
	fill_findings();
	fill_former_names();
	fill_former_mounts();
	fill_former_user_volumes();
	fill_events();
	return (struct model){
		.images = images, .n_images = LENGTH(images),
		.disks = disks, .n_disks = LENGTH(disks),
		.partitions = partitions, .n_partitions = LENGTH(partitions),
		.volumes = volumes, .n_volumes = LENGTH(volumes),
		.installations = installations,
		.n_installations = LENGTH(installations),
		.names = names, .n_names = LENGTH(names),
		.former_names = former_names,
		.n_former_names = LENGTH(former_names),
		.remote_names = remote_names,
		.n_remote_names = LENGTH(remote_names),
		.known_disks = known_disks,
		.n_known_disks = LENGTH(known_disks),
		.known_volumes = known_volumes,
		.n_known_volumes = LENGTH(known_volumes),
		.disk_events = disk_events,
		.n_disk_events = LENGTH(disk_events),
		.mounts = mounts, .n_mounts = LENGTH(mounts),
		.reparses = reparses, .n_reparses = LENGTH(reparses),
		.users = users, .n_users = LENGTH(users),
		.user_volumes = user_volumes,
		.n_user_volumes = LENGTH(user_volumes),
		.shadow_copies = shadows, .n_shadow_copies = LENGTH(shadows),
		.former_mounts = former_mounts,
		.n_former_mounts = LENGTH(former_mounts),
		.former_user_volumes = former_user_volumes,
		.n_former_user_volumes = LENGTH(former_user_volumes),
		.events = events, .n_events = LENGTH(events),
		.findings = { NULL, findings, LENGTH(findings), counts,
			      LENGTH(counts), false, NULL },
		.unreadable = true, .complete = false,
		.stats = { 123456, 78 },
	};
}

struct model hostile_model(const char *name)
{
	struct model m = sample_model();
	struct text t = text_of(name);

	images[0].file = name;
	entries0[2].name = t;
	volumes[1].identity.label = t;
	volumes[1].identity.name = name;
	volumes[2].paths[1].path = t;
	installations[0].system_root = t;
	installations[0].computer_name = t;
	installations[0].product_name = t;
	installations[0].build = t;
	installations[0].time_zone = t;
	installations[0].hive.path = installations[0].software.path = t;
	former_hive.path = t;
	stored[0].name = t;
	stored[2].name = t;
	stored[2].kind = NAME_OTHER;
	stored[2].id.kind = UNIQUE_ID_DEVICE;
	stored[2].id_text = t;
	stored[3].name = t;
	points[0].path.text = t;
	points[1].path.text = t;
	points[2].path.text = t;
	reparses[2].target = t;
	mounts[2].path = t;
	mounts[2].directory = t;
	mounts[3].path = t;
	mounts[3].target = t;
	known_disks[0].instance = known_disks[0].model = t;
	known_disks[0].location = t;
	known_disks[0].bus = known_disks[0].vendor = known_disks[0].product =
		known_disks[0].revision = known_disks[0].serial = name;
	told[0].computer = told[0].manufacturer = told[0].model = t;
	told[0].revision = told[0].serial = told[0].location = t;
	told[0].parent = t;
	for (size_t i = 0; i < 2; i++)
		known_volumes[i].instance = known_volumes[i].label = t;
	accounts[0].sid = accounts[0].path = t;
	users[0].name = users[0].profile = users[0].hive.path = t;
	for (size_t i = 0; i < 4; i++)
		traces[i].key = traces[i].label = traces[i].share =
			traces[i].media_label = traces[i].autorun = t;
	findings[0].message = name;
	letter_values[0][0].file = name;
	return m;
}

struct model empty_model(void)
{
	return (struct model){ .complete = true };
}

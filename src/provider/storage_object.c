#include "provider/storage_object.h"

#include "base/ascii.h"

/* GUID_DEVINTERFACE_DISK.  */
#define DISK_CLASS "#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"

/* As live hosts print it: in lower case, # where the instance has a
 * backslash.  */
const char *disk_interface(const struct provider *p, size_t disk)
{
	const struct machine_known_disk *k = disk_record(p, disk);
	char *text;

	if (k == NULL || k->instance.utf8 == NULL)
		return NULL;
	text = arena_printf(p->arena, "\\\\?\\%s" DISK_CLASS,
			    k->instance.utf8);
	for (size_t i = 4; text != NULL && text[i] != '\0'; i++)
		text[i] = text[i] == '\\' ? '#' : ascii_lower(text[i]);
	return text;
}

void cim_set_guid(const struct provider *p, const struct guid *g,
		  struct cim_value *v)
{
	char text[GUID_TEXT_CHARS + 1];

	cim_set_string(v, arena_printf(p->arena, "{%s}", guid_text(g, text)));
}

void cim_set_letter(const struct provider *p, size_t volume,
		    struct cim_value *v)
{
	char letter = volume_letter(p, volume);

	if (letter != 0)
		cim_set_char(p->arena, v, letter);
}

void cim_set_access_paths(const struct provider *p, size_t volume,
			  struct cim_value *v)
{
	const struct machine_volume *m = &p->model->volumes[volume];
	struct cim_value *paths = arena_alloc(p->arena, (m->n_paths + 1) *
					      sizeof(*paths));
	const char *name = provider_volume_name(p, volume);
	size_t n = 0;

	if (paths == NULL)
		return;
	for (size_t i = 0; i < m->n_paths; i++)
		if (provider_access_path(p, m, i) != NULL)
			cim_set_string(&paths[n++], m->paths[i].path.utf8);
	if (name != NULL)
		cim_set_string(&paths[n++], name);
	v->is_set = n > 0;
	v->elements = paths;
	v->n_elements = n;
}

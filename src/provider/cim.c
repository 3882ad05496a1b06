#include "provider/cim.h"

#include <string.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "provider/classes.h"
#include "provider/path.h"

const struct cim_class *const cim_classes[] = {
	&class_mount_point,
	&class_volume,
	&class_directory,
	&class_disk_drive,
	&class_disk_partition,
	&class_logical_disk,
	&class_drive_to_partition,
	&class_logical_disk_to_partition,
	&class_logical_disk_root_directory,
	&class_volume_quota,
	&class_quota_setting,
	&class_volume_user_quota,
	&class_account,
	&class_defrag_analysis,
	&class_msft_disk,
	&class_msft_partition,
	&class_msft_volume,
	&class_msft_disk_to_partition,
	&class_msft_partition_to_volume,
	&class_volume_to_partition,
	&class_mount_point_location,
};
const size_t n_cim_classes = sizeof(cim_classes) / sizeof(cim_classes[0]);

bool cim_class_is(const struct cim_class *c, const char *name)
{
	size_t n = strlen(name);
	const char *at = c->ancestors;

	if (ascii_compare(c->name, name) == 0)
		return true;
	while (*at != '\0') {
		const char *rest = ascii_after(at, name);

		if (n > 0 && rest != NULL && (*rest == ' ' || *rest == '\0'))
			return true;
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return false;
}

/* As the class of @o has it; where the computer's name is unknown, without.  */
static const char *reference_to(const struct cim_object *o,
				const struct cim_object *to)
{
	if (o->class->whole_references && o->provider->host != NULL)
		return path_absolute(to);
	return path_of(to);
}

void cim_get(const struct cim_object *o, const struct cim_property *p,
	     struct cim_value *ret)
{
	*ret = (struct cim_value){ 0 };
	if (p->leads_to != NULL) {
		struct cim_object to = p->leads_to(o);

		cim_set_string(ret, reference_to(o, &to));
	}
	if (p->get != NULL)
		p->get(o, ret);
}

const char *cim_type_name(enum cim_type t)
{
	switch (t) {
	case CIM_BOOLEAN: return "boolean";
	case CIM_UINT8: return "uint8";
	case CIM_UINT16: return "uint16";
	case CIM_UINT32: return "uint32";
	case CIM_UINT64: return "uint64";
	case CIM_SINT64: return "sint64";
	case CIM_REAL64: return "real64";
	case CIM_CHAR16: return "char16";
	case CIM_STRING: return "string";
	case CIM_DATETIME: return "datetime";
	case CIM_REFERENCE: return "ref";
	}
	return NULL;
}

void cim_set_boolean(struct cim_value *v, bool b)
{
	v->is_set = true;
	v->boolean = b;
}

void cim_set_integer(struct cim_value *v, uint64_t n)
{
	v->is_set = true;
	v->integer = n;
}

void cim_set_signed(struct cim_value *v, int64_t n)
{
	v->is_set = true;
	v->sinteger = n;
}

void cim_set_char(struct arena *a, struct cim_value *v, char c)
{
	cim_set_string(v, arena_printf(a, "%c", c));
	v->integer = (unsigned char)c;
}

void cim_set_string(struct cim_value *v, const char *s)
{
	v->is_set = s != NULL;
	v->string = s;
}

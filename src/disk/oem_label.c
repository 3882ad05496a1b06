#include "disk/oem_label.h"

#include <string.h>

#include "base/code_page.h"

void oem_label_set(struct arena *a, struct span label,
		   struct volume_identity *v)
{
	bool ascii = true;

	for (size_t i = 0; i < label.n; i++)
		ascii = ascii && label.p[i] < 0x80;
	v->label = text_from_code_page(a, OEM_USUAL_CODE_PAGE, label);
	if (ascii || label.n > sizeof(v->oem_label))
		return;
	memcpy(v->oem_label, label.p, label.n);
	v->oem_label_n = label.n;
	v->oem_label_at = label.at;
}

#include "evidence/opening.h"
int vhdx_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	(void)o; (void)path; (void)file; (void)ret;
	return err_set(reterr, ERR_UNSUPPORTED, 0, "VHDX", 0, 0);
}
int vmdk_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	(void)o; (void)path; (void)file; (void)ret;
	return err_set(reterr, ERR_UNSUPPORTED, 0, "VMDK", 0, 0);
}
int qcow_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	(void)o; (void)path; (void)file; (void)ret;
	return err_set(reterr, ERR_UNSUPPORTED, 0, "QCOW", 0, 0);
}

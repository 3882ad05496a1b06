/*
 * system_properties.h - what WMI adds to every object: __CLASS, __PATH ...
 *
 * Source: Microsoft's documentation, WMI System Properties.
 */
#ifndef PROVIDER_SYSTEM_PROPERTIES_H
#define PROVIDER_SYSTEM_PROPERTIES_H

#include "provider/cim.h"

/* The property of @c, or of every object, that @name calls, without regard to
 * case; NULL: there is none.  */
const struct cim_property *property_find(const struct cim_class *c,
					 const char *name);

#endif /* PROVIDER_SYSTEM_PROPERTIES_H */

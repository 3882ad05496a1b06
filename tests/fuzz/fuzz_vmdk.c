/* Header, descriptor, tables, grains.  */
#define CONTAINER_OPEN vmdk_open
#include "fuzz_container.h"

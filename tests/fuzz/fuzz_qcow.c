/* Header, tables, clusters.  */
#define CONTAINER_OPEN qcow_open
#include "fuzz_container.h"

/* Footers, header, table, blocks.  */
#define CONTAINER_OPEN vhd_open
#include "fuzz_container.h"

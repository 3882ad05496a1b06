/* Headers, log, regions, metadata, blocks.  */
#define CONTAINER_OPEN vhdx_open
#include "fuzz_container.h"

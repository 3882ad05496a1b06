/* fve_writer.h - the samples' writer of BitLocker metadata */
#ifndef TESTS_FVE_WRITER_H
#define TESTS_FVE_WRITER_H
#include "../../samples/fve_writer.h"
#endif

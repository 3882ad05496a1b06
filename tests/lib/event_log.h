/* event_log.h - the samples' builder of event logs */
#ifndef TESTS_EVENT_LOG_H
#define TESTS_EVENT_LOG_H
#include "../../samples/event_log.h"
#endif

/*
 * columns_timeline.c - the events of the timeline
 */
#include "report/kinds.h"
#include "report/timeline.h"
#include "report/value.h"

static struct told tell(const struct row *r)
{
	struct told t;

	timeline_tell(r, &t);
	return t;
}

static void event_time(const struct row *r, struct value *v)
{
	value_time(v, ((const struct machine_event *)r->record)->time);
}

static void event_event(const struct row *r, struct value *v)
{
	value_string(v, tell(r).event);
}

static void event_basis(const struct row *r, struct value *v)
{
	value_string(v, tell(r).basis);
}

static void event_source(const struct row *r, struct value *v)
{
	value_string(v, tell(r).source);
}

static void event_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", tell(r).installation);
}

static void event_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", tell(r).volume);
}

static void event_subject(const struct row *r, struct value *v)
{
	value_text(v, tell(r).subject);
}

static void event_description(const struct row *r, struct value *v)
{
	value_string(v, tell(r).description);
}

/* The record that the event is of: it has all the rest.  */
static void of_array(const struct row *r, struct value *v)
{
	value_string(v, tell(r).array);
}

static void of_index(const struct row *r, struct value *v)
{
	value_integer(v, tell(r).index);
}

static const struct column of_columns[] = {
	{ "array", VALUE_STRING, of_array },
	{ "index", VALUE_INTEGER, of_index },
};
static const struct table of_table = { of_columns, ARRAY_LENGTH(of_columns) };

static void event_of(const struct row *r, struct value *v)
{
	value_object(v, r, &of_table, r->record, r->index);
}

static void event_cite_at(const struct row *r, size_t i, struct value *v)
{
	const struct told t = tell(r);

	value_cite(v, r, t.cites, t.more, i);
}

static void event_cites(const struct row *r, struct value *v)
{
	const struct told t = tell(r);

	value_array(v, r, cites_count(t.cites, t.more), event_cite_at);
}

static const struct column event_columns[] = {
	{ "time", VALUE_STRING, event_time },
	{ "event", VALUE_STRING, event_event },
	{ "basis", VALUE_STRING, event_basis },
	{ "source", VALUE_STRING, event_source },
	{ "installation", VALUE_STRING, event_installation },
	{ "volume", VALUE_STRING, event_volume },
	{ "subject", VALUE_TEXT, event_subject },
	{ "description", VALUE_STRING, event_description },
	{ "of", VALUE_OBJECT, event_of },
	{ "citations", VALUE_ARRAY, event_cites },
};

static size_t event_count(const struct model *m)
{
	return m->n_events;
}

static const void *event_at(const struct model *m, size_t i)
{
	return &m->events[i];
}

const struct record_kind event_kind = {
	"timeline", "event", { event_columns, ARRAY_LENGTH(event_columns) },
	event_count, event_at
};

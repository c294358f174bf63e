// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - life, tested: two tasks that do all they can to one file, in every order
 *
 * A model of the kernel around the transitions, cut where another task can come in between:
 * counting writers and readers, asking the hook, inserting the mapping, returning to user mode.
 * The transitions themselves are those of measure/life.c. Every state that two tasks can reach is
 * visited once, in any number of steps.
 *
 * In each of them: while enforcing, no task can write to a file that is in use by a match
 * of enforce mode, and the file is as listed; every file in such use has its mark; a
 * refused task has changed nothing; and no task is refused that no other disturbs.
 *
 * To test the test, it is run with an error in each place that matters; each is found.
 */
#include <assert.h>

#include "measure/life.h"
#include "unit.h"

#define TASKS 2
#define TABLE_BITS 24

/* The operation of a task, and its progress; each is one atomic step. */
enum at {
	IDLE,
	WRITE_COUNT, WRITE_CHANGE, WRITE_OPEN,		/* open for writing */
	TRUNC_COUNT, TRUNC_LOOK, TRUNC_WCOUNT, TRUNC_CHANGE,	/* O_RDONLY|O_TRUNC */
	TRUNC_CUT,
	CUT_COUNT, CUT_LOOK, CUT_CHANGE, CUT_CUT,	/* truncate(2) */
	READ_COUNT, READ_PEEK, READ_START, READ_DENY, READ_HASH, READ_PUBLISH, READ_MATCH,
	MAP_HOLD, MAP_PEEK, MAP_START, MAP_DENY, MAP_HASH, MAP_PUBLISH, MAP_MATCH, MAP_INSERT,
	MAP_RETURN,
	PROT_HOLD, PROT_PEEK, PROT_MATCH, PROT_SET, PROT_RETURN,
	RELEASE_CHANGE,		/* a change by who does not count as a writer, nor writes */
	MODE_FLUSH,
	AT_MAX,
};

/* How a task uses the file. */
enum use { UNUSED, USED, VERIFIED };	/* VERIFIED: by a match while enforcing */

struct task {
	enum at at;
	enum rivet_life_step step;	/* of a change */
	enum rivet_life_state looked;	/* the state that a change has seen, once it has_looked */
	enum use reading, mapped;
	bool writing;		/* open for writing */
	bool counted;		/* as a writer by the kernel, until the operation ends */
	bool counting;		/* as a writer by the change */
	bool has_looked;
	bool denies;		/* writers, while it measures */
	bool holds;		/* writers, until it returns to user mode */
	bool enforcing;		/* the mode when it began to decide */
	bool overtaken;		/* the file was dropped since it began to measure */
	bool measured_listed;	/* its measurement, or its lookup */
	bool measured_fresh;	/* and that no mode was entered since */
	bool dropped;		/* its operation has dropped the known answer */
	bool alone;		/* nobody has disturbed its operation */
};

struct state {
	struct rivet_life life;
	bool enforcing;
	bool listed;		/* the bytes are those that a RIV has */
	bool known_listed;	/* those that were measured were */
	bool known_fresh;	/* measured since the mode was entered */
	bool lookup;		/* is kept */
	bool measuring;
	struct task task[TASKS];
};

/* The errors that the test has to find. */
enum error {
	NONE, O_TRUNC_DROPS_UNCOUNTED, DROP_BEFORE_LOOK, LOOK_UNCOUNTED, MATCH_BESIDE_WRITER,
	MATCH_WITHOUT_MARK, NO_HOLD, HOLD_ENDS_EARLY, PUBLISH_OVERTAKEN, ERROR_MAX,
};

static const char * const error_names[] = {
	[O_TRUNC_DROPS_UNCOUNTED] = "O_TRUNC drops when it is opened, before it counts as a writer",
	[DROP_BEFORE_LOOK] = "a change drops before it looks for obstacles",
	[LOOK_UNCOUNTED] = "a change looks for obstacles before it counts as a writer",
	[MATCH_BESIDE_WRITER] = "a match does not mind a writer",
	[MATCH_WITHOUT_MARK] = "a match that cannot be marked stays a match",
	[NO_HOLD] = "nothing is held between the check and the mapping",
	[HOLD_ENDS_EARLY] = "the hold ends before the mapping is inserted",
	[PUBLISH_OVERTAKEN] = "a measurement that was overtaken is published",
};

static enum error error;
static const char *violation;
static struct rivet_life_next order[__RIVET_LIFE_STEP_MAX];
static enum rivet_life_step first_step;

static void break_rule(const char *rule)
{
	if (!violation)
		violation = rule;
}

/* --- counts that the kernel keeps ------------------------------------------------ */

static int writers(const struct state *s)
{
	int sum = 0;

	for (int i = 0; i < TASKS; i++)
		sum += s->task[i].writing + s->task[i].counted + s->task[i].counting -
		       s->task[i].denies - s->task[i].holds;
	return sum;
}

static bool is_mapped(const struct state *s)
{
	return s->task[0].mapped || s->task[1].mapped;
}

static bool is_being_read(const struct state *s)
{
	for (int i = 0; i < TASKS; i++)
		if (s->task[i].reading)
			return true;
	return false;
}

static bool is_known(const struct state *s)
{
	return s->life.state != RIVET_LIFE_UNKNOWN && s->known_fresh;
}

/* --- ends of operations ------------------------------------------------------------ */

static void end(struct task *t)
{
	t->at = IDLE;
	t->counted = false;
	t->denies = false;
	t->holds = false;
	t->has_looked = false;
	t->looked = 0;
	t->step = 0;
	t->enforcing = false;
	t->overtaken = false;
	t->measured_listed = false;
	t->measured_fresh = false;
	t->dropped = false;
	t->alone = false;
}

static void refuse(struct task *t)
{
	if (t->dropped)
		break_rule("who is refused has dropped nothing");
	if (t->alone)
		break_rule("whom nobody disturbs is not refused");
	end(t);
}

/* Between reading and writing the open fails after the count of readers went up. */
static void refuse_reading(struct task *t)
{
	t->reading = UNUSED;
	refuse(t);
}

/* --- a change: rivet_change_begin() ------------------------------------------------- */

static void start_change(struct task *t)
{
	t->step = first_step;
	t->has_looked = false;
}

static bool look(struct state *s, struct task *t)
{
	return rivet_life_look(t->looked, s->enforcing, is_mapped(s), is_being_read(s)) ==
	       RIVET_LIFE_FREE;
}

static void drop(struct state *s, struct task *t)
{
	rivet_life_drop(&s->life);
	s->lookup = false;
	t->dropped = true;
	for (int i = 0; i < TASKS; i++)
		s->task[i].overtaken = true;
}

/* One step; true when the change is through. */
static bool change(struct state *s, struct task *t)
{
	bool ok = true;

	switch (t->step) {
	case RIVET_LIFE_COUNT:
		ok = writers(s) >= 0;
		t->counting = ok;
		break;
	case RIVET_LIFE_LOOK:
		if (!t->has_looked) {	/* first the state is read, then the users */
			t->looked = s->life.state;
			t->has_looked = true;
			return false;
		}
		ok = look(s, t);
		break;
	case RIVET_LIFE_FORGET:
		drop(s, t);
		break;
	case RIVET_LIFE_UNCOUNT:
	case RIVET_LIFE_GIVE_UP:
		t->counting = false;
		break;
	default:
		break;
	}
	t->step = ok ? order[t->step].done : order[t->step].failed;
	return t->step == RIVET_LIFE_PERMITTED || t->step == RIVET_LIFE_REFUSED;
}

static void change_bytes(struct state *s)
{
	s->listed = false;
	for (int i = 0; i < TASKS; i++)
		if (s->enforcing &&
		    (s->task[i].mapped == VERIFIED || s->task[i].reading == VERIFIED))
			break_rule("nobody changes what is in use as verified");
}

/* The steps of opening for writing. */
static void step_write(struct state *s, struct task *t)
{
	switch (t->at) {
	case WRITE_COUNT:
		if (writers(s) < 0) {
			refuse(t);
			return;
		}
		t->counted = true;
		start_change(t);
		t->at = WRITE_CHANGE;
		return;
	case WRITE_CHANGE:
		if (!change(s, t))
			return;
		if (t->step == RIVET_LIFE_REFUSED)
			refuse(t);
		else
			t->at = WRITE_OPEN;
		return;
	default:	/* WRITE_OPEN: the count is the descriptor's from now on */
		end(t);
		t->writing = true;
		change_bytes(s);
	}
}

/* Those of truncation, from where it counts as a writer; @next is the step after. */
static void step_cut(struct state *s, struct task *t, enum at next)
{
	if (t->at == TRUNC_WCOUNT || t->at == CUT_COUNT) {
		if (writers(s) < 0) {
			if (t->at == TRUNC_WCOUNT)
				refuse_reading(t);
			else
				refuse(t);
			return;
		}
		t->counted = true;
		start_change(t);
		t->at = next;
	} else if (t->at == TRUNC_CUT || t->at == CUT_CUT) {
		change_bytes(s);
		end(t);
	} else if (change(s, t)) {
		if (t->step == RIVET_LIFE_PERMITTED)
			t->at = next;
		else if (t->at == TRUNC_CHANGE)
			refuse_reading(t);
		else
			refuse(t);
	}
}

/* The early look of O_TRUNC and truncate(2), which drops nothing. */
static void step_look(struct state *s, struct task *t, enum at next)
{
	if (error == O_TRUNC_DROPS_UNCOUNTED && t->at == TRUNC_LOOK) {
		if (!t->has_looked) {
			start_change(t);
			t->step = RIVET_LIFE_LOOK;
			t->looked = s->life.state;
			t->has_looked = true;
		} else if (look(s, t)) {
			drop(s, t);
			t->at = next;
		} else {
			refuse_reading(t);
		}
		return;
	}
	t->looked = s->life.state;
	if (look(s, t))
		t->at = next;
	else if (t->at == TRUNC_LOOK)
		refuse_reading(t);
	else
		refuse(t);
}

/* --- measuring and matching -------------------------------------------------------- */

static void refuse_use(struct task *t)
{
	if (t->at == READ_MATCH || t->at == READ_DENY || t->at == READ_PUBLISH ||
	    t->at == READ_HASH)
		t->reading = UNUSED;
	refuse(t);
}

/* The verdict is there: @match or not. Audit mode permits either. */
static void decide(const struct state *s, struct task *t, bool match, enum at next)
{
	bool reads = t->at >= READ_COUNT && t->at <= READ_MATCH;

	if (match && s->life.state < (reads ? RIVET_LIFE_READ : RIVET_LIFE_MATCHED))
		break_rule("what is a match has its mark");
	if (!match && t->enforcing) {
		refuse_use(t);
		return;
	}
	t->measured_listed = match;
	if (next != IDLE) {
		t->at = next;
		return;
	}
	t->reading = match && t->enforcing ? VERIFIED : USED;
	end(t);
}

/* Use the known answer, or measure. */
static void peek(const struct state *s, struct task *t, enum at match, enum at measure)
{
	if (is_known(s) && writers(s) <= 0) {
		t->measured_listed = s->known_listed;
		t->measured_fresh = s->known_fresh;
		t->at = match;
	} else {
		t->at = measure;
	}
}

/* One step of measuring; READ_x and MAP_x go alike. */
static void measure(struct state *s, struct task *t)
{
	switch (t->at) {
	case READ_START:
	case MAP_START:
		if (s->measuring)
			return;		/* waits */
		s->measuring = true;
		t->overtaken = false;
		t->measured_fresh = true;
		break;
	case READ_DENY:
	case MAP_DENY:
		if (writers(s) > 0) {
			s->measuring = false;
			decide(s, t, false, t->at == MAP_DENY ? MAP_INSERT : IDLE);
			return;
		}
		t->denies = t->enforcing;
		break;
	case READ_HASH:
	case MAP_HASH:
		t->measured_listed = s->listed;
		break;
	default:	/* publish */
		s->measuring = false;
		if ((!t->denies && writers(s) > 0) ||
		    !(error == PUBLISH_OVERTAKEN ? rivet_life_publish(&s->life, s->life.changes) :
		      rivet_life_publish(&s->life, t->overtaken ? s->life.changes - 1 :
								  s->life.changes))) {
			t->denies = false;
			decide(s, t, false, t->at == MAP_PUBLISH ? MAP_INSERT : IDLE);
			return;
		}
		s->known_listed = t->measured_listed;
		s->known_fresh = t->measured_fresh;
		t->denies = false;
		break;
	}
	t->at++;
}

/* The lookup becomes a match, if it still fits the measurement. */
static void match(struct state *s, struct task *t, enum at next)
{
	bool to_read = t->at == READ_MATCH;
	bool same = s->life.state != RIVET_LIFE_UNKNOWN &&
		    s->known_listed == t->measured_listed && s->known_fresh == t->measured_fresh;
	bool marked;

	if (!t->measured_listed) {
		decide(s, t, false, next);
		return;
	}
	marked = rivet_life_match(&s->life, same, error == MATCH_BESIDE_WRITER ? 0 : writers(s),
				  to_read);
	s->lookup |= marked;
	decide(s, t, marked || error == MATCH_WITHOUT_MARK, next);
}

/* --- mapping ------------------------------------------------------------------------ */

static void take_hold(const struct state *s, struct task *t, enum at next, enum at refused)
{
	t->enforcing = s->enforcing;
	if (t->enforcing && writers(s) > 0) {
		decide(s, t, false, refused);
		return;
	}
	t->holds = t->enforcing && error != NO_HOLD;
	t->at = next;
}

/* Answered from memory: no mark is made. */
static bool is_cached(const struct state *s)
{
	return is_known(s) && s->lookup && s->known_listed && writers(s) <= 0;
}

static void insert(const struct state *s, struct task *t)
{
	t->mapped = t->measured_listed && t->enforcing ? VERIFIED : USED;
	/* A decision of the mode before stays with that mode. */
	if (!s->enforcing)
		t->mapped = USED;
	t->at++;
}

static void step_map(struct state *s, struct task *t)
{
	switch (t->at) {
	case MAP_HOLD:
		take_hold(s, t, MAP_PEEK, MAP_INSERT);
		return;
	case MAP_PEEK:
	case PROT_PEEK:
		if (is_cached(s))
			decide(s, t, true, t->at == MAP_PEEK ? MAP_INSERT : PROT_SET);
		else if (t->at == MAP_PEEK)
			peek(s, t, MAP_MATCH, MAP_START);
		else if (is_known(s) && writers(s) <= 0)
			peek(s, t, PROT_MATCH, IDLE);
		else
			decide(s, t, false, PROT_SET);
		if (error == HOLD_ENDS_EARLY)
			t->holds = false;
		return;
	case MAP_MATCH:
		match(s, t, MAP_INSERT);
		return;
	case PROT_HOLD:
		take_hold(s, t, PROT_PEEK, PROT_SET);
		return;
	case PROT_MATCH:
		match(s, t, PROT_SET);
		return;
	case MAP_INSERT:
	case PROT_SET:
		insert(s, t);
		return;
	case MAP_RETURN:
	case PROT_RETURN:
		end(t);
		return;
	default:
		measure(s, t);
	}
}

static void step_read(struct state *s, struct task *t)
{
	switch (t->at) {
	case READ_COUNT:
		t->reading = USED;
		t->at = READ_PEEK;
		return;
	case READ_PEEK:
		t->enforcing = s->enforcing;
		peek(s, t, READ_MATCH, READ_START);
		return;
	case READ_MATCH:
		match(s, t, IDLE);
		return;
	default:
		measure(s, t);
	}
}

static void step(struct state *s, struct task *t)
{
	switch (t->at) {
	case WRITE_COUNT ... WRITE_OPEN:
		step_write(s, t);
		return;
	case TRUNC_COUNT:
		t->reading = USED;
		t->at = TRUNC_LOOK;
		return;
	case TRUNC_LOOK:
		step_look(s, t, TRUNC_WCOUNT);
		return;
	case TRUNC_WCOUNT ... TRUNC_CUT:
	case CUT_CHANGE ... CUT_CUT:
		step_cut(s, t, t->at + 1);
		return;
	case CUT_COUNT:
		step_cut(s, t, CUT_LOOK);
		return;
	case CUT_LOOK:
		step_look(s, t, CUT_CHANGE);
		return;
	case RELEASE_CHANGE:
		if (!change(s, t))
			return;
		if (t->step == RIVET_LIFE_REFUSED)
			refuse(t);
		else
			end(t);
		return;
	case READ_COUNT ... READ_MATCH:
		step_read(s, t);
		return;
	case MAP_HOLD ... PROT_RETURN:
		step_map(s, t);
		return;
	default:	/* MODE_FLUSH */
		s->known_fresh = false;
		for (int i = 0; i < TASKS; i++)
			s->task[i].measured_fresh = false;
		end(t);
	}
}

/* --- operations that a task can begin ----------------------------------------------- */

/* Whether @t can expect to succeed if the other leaves it alone. */
static bool is_undisturbed(const struct state *s, const struct task *t, enum at begin)
{
	const struct task *other = &s->task[t == &s->task[0]];

	if (other->at != IDLE || other->writing || other->reading || other->mapped)
		return false;
	switch (begin) {
	case TRUNC_COUNT:	/* counts as a reader itself */
		return !t->mapped && s->life.state != RIVET_LIFE_READ;
	case WRITE_COUNT:
	case CUT_COUNT:
	case RELEASE_CHANGE:
		return !t->mapped && !t->reading;
	case READ_COUNT:
	case MAP_HOLD:
		return !t->writing && s->listed;
	case PROT_HOLD:
		return !t->writing && s->listed && is_known(s) && s->known_listed;
	default:
		return true;
	}
}

static void begin(struct state *s, struct task *t, enum at at)
{
	t->alone = is_undisturbed(s, t, at);
	t->at = at;
}

static void change_mode(struct state *s, struct task *t)
{
	s->enforcing = !s->enforcing;
	if (s->enforcing) {
		begin(s, t, MODE_FLUSH);
		return;
	}
	for (int i = 0; i < TASKS; i++) {
		if (s->task[i].mapped == VERIFIED)
			s->task[i].mapped = USED;
		if (s->task[i].reading == VERIFIED)
			s->task[i].reading = USED;
		s->task[i].enforcing = false;
	}
}

/* The list that a task chooses from when it is idle; false: not now. */
static bool choose(struct state *s, struct task *t, unsigned int n)
{
	static const enum at begins[] = { WRITE_COUNT, TRUNC_COUNT, CUT_COUNT, READ_COUNT,
					  MAP_HOLD, PROT_HOLD, RELEASE_CHANGE };

	if (n < ARRAY_SIZE(begins)) {
		enum at at = begins[n];

		if ((at == WRITE_COUNT && t->writing) || (at == MAP_HOLD && t->mapped) ||
		    (at == PROT_HOLD && t->mapped) ||
		    ((at == READ_COUNT || at == TRUNC_COUNT) && t->reading))
			return false;
		begin(s, t, at);
		start_change(t);
		return true;
	}
	switch (n) {
	case 7:
		t->writing = false;
		return true;
	case 8:
		t->reading = UNUSED;
		return true;
	case 9:
		t->mapped = UNUSED;
		return true;
	default:
		change_mode(s, t);
		return true;
	}
}

#define CHOICES 11

/* --- the search --------------------------------------------------------------------- */

static u64 *seen, *stack;
static size_t states, depth;

static u64 take_bits(u64 key, u64 value, unsigned int bits)
{
	assert(value < 1ULL << bits);
	return key << bits | value;
}

static u64 pack_task(u64 key, const struct task *t)
{
	key = take_bits(key, t->at, 6);
	key = take_bits(key, t->step, 3);
	key = take_bits(key, t->looked, 2);
	key = take_bits(key, t->reading * 3 + t->mapped, 4);
	key = take_bits(key, t->writing | t->counted << 1 | t->counting << 2 | t->has_looked << 3 |
			     t->denies << 4 | t->holds << 5 | t->enforcing << 6 |
			     t->overtaken << 7, 8);
	return take_bits(key, t->measured_listed | t->measured_fresh << 1 | t->dropped << 2 |
			      t->alone << 3, 4);
}

/*
 * life.changes is not part of it: overtaken has the part that matters. The order of the
 * tasks does not matter either.
 */
static u64 pack(const struct state *s)
{
	u64 key = s->life.state;
	bool swap = pack_task(0, &s->task[0]) > pack_task(0, &s->task[1]);

	key = take_bits(key, s->enforcing | s->listed << 1 | s->known_listed << 2 |
			     s->known_fresh << 3 | s->lookup << 4 | s->measuring << 5, 6);
	return pack_task(pack_task(key, &s->task[swap]), &s->task[!swap]);
}

static u64 get_bits(u64 *key, unsigned int bits)
{
	u64 value = *key & ((1ULL << bits) - 1);

	*key >>= bits;
	return value;
}

static void unpack_task(u64 *key, struct task *t)
{
	u64 flags = get_bits(key, 4), more = get_bits(key, 8), used = get_bits(key, 4);

	*t = (struct task){
		.measured_listed = flags & 1, .measured_fresh = flags & 2, .dropped = flags & 4,
		.alone = flags & 8, .writing = more & 1, .counted = more & 2, .counting = more & 4,
		.has_looked = more & 8, .denies = more & 16, .holds = more & 32,
		.enforcing = more & 64, .overtaken = more & 128, .reading = used / 3,
		.mapped = used % 3,
	};
	t->looked = get_bits(key, 2);
	t->step = get_bits(key, 3);
	t->at = get_bits(key, 6);
}

static void unpack(u64 key, struct state *s)
{
	u64 flags;

	unpack_task(&key, &s->task[1]);
	unpack_task(&key, &s->task[0]);
	flags = get_bits(&key, 6);
	s->enforcing = flags & 1;
	s->listed = flags & 2;
	s->known_listed = flags & 4;
	s->known_fresh = flags & 8;
	s->lookup = flags & 16;
	s->measuring = flags & 32;
	s->life = (struct rivet_life){ .state = key, .changes = 7 };
}

static void visit(const struct state *s)
{
	u64 key = pack(s) + 1, at = key * 0x9e3779b97f4a7c15ULL >> (64 - TABLE_BITS);

	while (seen[at] && seen[at] != key)
		at = (at + 1) & ((1U << TABLE_BITS) - 1);
	if (seen[at])
		return;
	seen[at] = key;
	stack[depth++] = key - 1;
	if (++states > (3U << TABLE_BITS) / 4)
		break_rule("the table of states is large enough");
}

static void check(const struct state *s)
{
	for (int i = 0; i < TASKS; i++) {
		const struct task *t = &s->task[i];
		bool mapped = t->mapped == VERIFIED, read = t->reading == VERIFIED;

		if (!s->enforcing || !(mapped || read))
			continue;
		if (!s->listed)
			break_rule("what is in use as verified is what is listed");
		if (s->life.state < (read ? RIVET_LIFE_READ : RIVET_LIFE_MATCHED))
			break_rule("what is in use as verified has its mark");
		if (s->task[0].writing || s->task[1].writing)
			break_rule("nobody can write to what is in use as verified");
	}
}

static void go_on(struct state *s, const struct state *before, int who)
{
	struct task *other = &s->task[!who];

	/* The acting task disturbs the other. */
	other->alone = false;
	if (memcmp(s, before, sizeof(*s)) == 0)
		return;
	check(s);
	visit(s);
}

static void explore_task(const struct state *from, int who)
{
	struct state s = *from;

	if (from->task[who].at != IDLE) {
		step(&s, &s.task[who]);
		go_on(&s, from, who);
		return;
	}
	for (unsigned int n = 0; n < CHOICES; n++) {
		s = *from;
		if (choose(&s, &s.task[who], n))
			go_on(&s, from, who);
	}
}

/* Returns the rule that is broken in some state, or NULL. */
static const char *explore(void)
{
	struct state s;

	memset(seen, 0, sizeof(*seen) << TABLE_BITS);
	violation = NULL;
	states = 0;
	depth = 0;
	memset(&s, 0, sizeof(s));
	s.listed = true;
	visit(&s);
	while (depth && !violation) {
		unpack(stack[--depth], &s);
		explore_task(&s, 0);
		explore_task(&s, 1);
	}
	return violation;
}

static void make_error(enum error which)
{
	error = which;
	memcpy(order, rivet_life_change, sizeof(order));
	first_step = RIVET_LIFE_COUNT;
	if (which == DROP_BEFORE_LOOK) {
		order[RIVET_LIFE_COUNT].done = RIVET_LIFE_FORGET;
		order[RIVET_LIFE_FORGET].done = RIVET_LIFE_LOOK;
		order[RIVET_LIFE_LOOK].done = RIVET_LIFE_UNCOUNT;
	} else if (which == LOOK_UNCOUNTED) {
		first_step = RIVET_LIFE_LOOK;
		order[RIVET_LIFE_LOOK].done = RIVET_LIFE_COUNT;
		order[RIVET_LIFE_COUNT].done = RIVET_LIFE_FORGET;
		order[RIVET_LIFE_LOOK].failed = RIVET_LIFE_REFUSED;
	}
}

int main(void)
{
	const char *broken;

	seen = malloc(sizeof(*seen) << TABLE_BITS);
	stack = malloc(sizeof(*stack) << TABLE_BITS);
	if (!seen || !stack)
		return 1;
	make_error(NONE);
	broken = explore();
	unit_note("%zu states", states);
	unit_ok(!broken, "two tasks and one file: %s", broken ?: "every rule holds in every state");
	for (enum error which = NONE + 1; which < ERROR_MAX; which++) {
		make_error(which);
		broken = explore();
		unit_ok(broken, "found: %s (%s)", error_names[which], broken ?: "not found");
	}
	return unit_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - event/event: the bounded buffer of events, with sequence numbers
 *
 * The size of the buffer bounds the kernel's memory for events. A slow reader that
 * misses an event before it is overwritten sees a gap in the sequence numbers.
 * Adding an event never waits for a reader. Readers link the events into the chain, so
 * that no decision pays for it.
 */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "event/event.h"
#include "mode/mode.h"

static struct rivet_event *buffer[RIVET_EVENTS_HELD];
static u64 last_seq;			/* of the newest event, 0 if none */
static u64 linked_seq;			/* of the newest event that is in the chain */
static void (*listener)(void);
/* Protects the four above; a leaf lock, never taken in interrupts. */
static DEFINE_SPINLOCK(buffer_lock);

static u8 chain[RIVET_CHAIN_SIZE];	/* up to linked_seq, zeros if that is 0 */
/* Protects the chain, and the links of events that are not linked yet. */
static DEFINE_MUTEX(link_lock);

/**
 * rivet_event_alloc() - allocate an event
 * @text_len: bytes of all its texts
 *
 * Context: may sleep.
 * Return: the event, zeroed, with one reference and the time set; or NULL.
 */
struct rivet_event *rivet_event_alloc(size_t text_len)
{
	struct rivet_event *event = kzalloc(sizeof(*event) + text_len + 1, GFP_KERNEL);

	if (!event)
		return NULL;
	refcount_set(&event->refs, 1);
	event->time = ktime_get_real_ns();
	event->count = 1;
	return event;
}

/**
 * rivet_event_set_actor() - name the acting task in an event
 * @event: the event, not yet in the buffer
 *
 * By its real credentials: a layer of an overlay is opened with its mounter's.
 *
 * Context: process context; does not sleep.
 */
void rivet_event_set_actor(struct rivet_event *event)
{
	event->pid = task_tgid_nr(current);
	event->uid = from_kuid(&init_user_ns, current_real_cred()->uid);
	event->loginuid = from_kuid(&init_user_ns, audit_get_loginuid(current));
	get_task_comm(event->comm, current);
}

/**
 * rivet_event_text_len() - add up the bytes of an event's texts
 * @event: the event
 *
 * Context: any.
 * Return: bytes, without a terminating NUL.
 */
size_t rivet_event_text_len(const struct rivet_event *event)
{
	return event->path_len + event->expected_path_len + event->exe_len +
	       event->exe_file_len + event->detail_len;
}

/**
 * rivet_event_put() - drop a reference
 * @event: the event or NULL
 *
 * Context: any.
 */
void rivet_event_put(struct rivet_event *event)
{
	if (event && refcount_dec_and_test(&event->refs))
		kfree(event);
}

/**
 * rivet_event_add() - number an event and put it into the buffer
 * @event: the event; the caller's reference passes to the buffer. NULL if there
 *	was no memory for it: that uses up a number all the same, so that readers
 *	see the gap
 *
 * Context: any but interrupts.
 */
void rivet_event_add(struct rivet_event *event)
{
	struct rivet_event *old;
	void (*notify)(void);
	u64 seq;

	spin_lock(&buffer_lock);
	seq = ++last_seq;
	if (event)
		event->seq = seq;
	old = buffer[seq % RIVET_EVENTS_HELD];
	buffer[seq % RIVET_EVENTS_HELD] = event;
	notify = listener;
	if (notify)
		notify();
	spin_unlock(&buffer_lock);
	rivet_event_put(old);
}

static u64 newest(void)
{
	u64 seq;

	spin_lock(&buffer_lock);
	seq = last_seq;
	spin_unlock(&buffer_lock);
	return seq;
}

/* Returns the event with a reference; NULL if the buffer does not hold it any more. */
static struct rivet_event *get_event(u64 seq)
{
	struct rivet_event *event;

	spin_lock(&buffer_lock);
	event = buffer[seq % RIVET_EVENTS_HELD];
	if (event && event->seq == seq)
		refcount_inc(&event->refs);
	else
		event = NULL;
	spin_unlock(&buffer_lock);
	return event;
}

/* No reader gets an event before it is linked. A lost event is linked as zeros. */
static void link_event(struct rivet_event *event, u64 seq)
{
	u8 digest[RIVET_CHAIN_SIZE] = {};

	lockdep_assert_held(&link_lock);
	if (event) {
		rivet_chain_digest(event, digest);
		memcpy(event->before, chain, RIVET_CHAIN_SIZE);
	}
	rivet_chain_extend(chain, seq, digest);
	if (event)
		memcpy(event->chain, chain, RIVET_CHAIN_SIZE);
}

/* Links the events there are. Those to come do not keep it. */
static void link_events(void)
{
	u64 last = newest(), seq;
	struct rivet_event *event;

	lockdep_assert_held(&link_lock);
	for (seq = linked_seq + 1; seq <= last; seq++) {
		event = get_event(seq);
		link_event(event, seq);
		rivet_event_put(event);
		spin_lock(&buffer_lock);
		linked_seq = seq;
		spin_unlock(&buffer_lock);
		cond_resched();
	}
}

/**
 * rivet_event_after() - get the first event with a higher number
 * @seq: a sequence number, 0 for the oldest event held
 *
 * Context: may sleep.
 * Return: the event with a reference for the caller, or NULL if there is none.
 */
struct rivet_event *rivet_event_after(u64 seq)
{
	struct rivet_event *event = NULL;

	mutex_lock(&link_lock);
	link_events();
	mutex_unlock(&link_lock);
	spin_lock(&buffer_lock);
	if (last_seq > RIVET_EVENTS_HELD && seq < last_seq - RIVET_EVENTS_HELD)
		seq = last_seq - RIVET_EVENTS_HELD;
	while (!event && seq < linked_seq)
		event = buffer[++seq % RIVET_EVENTS_HELD];
	if (event)
		refcount_inc(&event->refs);
	spin_unlock(&buffer_lock);
	return event;
}

/**
 * rivet_event_range() - get the range of sequence numbers in the buffer
 * @oldest: the oldest, 0 if none
 * @last: the newest, 0 if none
 * @head: event chain up to the newest
 *
 * Context: may sleep.
 */
void rivet_event_range(u64 *oldest, u64 *last, u8 head[RIVET_CHAIN_SIZE])
{
	mutex_lock(&link_lock);
	link_events();
	*last = linked_seq;
	*oldest = *last > RIVET_EVENTS_HELD ? *last - RIVET_EVENTS_HELD + 1 : !!*last;
	memcpy(head, chain, RIVET_CHAIN_SIZE);
	mutex_unlock(&link_lock);
}

/**
 * rivet_event_listen() - register a function that is called for every new event
 * @notify: called with a spinlock held, so it may only wake a task; NULL to stop,
 *	after which it is not called any more
 *
 * Context: any but interrupts.
 */
void rivet_event_listen(void (*notify)(void))
{
	spin_lock(&buffer_lock);
	listener = notify;
	spin_unlock(&buffer_lock);
}

/**
 * rivet_event_change() - report a change of rivet's configuration, or its refusal
 * @kind: the kind of change
 * @error: 0 if the change was made, else the negative errno of the refusal
 * @fmt: a sentence, the same for the event and for the kernel log; names from
 *	outside must be valid names or escaped
 *
 * Context: may sleep.
 */
void rivet_event_change(enum rivet_event_kind kind, int error, const char *fmt, ...)
{
	char detail[RIVET_EVENT_DETAIL_MAX];
	struct rivet_event *event;
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);
	len = rivet_name_mark_cut(detail, sizeof(detail), len);
	if (error)
		pr_warn("%s\n", detail);
	else
		pr_info("%s\n", detail);

	event = rivet_event_alloc(len);
	if (event) {
		event->kind = kind;
		event->error = -error;
		event->mode = rivet_mode_is_enforce() ? RIVET_MODE_ENFORCE : RIVET_MODE_AUDIT;
		rivet_event_set_actor(event);
		event->detail_len = len;
		memcpy(event->text, detail, len);
	}
	rivet_event_add(event);
}

/**
 * rivet_event_exit() - free the buffer
 *
 * Context: any; no event is added or read any more.
 */
void rivet_event_exit(void)
{
	unsigned int i;

	for (i = 0; i < RIVET_EVENTS_HELD; i++)
		rivet_event_put(buffer[i]);
}

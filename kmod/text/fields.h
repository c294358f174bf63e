/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/fields: the forms of the fields of an event
 */
#ifndef _RIVET_TEXT_FIELDS_H
#define _RIVET_TEXT_FIELDS_H

/* What netlink sends stands in brackets. */
/** enum rivet_field_form - how the value of a field is stored, sent and written */
enum rivet_field_form {
	RIVET_FORM_U64,		/* number [u64] */
	RIVET_FORM_TIME,	/* nanoseconds since 1970 [u64] */
	RIVET_FORM_MAGIC,	/* type of a filesystem, written in hex [u64] */
	RIVET_FORM_U32,		/* number [u32] */
	RIVET_FORM_LOGINUID,	/* uid, all ones if nobody logged in [u32] */
	RIVET_FORM_DEV,		/* device, written MAJOR:MINOR [u32] */
	RIVET_FORM_FLAGS,	/* RIVET_PATH_* [u8] */
	RIVET_FORM_KIND,	/* enum rivet_event_kind, written as its word [u8] */
	RIVET_FORM_OP,		/* the same of enum rivet_op */
	RIVET_FORM_HOOK,	/* enum rivet_hook */
	RIVET_FORM_MODE,	/* enum rivet_mode */
	RIVET_FORM_ACTION,	/* enum rivet_action */
	RIVET_FORM_REASON,	/* enum rivet_reason */
	RIVET_FORM_DIGEST,	/* digest as in a manifest; absent if there is none [string] */
	RIVET_FORM_NAME,	/* name of a set or policy [string] */
	RIVET_FORM_VERSION,	/* X.Y.Z [string] */
	RIVET_FORM_DETAIL,	/* text, escaped by its writer [string] */
	RIVET_FORM_COMM,	/* name of a task, raw bytes [binary] */
	RIVET_FORM_TEXT,	/* path, raw bytes [binary] */
};

const char *rivet_field_word(enum rivet_field_form form, unsigned int value);

#endif /* _RIVET_TEXT_FIELDS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - text/fields: the forms of the fields of an event
 */
#ifndef _RIVET_TEXT_FIELDS_H
#define _RIVET_TEXT_FIELDS_H

/** enum rivet_field_type - what a field is kept in, and what netlink sends */
enum rivet_field_type {
	RIVET_FIELD_U64,
	RIVET_FIELD_U32,
	RIVET_FIELD_U8,
	RIVET_FIELD_STRING,	/* text, terminated; texts are the types from this one on */
	RIVET_FIELD_BINARY,	/* text, raw bytes */
};

#define RIVET_FIELD_TYPE(form)	((form) >> 4)

/** enum rivet_field_form - how the value of a field is stored and written */
enum rivet_field_form {
	RIVET_FORM_U64 = RIVET_FIELD_U64 << 4,	/* number */
	RIVET_FORM_TIME,	/* nanoseconds since 1970 */
	RIVET_FORM_MAGIC,	/* type of a filesystem, written in hex */

	RIVET_FORM_U32 = RIVET_FIELD_U32 << 4,	/* number */
	RIVET_FORM_LOGINUID,	/* uid, all ones if nobody logged in */
	RIVET_FORM_DEV,		/* device, written MAJOR:MINOR */

	RIVET_FORM_FLAGS = RIVET_FIELD_U8 << 4,	/* RIVET_PATH_* */
	RIVET_FORM_KIND,	/* enum rivet_event_kind, written as its word */
	RIVET_FORM_OP,		/* the same of enum rivet_op */
	RIVET_FORM_HOOK,	/* enum rivet_hook */
	RIVET_FORM_MODE,	/* enum rivet_mode */
	RIVET_FORM_ACTION,	/* enum rivet_action */
	RIVET_FORM_REASON,	/* enum rivet_reason */

	RIVET_FORM_DIGEST = RIVET_FIELD_STRING << 4,	/* as in a manifest; absent if none */
	RIVET_FORM_NAME,	/* name of a set or policy */
	RIVET_FORM_VERSION,	/* X.Y.Z */
	RIVET_FORM_DETAIL,	/* text, escaped by its writer */
	RIVET_FORM_LINK,	/* link of the event chain, sha256:HEX */

	RIVET_FORM_COMM = RIVET_FIELD_BINARY << 4,	/* name of a task */
	RIVET_FORM_TEXT,	/* path */
};

const char *rivet_field_word(enum rivet_field_form form, unsigned int value);

#endif /* _RIVET_TEXT_FIELDS_H */

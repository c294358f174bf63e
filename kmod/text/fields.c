// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - text/fields: the forms of the fields of an event
 */
#include "text/fields.h"
#include "text/names.h"

/**
 * rivet_field_word() - word of a value
 * @form: form of the field
 * @value: any value
 *
 * Context: any.
 * Return: a static string, "unknown" outside the enumeration; NULL if values of that form
 * are not written as words.
 */
const char *rivet_field_word(enum rivet_field_form form, unsigned int value)
{
	switch (form) {
	case RIVET_FORM_KIND:
		return rivet_name_event(value);
	case RIVET_FORM_OP:
		return rivet_name_op(value);
	case RIVET_FORM_HOOK:
		return rivet_name_hook(value);
	case RIVET_FORM_MODE:
		return rivet_name_mode(value);
	case RIVET_FORM_ACTION:
		return rivet_name_action(value);
	case RIVET_FORM_REASON:
		return rivet_name_reason(value);
	default:
		return NULL;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivetctl - the files of the module that have lines "NAME: VALUE"
 */
#ifndef RIVETCTL_VALUES_H
#define RIVETCTL_VALUES_H

#include "lib/base/json.h"
#include "text/parse.h"

bool values_next(struct rivet_slice *text, struct rivet_slice *name, struct rivet_slice *value);
struct rivet_slice values_find(struct rivet_slice text, const char *wanted);
uint64_t values_number(struct rivet_slice text, const char *wanted);
bool values_is(struct rivet_slice text, const char *wanted, const char *word);
void values_json_word(struct json *json, const char *key, struct rivet_slice value);
void values_json_time(struct json *json, const char *key, uint64_t seconds);

#endif /* RIVETCTL_VALUES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - errors that library functions return: exit code, failure, reason, advice
 *
 * The library neither prints nor exits. A function that can fail takes a
 * struct err, fills it with err_set() and returns its code; the program
 * prints it.
 */
#ifndef RIVET_ERR_H
#define RIVET_ERR_H

/** enum exit_code - exit status of rivetctl; numbers are part of its interface */
enum exit_code {
	EXIT_OK			= 0,
	EXIT_OTHER		= 1,	/* none of the others */
	EXIT_USAGE		= 2,	/* wrong command line */
	EXIT_CONFIG		= 3,	/* a file or configuration that does not fit */
	EXIT_INVALID		= 4,	/* signature, manifest or policy invalid */
	EXIT_DENIED		= 5,	/* denied, or would be */
	EXIT_UNREACHABLE	= 6,	/* module or agent not reachable */
	EXIT_IO			= 7,	/* permission or I/O */
	EXIT_NOTHING		= 9,	/* nothing to do */
	EXIT_AUDIT_ONLY		= 10,	/* status: verdicts are only reported */
	EXIT_NO_RIV		= 11,	/* status: no RIV set loaded */
	EXIT_NOT_SEALED		= 12,	/* status: trust rings not sealed */
};

#define ERR_TEXT_MAX 1024

/**
 * struct err - one error
 * @code: exit status it asks for; EXIT_OK while there is none
 * @next: advice for the user, NULL if there is none; static
 * @text: "failure: reason"
 */
struct err {
	enum exit_code code;
	const char *next;
	char text[ERR_TEXT_MAX];
};

int err_set(struct err *err, enum exit_code code, const char *next, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int err_set_io(struct err *err, const char *what, const char *path);
const char *err_name(const char *name);

#endif /* RIVET_ERR_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rivet - the kind of an ELF file
 */
#ifndef RIVET_ELF_FILE_H
#define RIVET_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>

/** enum elf_kind - the use of an ELF file */
enum elf_kind {
	ELF_NONE,	/* not an ELF file, or a broken one */
	ELF_PROGRAM,	/* ET_EXEC, PIE, static PIE */
	ELF_LIBRARY,	/* shared library, or a dynamic loader */
	ELF_MODULE,	/* kernel module */
	ELF_OTHER,	/* object file, core dump and the like */
};

enum elf_kind elf_kind(int fd);
bool elf_interpreter(int fd, char *path, size_t size);

#endif /* RIVET_ELF_FILE_H */

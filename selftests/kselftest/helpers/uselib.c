// SPDX-License-Identifier: GPL-2.0
/*
 * uselib - have the kernel map a library by the system call of old
 *
 * It is one of 32-bit programs only, and maps its file readable, writable and
 * executable. The library is an ELF file of the kind that it still accepts: one
 * segment at an address of its own.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <sys/mman.h>

#include "helper.h"

#define USAGE	"uselib FILE; uselib make FILE"

#define ADDRESS	0x20000000

#ifdef __x86_64__
/* The path is below 4 GiB: a 32-bit system call takes the lower half of a register */
static long call(const char *path)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long ret = 86;

	if (low == MAP_FAILED)
		fail("mmap");
	snprintf(low, 4096, "%s", path);
	__asm__ volatile("int $0x80"
			 : "+a"(ret) : "b"(low) : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}
#else
static long call(const char *path)
{
	(void)path;
	return -EOPNOTSUPP;
}
#endif

static void make(const char *path)
{
	static char page[4096];
	Elf64_Ehdr *header = (void *)page;
	Elf64_Phdr *segment = (void *)(page + sizeof(*header));
	int fd = must_open(path, O_WRONLY | O_CREAT | O_TRUNC);

	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_EXEC;
	header->e_machine = EM_X86_64;
	header->e_version = EV_CURRENT;
	header->e_phoff = sizeof(*header);
	header->e_ehsize = sizeof(*header);
	header->e_phentsize = sizeof(*segment);
	header->e_phnum = 1;
	segment->p_type = PT_LOAD;
	segment->p_flags = PF_R | PF_X;
	segment->p_vaddr = ADDRESS;
	segment->p_filesz = sizeof(page);
	segment->p_memsz = sizeof(page);
	segment->p_align = sizeof(page);
	if (write(fd, page, sizeof(page)) != sizeof(page))
		fail(path);
}

int main(int argc, char **argv)
{
	long err;

	if (argc == 3 && !strcmp(argv[1], "make")) {
		make(argv[2]);
		return 0;
	}
	if (argc != 2)
		usage(USAGE);
	err = call(argv[1]);
	errno = -err;
	if (err)
		fail("uselib");
	return 0;
}

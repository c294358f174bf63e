// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the kind of an ELF file
 *
 * Reads files of any class and byte order, on any machine. Nothing in them is
 * trusted: every read and every loop is bounded.
 */
#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/manifest/elf_file.h"

#define HEADERS_MAX	4096		/* program or section headers read */
#define DYNAMIC_MAX	(64 * 1024)	/* dynamic entries read */
#define MODINFO		".modinfo"

#ifndef DF_1_PIE
#define DF_1_PIE 0x08000000
#endif

/**
 * struct elf - an ELF file being read
 * @fd: the file
 * @is_64: class
 * @is_little: byte order
 */
struct elf {
	int fd;
	bool is_64;
	bool is_little;
};

/**
 * struct field - position and length of a header field
 * @at: offset in bytes for both classes
 * @size: length in bytes, NATIVE if it is that of an address
 */
struct field {
	size_t at[2];
	size_t size;
};

#define NATIVE 0
#define HALF sizeof(Elf64_Half)
#define WORD sizeof(Elf64_Word)
#define SIZE_OF(elf, type) ((elf)->is_64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

static const struct field e_type = {
	{ offsetof(Elf32_Ehdr, e_type), offsetof(Elf64_Ehdr, e_type) }, HALF
};

static const struct field e_phoff = {
	{ offsetof(Elf32_Ehdr, e_phoff), offsetof(Elf64_Ehdr, e_phoff) }, NATIVE
};

static const struct field e_phentsize = {
	{ offsetof(Elf32_Ehdr, e_phentsize), offsetof(Elf64_Ehdr, e_phentsize) }, HALF
};

static const struct field e_phnum = {
	{ offsetof(Elf32_Ehdr, e_phnum), offsetof(Elf64_Ehdr, e_phnum) }, HALF
};

static const struct field e_shoff = {
	{ offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf64_Ehdr, e_shoff) }, NATIVE
};

static const struct field e_shentsize = {
	{ offsetof(Elf32_Ehdr, e_shentsize), offsetof(Elf64_Ehdr, e_shentsize) }, HALF
};

static const struct field e_shnum = {
	{ offsetof(Elf32_Ehdr, e_shnum), offsetof(Elf64_Ehdr, e_shnum) }, HALF
};

static const struct field e_shstrndx = {
	{ offsetof(Elf32_Ehdr, e_shstrndx), offsetof(Elf64_Ehdr, e_shstrndx) }, HALF
};

static const struct field p_type = {
	{ offsetof(Elf32_Phdr, p_type), offsetof(Elf64_Phdr, p_type) }, WORD
};

static const struct field p_offset = {
	{ offsetof(Elf32_Phdr, p_offset), offsetof(Elf64_Phdr, p_offset) }, NATIVE
};

static const struct field p_filesz = {
	{ offsetof(Elf32_Phdr, p_filesz), offsetof(Elf64_Phdr, p_filesz) }, NATIVE
};

static const struct field sh_name = {
	{ offsetof(Elf32_Shdr, sh_name), offsetof(Elf64_Shdr, sh_name) }, WORD
};

static const struct field sh_offset = {
	{ offsetof(Elf32_Shdr, sh_offset), offsetof(Elf64_Shdr, sh_offset) }, NATIVE
};

static const struct field sh_size = {
	{ offsetof(Elf32_Shdr, sh_size), offsetof(Elf64_Shdr, sh_size) }, NATIVE
};

static const struct field d_tag = {
	{ offsetof(Elf32_Dyn, d_tag), offsetof(Elf64_Dyn, d_tag) }, NATIVE
};

static const struct field d_value = {
	{ offsetof(Elf32_Dyn, d_un), offsetof(Elf64_Dyn, d_un) }, NATIVE
};

static bool read_at(const struct elf *elf, uint64_t offset, void *buf, size_t len)
{
	if (offset > INT64_MAX - len)
		return false;
	return pread(elf->fd, buf, len, offset) == (ssize_t)len;
}

static uint64_t get(const struct elf *elf, const unsigned char *from, const struct field *field)
{
	size_t size = field->size, i;
	uint64_t value = 0;

	if (size == NATIVE)
		size = elf->is_64 ? sizeof(Elf64_Addr) : sizeof(Elf32_Addr);
	from += field->at[elf->is_64];
	for (i = 0; i < size; i++)
		value = value << 8 | from[elf->is_little ? size - 1 - i : i];
	return value;
}

static bool read_header(struct elf *elf, unsigned char header[sizeof(Elf64_Ehdr)])
{
	if (!read_at(elf, 0, header, EI_NIDENT) || memcmp(header, ELFMAG, SELFMAG))
		return false;
	if (header[EI_CLASS] != ELFCLASS32 && header[EI_CLASS] != ELFCLASS64)
		return false;
	if (header[EI_DATA] != ELFDATA2LSB && header[EI_DATA] != ELFDATA2MSB)
		return false;
	elf->is_64 = header[EI_CLASS] == ELFCLASS64;
	elf->is_little = header[EI_DATA] == ELFDATA2LSB;
	return read_at(elf, 0, header, SIZE_OF(elf, Ehdr));
}

/**
 * struct dynamic - facts from the dynamic section
 * @is_pie: the linker marked a position independent executable
 * @has_soname: it has a name to be linked under, as libraries have
 */
struct dynamic {
	bool is_pie;
	bool has_soname;
};

static void read_dynamic(const struct elf *elf, const unsigned char *segment, struct dynamic *out)
{
	uint64_t offset = get(elf, segment, &p_offset);
	size_t step = SIZE_OF(elf, Dyn), i;
	uint64_t count = get(elf, segment, &p_filesz) / step;
	unsigned char entry[sizeof(Elf64_Dyn)];
	uint64_t tag;

	for (i = 0; i < count && i < DYNAMIC_MAX; i++) {
		if (!read_at(elf, offset + i * step, entry, step))
			return;
		tag = get(elf, entry, &d_tag);
		if (tag == DT_NULL)
			return;
		if (tag == DT_SONAME)
			out->has_soname = true;
		if (tag == DT_FLAGS_1 && get(elf, entry, &d_value) & DF_1_PIE)
			out->is_pie = true;
	}
}

/*
 * ET_DYN is a program or a library. Programs name a dynamic loader (PT_INTERP)
 * or, when static, have the linker's mark DF_1_PIE. glibc's libc.so.6 names a
 * loader as well, but has a SONAME. The loader itself has neither, and is
 * recognised by the programs that name it: see elf_interpreter().
 */
static enum elf_kind dyn_kind(const struct elf *elf, const unsigned char *header)
{
	uint64_t offset = get(elf, header, &e_phoff), count = get(elf, header, &e_phnum);
	size_t step = SIZE_OF(elf, Phdr), i;
	unsigned char segment[sizeof(Elf64_Phdr)];
	struct dynamic dynamic = { 0 };
	bool has_interp = false;

	if (get(elf, header, &e_phentsize) != step)
		return ELF_NONE;
	for (i = 0; i < count && i < HEADERS_MAX; i++) {
		if (!read_at(elf, offset + i * step, segment, step))
			return ELF_NONE;
		if (get(elf, segment, &p_type) == PT_INTERP)
			has_interp = true;
		if (get(elf, segment, &p_type) == PT_DYNAMIC)
			read_dynamic(elf, segment, &dynamic);
	}
	if (dynamic.is_pie || (has_interp && !dynamic.has_soname))
		return ELF_PROGRAM;
	return ELF_LIBRARY;
}

static bool is_modinfo(const struct elf *elf, const unsigned char *section, uint64_t names,
		       uint64_t names_size)
{
	uint64_t at = get(elf, section, &sh_name);
	char name[sizeof(MODINFO)];

	if (names_size < sizeof(name) || at > names_size - sizeof(name))
		return false;
	return read_at(elf, names + at, name, sizeof(name)) && !memcmp(name, MODINFO, sizeof(name));
}

static enum elf_kind rel_kind(const struct elf *elf, const unsigned char *header)
{
	uint64_t offset = get(elf, header, &e_shoff), count = get(elf, header, &e_shnum);
	uint64_t names, names_size, names_at = get(elf, header, &e_shstrndx);
	unsigned char section[sizeof(Elf64_Shdr)];
	size_t step = SIZE_OF(elf, Shdr), i;

	if (get(elf, header, &e_shentsize) != step ||
	    !read_at(elf, offset + names_at * step, section, step))
		return ELF_OTHER;
	names = get(elf, section, &sh_offset);
	names_size = get(elf, section, &sh_size);
	for (i = 0; i < count && i < HEADERS_MAX; i++) {
		if (!read_at(elf, offset + i * step, section, step))
			break;
		if (is_modinfo(elf, section, names, names_size))
			return ELF_MODULE;
	}
	return ELF_OTHER;
}

/**
 * elf_kind() - find the kind of an ELF file
 * @fd: open for reading; its position does not matter
 *
 * Return: the kind, ELF_NONE if it is not an ELF file.
 */
enum elf_kind elf_kind(int fd)
{
	unsigned char header[sizeof(Elf64_Ehdr)];
	struct elf elf = { .fd = fd };

	if (!read_header(&elf, header))
		return ELF_NONE;
	switch (get(&elf, header, &e_type)) {
	case ET_EXEC:
		return ELF_PROGRAM;
	case ET_DYN:
		return dyn_kind(&elf, header);
	case ET_REL:
		return rel_kind(&elf, header);
	default:
		return ELF_OTHER;
	}
}

static bool read_interpreter(const struct elf *elf, const unsigned char *segment, char *path,
			     size_t size)
{
	uint64_t len = get(elf, segment, &p_filesz);

	return len > 1 && len <= size && read_at(elf, get(elf, segment, &p_offset), path, len) &&
	       !path[len - 1];
}

/**
 * elf_interpreter() - find the dynamic loader that an ELF file names
 * @fd: open for reading; its position does not matter
 * @path: gets the name as it stands in the file
 * @size: size of @path
 *
 * Return: true; false if it names none, or if the name does not fit.
 */
bool elf_interpreter(int fd, char *path, size_t size)
{
	unsigned char header[sizeof(Elf64_Ehdr)], segment[sizeof(Elf64_Phdr)];
	struct elf elf = { .fd = fd };
	uint64_t offset, count, i;

	if (!read_header(&elf, header) ||
	    get(&elf, header, &e_phentsize) != (uint64_t)SIZE_OF(&elf, Phdr))
		return false;
	offset = get(&elf, header, &e_phoff);
	count = get(&elf, header, &e_phnum);
	for (i = 0; i < count && i < HEADERS_MAX; i++) {
		if (!read_at(&elf, offset + i * SIZE_OF(&elf, Phdr), segment, SIZE_OF(&elf, Phdr)))
			return false;
		if (get(&elf, segment, &p_type) == PT_INTERP)
			return read_interpreter(&elf, segment, path, size);
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * openways - open a file without going through its name, and print it; or be asked by
 * the kernel, as a virus scanner is, whether others may
 *
 *	handle FILE		by its handle, after the caches of names were dropped
 *	tree FOLDER NAME	in a copy of the folder's tree that is mounted nowhere
 *	memfd			a memory file, by its name in /proc
 *	scan FOLDER		allow all opens and reads there, after reading the file
 */
#define _GNU_SOURCE
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "helper.h"

#define CLONE	1	/* OPEN_TREE_CLONE */

static void print(int fd)
{
	if (fd < 0)
		fail("open");
	copy_bytes(fd, 1);
}

static void by_handle(const char *path)
{
	char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *handle = (struct file_handle *)space;
	int mount, place = must_open("/mnt/scratch", O_RDONLY);
	int drop = must_open("/proc/sys/vm/drop_caches", O_WRONLY);

	handle->handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, path, handle, &mount, 0))
		fail("name_to_handle_at");
	sync();
	if (write(drop, "2", 1) != 1)
		fail("drop_caches");
	print(open_by_handle_at(place, handle, O_RDONLY));
}

static void in_tree(const char *folder, const char *name)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, folder, CLONE | O_CLOEXEC);

	if (tree < 0)
		fail("open_tree");
	print(openat(tree, name, O_RDONLY));
}

static void from_memory(void)
{
	char name[64];
	int fd = memfd_create("note", 0);

	if (fd < 0 || write(fd, "note\n", 5) != 5)
		fail("memfd");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	print(open(name, O_RDONLY));
}

static void scan(const char *folder)
{
	int group = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);
	struct fanotify_event_metadata event;
	char bytes[64];

	if (group < 0 || fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_MOUNT,
				       FAN_OPEN_PERM | FAN_ACCESS_PERM, AT_FDCWD, folder))
		fail("fanotify");
	puts("ready");
	fflush(stdout);
	while (read(group, &event, sizeof(event)) >= (ssize_t)sizeof(event)) {
		struct fanotify_response answer = { .fd = event.fd, .response = FAN_ALLOW };

		if (pread(event.fd, bytes, sizeof(bytes), 0) < 0)
			perror("scan");
		if (write(group, &answer, sizeof(answer)) < 0)
			fail("answer");
		close(event.fd);
	}
	fail("scan");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "handle"))
		by_handle(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "tree"))
		in_tree(argv[2], argv[3]);
	else if (argc == 2 && !strcmp(argv[1], "memfd"))
		from_memory();
	else if (argc == 3 && !strcmp(argv[1], "scan"))
		scan(argv[2]);
	else
		usage("openways handle FILE | tree FOLDER NAME | memfd | scan FOLDER");
	return 0;
}

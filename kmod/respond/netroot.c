// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - respond/netroot: a root filesystem that comes over the network
 *
 * A machine that loses it by being isolated is switched off, and nothing brings it back.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/path.h>
#include <linux/string.h>

#include "respond/netroot.h"
#include "riv/lookup.h"

static bool is_network_type(const struct super_block *sb)
{
	static const char * const types[] = {
		"nfs", "nfs4", "ceph", "cifs", "smb3", "afs", "orangefs", "lustre", "gfs2", "ocfs2",
	};

	return match_string(types, ARRAY_SIZE(types), sb->s_type->name) >= 0;
}

/* The kernel's own initiator of iSCSI has a device session%u above its disks. */
static bool is_iscsi(const struct gendisk *disk)
{
	const struct device *dev;

	for (dev = disk_to_dev(disk)->parent; dev; dev = dev->parent)
		if (!strncmp(dev_name(dev), "session", strlen("session")))
			return true;
	return false;
}

static bool is_network_disk(const struct gendisk *disk)
{
	static const char * const names[] = { "nbd", "rbd", "drbd" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(disk->disk_name, names[i], strlen(names[i])))
			return true;
	return is_iscsi(disk);
}

/**
 * rivet_netroot_is() - check whether init's root filesystem comes over the network
 *
 * Does not look below device mapper, arrays and loop devices.
 *
 * Context: may sleep.
 * Return: true if it does; false also if there is no init.
 */
bool rivet_netroot_is(void)
{
	const struct super_block *sb;
	struct path root;
	bool is;

	if (!rivet_lookup_init_root(&root))
		return false;
	sb = root.dentry->d_sb;
	is = is_network_type(sb) || (sb->s_bdev && is_network_disk(sb->s_bdev->bd_disk));
	path_put(&root);
	return is;
}

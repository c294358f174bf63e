// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - hook/device: block devices that something works on, and flash memory
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "hook/device.h"

/* A loop device keeps the page cache of what it shows from starting I/O; nothing else does. */
static bool is_behind_a_loop_device(struct address_space *mapping)
{
	return !(mapping_gfp_mask(mapping) & __GFP_IO);
}

static bool overlap(struct block_device *a, struct block_device *b)
{
	return get_start_sect(a) < get_start_sect(b) + bdev_nr_sectors(b) &&
	       get_start_sect(b) < get_start_sect(a) + bdev_nr_sectors(a);
}

/**
 * struct use - what works on the parts of a disk
 *
 * Filled in without a lock: who claims a part meanwhile is as late as who claims it later.
 *
 * @any: something works on some part, or on the disk as a whole
 * @same: on sectors of the part that is asked about
 */
struct use {
	bool any;
	bool same;
};

/*
 * The kernel marks the disk of a claimed partition as claimed too; disk and partition are
 * never claimed by themselves at once.
 */
static struct use find_use(struct block_device *bdev)
{
	struct block_device *whole = bdev_whole(bdev), *part;
	bool whole_is_claimed, part_is_claimed = false;
	struct use use = {};
	unsigned long index;

	rcu_read_lock();
	whole_is_claimed = READ_ONCE(whole->bd_holder);
	xa_for_each(&whole->bd_disk->part_tbl, index, part) {
		bool claimed = part != whole && READ_ONCE(part->bd_holder);

		part_is_claimed |= claimed;
		if (!claimed && !is_behind_a_loop_device(bdev_mapping(part)))
			continue;
		use.any = true;
		use.same |= part == bdev || part == whole || overlap(part, bdev);
	}
	rcu_read_unlock();
	use.any |= whole_is_claimed;
	use.same |= whole_is_claimed && (bdev == whole || !part_is_claimed);
	return use;
}

/* What cannot be looked at counts as used, unless there is nothing to be opened. */
static struct use find_use_of(dev_t dev)
{
	struct bdev_look *look = bdev_open_to_look(dev);
	bool unknown;
	struct use use;

	if (IS_ERR(look)) {
		unknown = PTR_ERR(look) != -ENXIO && PTR_ERR(look) != -ENODEV &&
			  PTR_ERR(look) != -ENOMEDIUM;
		return (struct use){ .any = unknown, .same = unknown };
	}
	use = find_use(bdev_of_look(look));
	bdev_close_look(look);
	return use;
}

/**
 * rivet_device_is_claimed() - does something work on any sector of a block device?
 * @dev: a whole disk or a partition
 *
 * A filesystem, a device mapper, a swap or the like claims what it works on, a loop device
 * is found by the page cache. A partition may share sectors with its disk, or with another
 * partition.
 *
 * Context: may sleep.
 * Return: whether it does; false if there is no such device.
 */
bool rivet_device_is_claimed(dev_t dev)
{
	return find_use_of(dev).same;
}

/**
 * rivet_device_disk_is_claimed() - does something work on a disk or any part of it?
 * @dev: the disk, or any partition of it
 *
 * Context: may sleep.
 * Return: whether it does; false if there is no such device.
 */
bool rivet_device_disk_is_claimed(dev_t dev)
{
	return find_use_of(dev).any;
}

/**
 * rivet_device_is_image() - is a file the image of a loop device?
 * @inode: of a regular file; of one on overlayfs its own, not that of the layer
 *
 * Context: any.
 * Return: whether it is.
 */
bool rivet_device_is_image(const struct inode *inode)
{
	return is_behind_a_loop_device(inode->i_mapping);
}

/**
 * rivet_device_is_flash() - is it flash memory, raw or as a block device?
 * @mode: the type of its node, as in an inode
 * @dev: its number
 *
 * What uses flash memory (UBI, JFFS2) claims nothing that could be seen from here: all of
 * it may be below a mounted filesystem.
 *
 * Context: any.
 * Return: whether it is.
 */
bool rivet_device_is_flash(umode_t mode, dev_t dev)
{
	return (S_ISCHR(mode) && MAJOR(dev) == MTD_CHAR_MAJOR) ||
	       (S_ISBLK(mode) && MAJOR(dev) == MTD_BLOCK_MAJOR);
}

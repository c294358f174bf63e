// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/fstype: filesystems whose files change through this kernel alone
 *
 * A type outside the list is unverifiable: a filesystem that hands on the files of another
 * filesystem (ecryptfs) or of another machine, or one that nobody has examined. overlayfs is
 * not in it either: a file on overlayfs is judged by the filesystem of its layer, see
 * rivet_file_inode().
 */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/string.h>

#include "measure/fstype.h"

/* No header defines these. */
#define UBIFS_SUPER_MAGIC	0x24051905

/** enum backing - where a filesystem of a type has its bytes */
enum backing {
	BACKING_MEMORY,		/* nowhere else: no device at all */
	BACKING_DISK,		/* on one block device, which it claims */
	BACKING_DISKS,		/* on block devices of its own, which it claims */
	BACKING_FLASH,		/* on flash memory, by itself or through UBI */
};

/**
 * struct fstype - a type of filesystems that is verifiable
 *
 * Name and number must both match: another module can take the name, and several types
 * share a number.
 *
 * @name: of its type
 * @magic: as statfs(2) shows it
 * @backing: where its bytes are; a filesystem with its bytes elsewhere does not match
 */
struct fstype {
	const char *name;
	unsigned long magic;
	enum backing backing;
};

static const struct fstype fstypes[] = {
	{ "ext4", EXT4_SUPER_MAGIC, BACKING_DISK },
	{ "ext3", EXT4_SUPER_MAGIC, BACKING_DISK },
	{ "ext2", EXT4_SUPER_MAGIC, BACKING_DISK },
	{ "xfs", XFS_SUPER_MAGIC, BACKING_DISK },
	{ "btrfs", BTRFS_SUPER_MAGIC, BACKING_DISKS },
	{ "f2fs", F2FS_SUPER_MAGIC, BACKING_DISK },
	{ "vfat", MSDOS_SUPER_MAGIC, BACKING_DISK },
	{ "squashfs", SQUASHFS_MAGIC, BACKING_DISK },
	/* An image file that is mounted without a loop device has no block device. */
	{ "erofs", EROFS_SUPER_MAGIC_V1, BACKING_DISK },
	{ "iso9660", ISOFS_SUPER_MAGIC, BACKING_DISK },
	{ "ubifs", UBIFS_SUPER_MAGIC, BACKING_FLASH },
	{ "jffs2", JFFS2_SUPER_MAGIC, BACKING_FLASH },
	{ "tmpfs", TMPFS_MAGIC, BACKING_MEMORY },
	{ "ramfs", RAMFS_MAGIC, BACKING_MEMORY },
	/* Holds the initramfs and the nodes of /dev: each is one of the two above. */
	{ "rootfs", TMPFS_MAGIC, BACKING_MEMORY },
	{ "rootfs", RAMFS_MAGIC, BACKING_MEMORY },
	{ "devtmpfs", TMPFS_MAGIC, BACKING_MEMORY },
	{ "devtmpfs", RAMFS_MAGIC, BACKING_MEMORY },
};

static bool is_backed(const struct super_block *sb, enum backing backing)
{
	switch (backing) {
	case BACKING_DISK:
		return sb->s_bdev;
	case BACKING_DISKS:
		return true;
	case BACKING_MEMORY:
	case BACKING_FLASH:
		return !sb->s_bdev;
	}
	return false;
}

/**
 * rivet_fstype_shows_another() - whether a file shows the pages of another inode
 * @inode: its inode, not of overlayfs
 *
 * erofs shares pages between images that claim to have the same file (inode_share, 7.1 and
 * later): its files are then mapped and read through an inode of the kernel's own, which is
 * filled from any of them. Only such files have an open function of their own.
 *
 * Context: any.
 * Return: true if so: the measured pages are then not the used ones.
 */
bool rivet_fstype_shows_another(const struct inode *inode)
{
	return inode->i_sb->s_magic == EROFS_SUPER_MAGIC_V1 && S_ISREG(inode->i_mode) &&
	       inode->i_fop && inode->i_fop->open;
}

/**
 * rivet_fstype_is_verifiable() - whether all changes of its files pass rivet's hooks
 * @sb: the filesystem
 *
 * Context: any.
 * Return: true if a measurement holds until a hook reports a change.
 */
bool rivet_fstype_is_verifiable(const struct super_block *sb)
{
	unsigned int i;

	if (sb->s_iflags & (SB_I_UNTRUSTED_MOUNTER | SB_I_IMA_UNVERIFIABLE_SIGNATURE))
		return false;
	for (i = 0; i < ARRAY_SIZE(fstypes); i++)
		if (sb->s_magic == fstypes[i].magic && !strcmp(sb->s_type->name, fstypes[i].name))
			return is_backed(sb, fstypes[i].backing);
	return false;
}

/**
 * rivet_fstype_opens_in_folder() - whether a file's directory may be locked while it opens
 * @file: the file, which is being opened
 *
 * Filesystems that look a name up and open the file in one operation (NFS, 9p, FUSE and
 * others with atomic_open) are called with the directory's lock held. A task that looked a
 * name up in that directory, or waited for such a task, could wait for itself.
 *
 * Context: any.
 * Return: true if so.
 */
bool rivet_fstype_opens_in_folder(const struct file *file)
{
	struct dentry *parent = dget_parent(file->f_path.dentry);
	bool locked = d_inode(parent)->i_op->atomic_open;

	dput(parent);
	return locked;
}

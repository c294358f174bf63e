#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""planted.py - callers that nobody has judged: does somebody miss a verdict on each?

usage: planted.py VERDICTS HOOKS INDEX...

Each is read as if it were in a kernel's source, in a file of its own or among the callers
that verdicts are on, and judged together with that kernel's places.
"""

import pathlib
import sys

import index
import judge

NEW = "drivers/planted/planted.c"
FS = '\n\t.name = "planted",\n\t.fs_flags = FS_REQUIRES_DEV,\n};\n'
WRITE = 'kernel_write(f, "", 1, NULL);'

# Class, callee, statement of a function in a file of its own
STATEMENTS = [
    ("exec", "VM_EXEC", "vm_flags_set(vma, VM_EXEC);"),
    ("exec", "VM_EXEC", "vm_flags_set(vma, want & VM_EXEC);"),
    ("exec", "VM_EXEC", "vma->vm_flags |= want & (VM_READ | VM_EXEC);"),
    ("exec", "VM_EXEC", "vm_flags_mod(vma, VM_READ |\n\t\t     VM_EXEC, 0);"),
    ("exec", "vm_flags_init", "vm_flags_init(vma, calc_vm_prot_bits(prot, 0));"),
    ("exec", "calc_vm_prot_bits", "vm_flags_init(vma, calc_vm_prot_bits(prot, 0));"),
    ("exec", "vm_flags_set", "vm_flags_set(vma, flags);"),
    ("exec", "vm_flags_set", "vm_flags_set(vma, 0x4);"),
    ("exec", "->__vm_flags", "vma->__vm_flags |= flags;"),
    ("exec", "VMA_EXEC_BIT", "vma_set_flags(vma, VMA_EXEC_BIT);"),
    ("exec", "VMA_EXEC_BIT", "if (test_and_set_bit(VMA_EXEC_BIT, flags))\n\t\treturn 1;"),
    ("exec", "PAGE_READONLY_EXEC", "remap_pfn_range(vma, a, p, s, PAGE_READONLY_EXEC);"),
    ("exec", "do_mmap", "do_mmap(f, 0, 1, prot, 0, 0, 0, 0, 0);"),
    ("exec", "vm_brk_flags", "vm_brk_flags(0, 1, flags);"),
    ("exec", "_install_special_mapping", "_install_special_mapping(mm, 0, 1, flags, &s);"),
    ("exec", "vm_mmap", "map = vm_mmap;\n\tmap(f, 0, 1, 7, 2, 0);"),
    ("open", "bdev_file_open_by_path", 'bdev_file_open_by_path("x", BLK_OPEN_WRITE, 0, 0);'),
    ("open", "bdev_file_open_by_path", 'bdev_file_open_by_path("x", BLK_OPEN_READ | more, 0, 0);'),
    ("open", "blkdev_get_by_dev", "blkdev_get_by_dev(d, FMODE_WRITE, h);"),
    ("open", "lookup_bdev", 'lookup_bdev("x", &dev);'),
    ("open", "filp_open", 'filp_open("x", O_RDONLY | flags, 0);'),
    ("open", "filp_open", 'filp_open("x", O_RDONLY | O_TRUNC, 0);'),
    ("open", "filp_open", "open = filp_open;"),
    ("open", "dentry_open", "dentry_open(&path,\n\t\t    flags,\n\t\t    cred);"),
    ("open", "get_mtd_device", "get_mtd_device(NULL, 0);"),
    ("write", "kernel_write", 'kernel_write(f,\n\t\t     "", 1,\n\t\t     NULL);'),
    ("write", "kernel_write", '(kernel_write)(f, "", 1, NULL);'),
    ("write", "kernel_write", "x.writer = kernel_write;"),
    ("write", "kernel_write", "DEFINE_STATIC_CALL(x, kernel_write);"),
    ("write", "kernel_write", "char c = '\"';\n\t" + WRITE.replace('""', '"/*"')),
    ("write", "__kernel_write", '__kernel_write(f, "", 1, NULL);'),
    ("write", "vfs_iter_write", "vfs_iter_write(f, &i, &p, 0);"),
    ("write", "call_write_iter", "call_write_iter(f, k, i);"),
    ("write", "->write_iter", "f->f_op->write_iter(k, i);"),
    ("write", "->write_iter", "(*f->f_op->write_iter)(k, i);"),
    ("write", "->write_iter", "wi = f->f_op->write_iter;\n\twi(k, i);"),
    ("write", "->write", "f->f_op->write(f, b, 1, &p);"),
    ("write", "generic_perform_write", "generic_perform_write(k, i);"),
    ("write", "vfs_copy_file_range", "vfs_copy_file_range(f, 0, f, 0, 1, 0);"),
    ("write", "do_splice_direct", "do_splice_direct(f, &p, f, &p, 1, 0);"),
    ("write", "vfs_fallocate", "vfs_fallocate(f, 0, 0, 1);"),
    ("write", "notify_change", "notify_change(idmap, d, &attr, NULL);"),
    ("write", "set_page_dirty", "page = read_mapping_page(m, 0, f);\n\tset_page_dirty(page);"),
    ("write", "mtd_write", "mtd_write(m, 0, 1, &n, b);"),
    ("write", "->_write", "m->_write(m, 0, 1, &n, b);"),
    ("write", "ubi_leb_write", "ubi_leb_write(d, 0, b, 0, 1);"),
    ("bio", "submit_bio", "submit_bio(bio);"),
    ("bio", "submit_bio_wait", "return submit_bio_wait(bio);"),
    ("bio", "bio_await", "bio_await(bio, 0, submit);"),
    ("bio", "->submit_bio", "bdev->bd_disk->fops->submit_bio(bio);"),
    ("bio", "->queue_rq", "q->mq_ops->queue_rq(h, &b);"),
    ("bio", "blk_execute_rq", "blk_execute_rq(rq, 0);"),
    ("bio", "blk_rq_map_kern", "blk_rq_map_kern(rq, b, 1, 0);"),
    ("bio", "scsi_execute_cmd", "scsi_execute_cmd(s, cmd, op, b, 1, 1, 1, NULL);"),
    ("bio", "nvme_submit_sync_cmd", "nvme_submit_sync_cmd(q, c, b, 1);"),
    ("bio", "mmc_wait_for_req", "mmc_wait_for_req(host, &mrq);"),
    ("bio", "mark_buffer_dirty", "mark_buffer_dirty(bh);"),
    ("bio", "dax_direct_access", "dax_direct_access(d, 0, 1, 0, &k, NULL);"),
    ("gup", "access_process_vm", "access_process_vm(t, 0, b, 1, g);"),
    ("gup", "pin_user_pages", "pin_user_pages(0, 1, g, NULL);"),
    ("gup", "get_user_pages_remote", "get_user_pages_remote(mm, 0, 1, g, p, NULL);"),
    ("gup", "kthread_use_mm", "kthread_use_mm(mm);\n\tcopy_to_user(u, b, 1);"),
    ("gup", "copy_to_user_nofault", "copy_to_user_nofault(u, b, 1);"),
    ("gup", "uprobe_register", "uprobe_register(i, 0, 0, &uc);"),
    ("gup", "FOLL_FORCE", "x.flags = FOLL_FORCE;"),
    ("gup", "FOLL_FORCE", "gup_flags |= want & FOLL_FORCE;"),
    ("fs", "register_filesystem", 'type->name = "x";\n\tregister_filesystem(type);'),
]

# Class, callee, file, text
TEXTS = [
    ("open", "filp_open", NEW, "static const struct ops o = {\n\t.open = filp_open,\n};\n"),
    ("write", "kernel_write", NEW, f"#define put_it(f) \\\n\t{WRITE}\n"),
    ("write", "kernel_write", NEW, "#define put_it kernel_write\n"),
    ("write", "kernel_write", "include/linux/planted.h",
     f"static inline int planted(struct file *f) {{ return {WRITE} }}\n"),
    ("write", "kernel_write", NEW, f"static int planted(void)\n{{\n\tif (1) {{\n}}\n\t{WRITE}\n}}\n"),
    ("write", "kernel_write", NEW,
     "#ifdef X\nstatic int planted(int a) {\n#else\nstatic int planted(long a) {\n#endif\n"
     f"\t{WRITE}\n}}\n"),
    ("fs", "FS_REQUIRES_DEV", NEW, "static struct file_system_type p = {" + FS),
    ("fs", "FS_REQUIRES_DEV", NEW, "struct file_system_type p __ro_after_init =\n{" + FS),
    ("fs", "-", NEW, 'static struct file_system_type p = { .name = "planted" };\n'),
    ("fs", "-", NEW, 'struct file_system_type p[] = {\n\t{ .name = "a" },\n\t{ .name = "b" },\n};\n'),
    ("fs", "get_tree_nodev", "fs/squashfs/super.c",
     'static struct file_system_type squashfs_fs_type = {\n\t.name = "squashfs",\n};\n\n'
     "static int planted(void)\n{\n\treturn get_tree_nodev(fc, get);\n}\n"),
    ("lsm", "planted", "include/linux/lsm_hook_defs.h", "LSM_HOOK(int, 0, planted, int a)\n"),
    ("lsm", "planted", "include/linux/lsm_hook_defs.h", "LSM_HOOK(int, 0,\n\t planted, int a)\n"),
    ("lockdown", "LOCKDOWN_PLANTED", "include/linux/security.h",
     "enum lockdown_reason {\n\tLOCKDOWN_NONE,\n\tLOCKDOWN_PLANTED\n};\n"),
]

# The same in files that have verdicts on all there is today
AMONG_OTHERS = [
    ("exec", "include/linux/mm.h", "vm_flags_set(vma, VM_EXEC);"),
    ("open", "fs/overlayfs/copy_up.c", "dentry_open(&path, O_RDWR, cred);"),
    ("write", "fs/smb/server/planted.c", WRITE),
    ("write", "drivers/mtd/planted.c", "mtd_write(m, 0, 1, &n, b);"),
    ("write", "fs/ubifs/planted.c", "vfs_fallocate(f, 0, 0, 1);"),
    ("bio", "drivers/md/planted.c", "submit_bio(bio);"),
    ("bio", "drivers/scsi/scsi_lib.c", "blk_execute_rq(rq, 0);"),
    ("bio", "drivers/nvme/host/core.c", "nvme_submit_sync_cmd(q, c, b, 1);"),
    ("gup", "drivers/gpu/drm/planted.c", "get_user_pages_remote(mm, 0, 1, FOLL_FORCE, p, 0);"),
    ("gup", "mm/gup.c", "x.flags = FOLL_FORCE;"),
    ("gup", "virt/kvm/planted.c", "pin_user_pages(0, 1, FOLL_FORCE, NULL);"),
    ("gup", "drivers/staging/vc04_services/planted.c", "pin_user_pages(0, 1, g, NULL);"),
    ("bio", "arch/x86/kernel/planted.c", "submit_bio(bio);"),
    ("bio", "drivers/staging/planted/planted.c", "submit_bio(bio);"),
    ("bio", "drivers/planted/included.inc", "submit_bio(bio);"),
    ("bio", "fs/nfs/planted.c", "submit_bio(bio);"),
]

# No places
HARMLESS = [
    "/* kernel_write( in a comment */",
    'pr_info("kernel_write( VM_EXEC");',
    "if (vma->vm_flags & VM_EXEC)\n\t\treturn 1;",
    'filp_open("x", O_RDONLY | O_LARGEFILE, 0);',
    "vm_flags_set(vma, VM_IO | VM_DONTEXPAND);",
    "if (!f->f_op->write_iter)\n\t\treturn 1;",
]


def function(statement):
    """A function of one statement."""
    return ("/* a function */\nstatic int planted(struct vm_area_struct *vma, struct bio *bio,\n"
            f"\t\t   struct file *f)\n{{\n\t{statement}\n\treturn 0;\n}}\n")


def list_places(path, text):
    """The findings of the search in a file."""
    places = index.Index()
    if index.is_wanted(path):
        places.read(path, text, index.kinds_of(text.encode()))
    return places.places


def is_missed(verdicts, kernels, kernel, found, count):
    """Whether nothing is said about one more place."""
    place = judge.Place(kernel, *found, count)
    on = [(verdict, verdict.part_of(place)) for verdict in verdicts if verdict.kind == place.kind]
    return not any(part and not any(judge.check_numbers(verdict, part, kernels, count))
                   for verdict, part in on)


def list_all():
    """Every plant: its class, its callee or None, its file and text."""
    yield from ((kind, callee, NEW, function(text)) for kind, callee, text in STATEMENTS)
    yield from TEXTS
    yield from ((kind, None, path, function(text)) for kind, path, text in AMONG_OTHERS)


def main(args):
    """Print planted faults that were not found."""
    folder, hooks, *indexes = map(pathlib.Path, args)
    attached = set(judge.HOOK.findall(hooks.read_text(encoding="utf-8")))
    verdicts, _ = judge.read_verdicts(folder)
    kernels = [file.stem for file in indexes]
    judge.match_all([place for file in indexes for place in judge.read_index(file, attached)],
                    verdicts)
    through = []
    for kind, callee, path, text in list_all():
        places = {found: number for found, number in list_places(path, text).items()
                  if found[0] == kind and callee in (None, found[3])}
        missed = [is_missed(verdicts, kernels, kernel, found, number)
                  for found, number in places.items() for kernel in kernels]
        if not missed or not all(missed):
            through.append(f"{'not missed' if missed else 'not found'}: {kind} {callee}: {text}")
    for text in HARMLESS:
        through += [f"found, and is harmless: {place}" for place in list_places(NEW, function(text))]
    print(f"# {len(list(list_all()))} callers planted")
    print(*through, sep="\n", end="\n" if through else "")
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

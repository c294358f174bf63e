#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""index.py - list the places of a kernel's source through which bytes could come in

usage: index.py [-c CONFIG]... TREE | -        (- is a tar archive on standard input)

One line a place, its parts separated by tabs: class, file, function, callee, count. No
line numbers: a place stays the same place while its file is worked on. The classes are
those of Documentation/surface.md.
"""

import collections
import pathlib
import posixpath
import re
import sys
import tarfile

import built
import source

SKIPPED = re.compile(r"(?:Documentation|tools|samples|scripts|usr|rust)/|"
                     r"arch/(?!x86/|arm64/)|arch/x86/(?:um|boot|tools|realmode)/|.*/selftests?/|"
                     r"lib/test_|.*/testing/|mm/(?:debug_vm_pgtable|nommu)|"
                     r"drivers/gpu/drm/amd/include/")

EXEC_WORD = (r"VM_EXEC|VMA_EXEC_BIT|TASK_EXEC|TASK_EXEC_BIT|PROT_EXEC|VMA?_ACCESS_FLAGS|"
             r"VMA?_DATA_FLAGS_(?:EXEC|TSK_EXEC)|VMA?_(?:DATA|STACK)_DEFAULT_FLAGS|"
             r"VMA?_STACK_FLAGS")
EXEC_CALL = (r"vm_mmap(?:_pgoff)?|do_mmap|mmap_region|vm_brk_flags|do_brk_flags|insert_vm_struct|"
             r"_?install_special_mapping|mprotect_fixup|do_mprotect_pkey")
OPEN_CALL = (r"bdev_file_open_by_(?:dev|path)|bdev_open_by_(?:dev|path)|bdev_file_open_init|"
             r"blkdev_get(?:_by_\w+|_no_open)?|bdev_open|"
             r"filp_open|file_open_root(?:_mnt)?|dentry_open(?:_nonotify)?|"
             r"kernel_file_open|file_open_name|vfs_open|do_filp_open|do_file_open(?:_root)?|"
             r"dentry_create|alloc_file(?:_pseudo\w*|_clone)?|"
             r"backing_(?:file|tmpfile)_open|kernel_tmpfile_open|vfs_path_open|"
             r"get_mtd_device(?:_nm)?|of_get_mtd_device_by_node|open_mtd_by_chdev|"
             r"ubi_open_volume\w*")
WRITE_CALL = (r"(?:__)?kernel_write(?:_iter)?|vfs_iter_write|vfs_iocb_iter_write|call_write_iter|"
              r"vfs_write|vfs_writev|do_splice_from|do_splice_direct|splice_direct_to_actor|"
              r"splice_file_range|vfs_splice\w*|splice_file_to_pipe|"
              r"(?:vfs|generic)_copy_file_range|vfs_clone_file_range|do_clone_file_range|"
              r"vfs_dedupe_file_range(?:_one)?|vfs_fallocate|vfs_truncate|do_truncate|"
              r"backing_file_(?:write_iter|splice_write)|"
              r"mtd_(?:write|write_oob|erase|writev|panic_write|point)|"
              r"ubi_(?:leb_write|leb_change|write|leb_erase|leb_unmap|leb_map)")
WRITE_MEMBER = (r"(?:write_iter|splice_write|copy_file_range|remap_file_range|fallocate|"
                r"write_begin|write_end|swap_rw|direct_IO|writepage)")
BIO_CALL = (r"submit_bio(?:_\w+)?|bdev_rw_virt|blk_execute_rq(?:_nowait)?|blkdev_issue_\w+|"
            r"__blkdev_issue_\w+|submit_bh\w*|bh_submit\w*|write_dirty_buffer|sync_dirty_buffer|"
            r"dm_io|dm_kcopyd_copy|dm_kcopyd_zero|scsi_execute_cmd|blk_rq_map_user\w*|"
            r"swap_writepage\w*|swap_write_unplug|sync_page_io|md_write_metadata|md_super_write|"
            r"__swap_writepage|swap_writeout")
GUP_CALL = (r"(?:get|pin)_user_pages?(?:_\w+)?|faultin_page(?:_range)?|"
           r"access_(?:process_vm|remote_vm)|__access_remote_vm|fixup_user_fault|"
            r"iov_iter_(?:extract_pages|get_pages\w*)|"
            r"hmm_range_fault|memfd_pin_folios|__get_user_pages\w*|"
            r"copy_to_user_page|get_dump_page|populate_vma_page_range|"
            r"make_device_exclusive(?:_range)?")
KERNEL_WORD = r"FOLL_FORCE|FOLL_WRITE"

CALL = {
    "exec": EXEC_CALL, "open": OPEN_CALL, "write": WRITE_CALL, "bio": BIO_CALL,
    "gup": GUP_CALL,
}
PATTERN = {name: re.compile(rf"(?<![\w.>])({words})\s*(\()") for name, words in CALL.items()}
MEMBER = re.compile(rf"(?:->|\.)({WRITE_MEMBER})\s*(\()")
WORD = {"exec": re.compile(rf"\b({EXEC_WORD})\b"), "gup": re.compile(rf"\b({KERNEL_WORD})\b")}
# No place of a class is without one of these. To look for words one by one is what is fastest.
HINTS = {
    "exec": b"""
        VM_EXEC VMA_EXEC TASK_EXEC ACCESS_FLAGS DATA_FLAGS DEFAULT_FLAGS STACK_FLAGS
        PROT_EXEC vm_mmap do_mmap mmap_region brk_flags insert_vm_struct special_mapping
        mprotect_fixup do_mprotect_pkey
        """.split(),
    "open": b"""
        bdev_file_open bdev_open blkdev_get filp_open file_open_root dentry_open
        kernel_file_open file_open_name vfs_open do_file_open dentry_create alloc_file
        backing_ tmpfile_open vfs_path_open get_mtd_device mtd_by_chdev ubi_open_volume
        """.split(),
    "write": b"""
        kernel_write vfs_iter_write vfs_iocb_iter_write call_write_iter vfs_write splice
        copy_file_range file_range fallocate truncate mtd_ ubi_leb ubi_write write_iter
        write_begin write_end swap_rw direct_IO writepage
        """.split(),
    "bio": b"""
        submit_bio bdev_rw_virt blk_execute_rq blkdev_issue submit_bh bh_submit dirty_buffer
        dm_io dm_kcopyd scsi_execute_cmd blk_rq_map_user swap_write sync_page_io super_write
        write_metadata
        """.split(),
    "gup": b"""
        user_page faultin_page access_process_vm access_remote_vm fixup_user_fault
        iov_iter_extract_pages iov_iter_get_pages hmm_range_fault memfd_pin_folios
        get_dump_page populate_vma_page_range device_exclusive FOLL_FORCE FOLL_WRITE
        """.split(),
    "fs": b"file_system_type".split(),
    "lsm": b"LSM_HOOK(".split(),
    "lockdown": b"LOCKDOWN_NONE".split(),
}

# An expression that only looks whether the word is set, or clears it.
TESTED = re.compile(r"(?:&\s*~?\s*|\[\s*|&\s*~?\s*\([^()&]*|\[[^\]\n]*|_test\w*\([^()]*|"
                    r"_clear\w*\([^()]*|case\s+|\w*vma_test\w*\([^()]*)$")
FS_TYPE = re.compile(r"struct file_system_type (\w+)\s*=\s*\{(.*?)\n\};", re.S)
FS_NAME = re.compile(r"\.name\s*=\s*(\"[^\"]*\"|\w+)")
FS_FLAG = re.compile(r"FS_\w+")
FS_TREE = re.compile(r"\b(get_tree_(?:bdev|nodev|single|keyed|mtd)\w*|"
                     r"mount_(?:bdev|nodev|single|mtd)|vfs_get_super|sget(?:_fc|_dev)?|"
                     r"init_pseudo|kernfs_get_tree|"
                     r"shmem_init_fs_context)\s*\(")
LSM_HOOK = re.compile(r"^LSM_HOOK\([^,]+,[^,]+,\s*(\w+)", re.M)
LOCKDOWN = re.compile(r"\b(LOCKDOWN_\w+)\s*(?:=\s*\w+\s*)?,")


def reads_only(args):
    """Whether what is opened is opened for reading, and says so."""
    reads = re.search(r"\bO_RDONLY\b|\bBLK_OPEN_READ\b|\bFMODE_READ\b", args)
    return reads and not re.search(r"O_RDWR|O_WRONLY|\w*_WRITE\b|sb_open_mode", args)


class Index:
    """The places of one kernel, counted."""

    def __init__(self):
        self.places = collections.Counter()

    def add(self, kind, path, function, callee):
        """One more place of a class."""
        self.places[kind, path, function or "-", callee] += 1

    def read(self, path, text, kinds):
        """All places of one file that are of these classes."""
        if "fs" in kinds:
            self._types(path, text)
        text = source.blank(text)
        if path == "include/linux/lsm_hook_defs.h":
            for name in LSM_HOOK.findall(text):
                self.add("lsm", path, "-", name)
        if path == "include/linux/security.h":
            for name in LOCKDOWN.findall(text):
                self.add("lockdown", path, "-", name)
        self._places(path, text, kinds)

    def _types(self, path, text):
        trees = sorted(set(FS_TREE.findall(text)))
        for name, body in FS_TYPE.findall(text):
            said = FS_NAME.search(body)
            flags = sorted(set(FS_FLAG.findall(body)) & {"FS_REQUIRES_DEV"})
            self.add("fs", path, said.group(1).strip('"') if said else name,
                     "+".join(flags + trees) or "-")

    def _places(self, path, text, kinds):
        contexts = source.Contexts(text)
        for kind in kinds & PATTERN.keys():
            for match in PATTERN[kind].finditer(text):
                self._call(kind, path, text, contexts, match)
        for match in MEMBER.finditer(text) if "write" in kinds else ():
            self._call("write", path, text, contexts, match, "->")
        for kind in kinds & WORD.keys():
            for match in WORD[kind].finditer(text):
                before = text[max(0, match.start() - 120):match.start()]
                if not TESTED.search(before.rsplit(";", 1)[-1]) and \
                        not re.search(r"#\s*(?:define|ifn?def)\s+$", before):
                    self._at(kind, path, contexts, match, match.group(1))

    def _call(self, kind, path, text, contexts, match, prefix=""):
        """Neither a declaration nor the head of the function itself."""
        if contexts.at(match.start()) in (None, match.group(1)):
            return
        if kind == "bio" and path.startswith("fs/"):
            return
        if kind == "open" and reads_only(source.arguments(text, match.start(2))):
            return
        self._at(kind, path, contexts, match, prefix + match.group(1))

    def _at(self, kind, path, contexts, match, callee):
        self.add(kind, path, contexts.at(match.start()), callee)

    def write(self, out):
        """Sorted, one line a place."""
        for place, count in sorted(self.places.items()):
            print(*place, count, sep="\t", file=out)


def files_of_tree(tree):
    """Path and bytes of each file below a folder."""
    for file in sorted(pathlib.Path(tree).rglob("*")):
        if file.is_file() and not file.is_symlink():
            path = file.relative_to(tree).as_posix()
            if is_wanted(path):
                yield path, file.read_bytes()


def files_of_archive():
    """The same of an archive on standard input, whose paths begin with one folder."""
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            if member.isfile() and is_wanted(path):
                yield path, archive.extractfile(member).read()


def is_wanted(path):
    """Sources and makefiles of what Debian builds for its two architectures."""
    name = posixpath.basename(path)
    return not SKIPPED.match(path) and (path[-2:] in (".c", ".h") or
                                        name in ("Makefile", "Kbuild"))


def main(args):
    """Read everything once; what is not built is known only at the end."""
    configs = []
    while args[:1] == ["-c"]:
        configs.append(pathlib.Path(args[1]).read_text(encoding="utf-8"))
        args = args[2:]
    if len(args) != 1:
        sys.exit(__doc__)
    makefiles, sources, included = {}, {}, {}
    for path, data in files_of_archive() if args[0] == "-" else files_of_tree(args[0]):
        if path[-2:] not in (".c", ".h"):
            makefiles[path] = data.decode()
            continue
        if b'.c"' in data:
            for name in built.list_included(posixpath.dirname(path), data.decode()):
                included.setdefault(name, []).append(path)
        kinds = {kind for kind, hints in HINTS.items() if any(hint in data for hint in hints)}
        if kinds:
            sources[path] = data.decode(), kinds
    which = built.Built(makefiles, built.list_options(configs)) if configs else None
    index = Index()
    for path, (text, kinds) in sources.items():
        if not which or any(map(which.has, [path] + included.get(path, []))):
            index.read(path, text, kinds)
    index.write(sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])

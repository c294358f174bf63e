# SPDX-License-Identifier: GPL-2.0
# rivet - Reference Integrity Value Enforcement for Things
#
# "make help" lists the targets. Everything that is built goes under build/.

KERNELRELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
PREFIX ?= /usr
DESTDIR ?=
INSTALL_MOD_PATH ?= $(DESTDIR)
OUT ?= $(CURDIR)/build
KERNEL ?= all
VERSION := $(shell sed -n 's/^\#define RIVET_VERSION "\(.*\)"/\1/p' kmod/version.h)
MODDIR := $(OUT)/module/$(KERNELRELEASE)

.PHONY: all module userspace demo check check-long check-unit check-vm check-headers lint bench \
	install install-module install-userspace dkms-install clean help

all: module userspace

# Kbuild writes beside the sources, so it gets a copy.
module:
	@mkdir -p $(MODDIR)
	@rsync -a --delete --include=/kmod/*** --include=/Kbuild --exclude='*' \
		--filter='P *.o' --filter='P .*.cmd' --filter='P *.ko' --filter='P *.mod*' ./ $(MODDIR)/
	$(MAKE) -C $(KDIR) M=$(MODDIR) modules

userspace:
	$(MAKE) -C userspace OUT=$(OUT)/userspace PREFIX=$(PREFIX)

check:
	@bash selftests/check.sh all

check-long:
	@bash selftests/check.sh long $(PART)

check-unit:
	@bash selftests/check.sh unit

check-vm:
	@bash selftests/check.sh vm $(KERNEL)

check-headers:
	@bash selftests/vm/headers.sh $(if $(RELEASES),$(foreach each,$(RELEASES),'$(each)'))

lint:
	@bash selftests/check.sh lint

bench:
	@bash selftests/bench/bench.sh

demo:
	@bash selftests/gateway/demo.sh

install: install-module install-userspace

install-module: module
	$(MAKE) -C $(KDIR) M=$(MODDIR) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) modules_install

install-userspace: userspace
	$(MAKE) -C userspace OUT=$(OUT)/userspace PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

dkms-install:
	rm -rf /usr/src/rivet-$(VERSION)
	mkdir -p /usr/src/rivet-$(VERSION)
	cp -a Kbuild kmod COPYING /usr/src/rivet-$(VERSION)/
	sed 's/@VERSION@/$(VERSION)/' dkms.conf >/usr/src/rivet-$(VERSION)/dkms.conf
	dkms install rivet/$(VERSION)

clean:
	rm -rf $(OUT)/module $(OUT)/userspace $(OUT)/unit $(OUT)/fuzz $(OUT)/vm

help:
	@echo 'make               the module for KDIR= or KERNELRELEASE= (default: the running kernel), and userspace'
	@echo 'make demo          see it work: a VM with a real broker, step by step (root, Debian; installs missing packages)'
	@echo 'make check         every test; ends with "N passed, N failed, N skipped"'
	@echo 'make check-long    hours: wide tests on every kernel, scenarios, headers; PART=NAME for one'
	@echo 'make check-unit    host tests and a short fuzz run; no root, seconds'
	@echo 'make check-vm      kernel self-tests in QEMU, the wide ones too; KERNEL=6.1|6.12|7.x|arm64-6.12|debug-6.12|all'
	@echo 'make check-headers  build against every packaged kernel; RELEASES=PATTERNS for some; by name, an hour'
	@echo 'make bench         instruction counts in QEMU, beside IMA'
	@echo 'make lint          checkpatch, sparse, W=1, kernel-doc, layers, shellcheck, the kernel'"'"'s ways, ...'
	@echo 'make install       module and userspace; DESTDIR= PREFIX= INSTALL_MOD_PATH='
	@echo 'make dkms-install  build and install for this machine through DKMS'
	@echo 'make clean         remove all build results; caches of kernels and guests stay'

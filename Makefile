# SPDX-License-Identifier: GPL-2.0
# rivet - Reference Integrity Value Enforcement for Things
#
# "make help" lists the targets. Everything that is built goes under build/.

KERNELRELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
PREFIX ?= /usr
DESTDIR ?=
INSTALL_MOD_PATH ?= $(DESTDIR)
DEPMOD ?= depmod
DKMS ?= dkms
DKMS_TREE ?= /usr/src
OUT ?= $(CURDIR)/build
KERNEL ?= all
VERSION := $(shell sed -n 's/^\#define RIVET_VERSION "\(.*\)"/\1/p' kmod/version.h)
MODDIR := $(OUT)/module/$(KERNELRELEASE)
BUILT_IN := $(OUT)/trust/built_in.def

.PHONY: all trust module userspace demo check check-long check-unit check-vm check-headers lint bench \
	install install-module install-userspace dkms-install uninstall deb module-deb clean help

all: module userspace

# The certificates of TRUST= are built in until TRUST= names others, or none: a later
# "make install" is not to install a module without them. "make clean" leaves them.
trust:
	@mkdir -p $(OUT)/trust
ifneq ($(TRUST),)
	@sh kmod/trust/built_in.sh '$(subst ','\'',$(TRUST))' >$(BUILT_IN).new
	@mv $(BUILT_IN).new $(BUILT_IN)
else ifneq ($(origin TRUST),undefined)
	@rm -f $(BUILT_IN)
endif
	@test -f $(BUILT_IN) || cp kmod/trust/built_in.def $(BUILT_IN)

# Kbuild writes beside the sources, so it gets a copy. The first filter that fits counts, so
# the objects are protected before their folder is included.
module: trust
	@test -f $(KDIR)/Makefile || { echo 'rivet: no kernel headers in $(KDIR); on Debian: apt install linux-headers-$(KERNELRELEASE); or name others: KDIR=FOLDER' >&2; exit 1; }
	@mkdir -p $(MODDIR)
	@rsync -a --delete --filter='P *.o' --filter='P .*.cmd' --filter='P *.ko' --filter='P *.mod*' \
		--exclude=/kmod/trust/built_in.def --include=/kmod/*** --include=/Kbuild \
		--exclude='*' ./ $(MODDIR)/
	@cmp -s $(BUILT_IN) $(MODDIR)/kmod/trust/built_in.def || \
		cp $(BUILT_IN) $(MODDIR)/kmod/trust/built_in.def
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

# A kernel whose key to sign modules is elsewhere would only complain of it. Kbuild runs
# depmod where the headers have a System.map, and Debian's have none.
signing = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
install-module: module
	$(MAKE) -C $(KDIR) M=$(MODDIR) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) $(signing) modules_install
	$(if $(INSTALL_MOD_PATH),,$(DEPMOD) $(KERNELRELEASE))
	$(if $(signing),@echo 'rivet.ko is not signed; module.sig_enforce=1 needs that: Documentation/packaging.md')

install-userspace: userspace
	$(MAKE) -C userspace OUT=$(OUT)/userspace PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

# DKMS would keep a module of the same version, so that one goes first.
dkms-install: trust
	-$(DKMS) remove rivet/$(VERSION) --all >/dev/null 2>&1
	rm -rf $(DKMS_TREE)/rivet-$(VERSION)
	mkdir -p $(DKMS_TREE)/rivet-$(VERSION)
	cp -a Kbuild kmod COPYING $(DKMS_TREE)/rivet-$(VERSION)/
	cp $(BUILT_IN) $(DKMS_TREE)/rivet-$(VERSION)/kmod/trust/
	sed 's/@VERSION@/$(VERSION)/' dkms.conf >$(DKMS_TREE)/rivet-$(VERSION)/dkms.conf
	$(DKMS) install rivet/$(VERSION)

# Of install and dkms-install. The operator's own files stay: /etc/rivet, /var/lib/rivet.
uninstall:
	-$(DKMS) remove rivet/$(VERSION) --all >/dev/null 2>&1
	rm -rf $(DESTDIR)$(DKMS_TREE)/rivet-$(VERSION)
	rm -f $(foreach place,updates extra,$(INSTALL_MOD_PATH)/lib/modules/$(KERNELRELEASE)/$(place)/rivet.ko*)
	$(if $(INSTALL_MOD_PATH),,$(DEPMOD) $(KERNELRELEASE))
	$(MAKE) -C userspace OUT=$(OUT)/userspace PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) uninstall

deb:
	@bash packaging/deb.sh $(OUT)/deb

# The tool is that of this machine, also for a module of another processor.
RIVETCTL ?= $(OUT)/userspace/bin/rivetctl
module-deb: module
	$(if $(wildcard $(RIVETCTL)),,$(MAKE) -C userspace OUT=$(OUT)/userspace CROSS_COMPILE=)
	@RIVETCTL=$(RIVETCTL) CROSS_COMPILE=$(CROSS_COMPILE) MODULE_KEY=$(MODULE_KEY) MODULE_CERT=$(MODULE_CERT) \
		SET_VERSION=$(SET_VERSION) bash packaging/module-deb.sh $(MODDIR)/rivet.ko $(KERNELRELEASE) \
		$(KDIR) $(VERSION) $(OUT)/module-deb

clean:
	rm -rf $(OUT)/module $(OUT)/userspace $(OUT)/unit $(OUT)/fuzz $(OUT)/vm $(OUT)/deb $(OUT)/module-deb

help:
	@echo 'make               the module for KDIR= or KERNELRELEASE= (default: the running kernel), and userspace'
	@echo 'make TRUST=ca.pem  the same, with trust anchors built in until TRUST= names none'
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
	@echo 'make uninstall     remove the files of both; the configuration stays'
	@echo 'make deb           the Debian packages, into build/deb'
	@echo 'make module-deb    the built module for KERNELRELEASE= as a Debian package; MODULE_KEY= MODULE_CERT='
	@echo 'make clean         remove all build results; caches of kernels and guests stay'

// SPDX-License-Identifier: GPL-2.0-only
/*
 * rivet - the folder where dpkg runs the scripts of packages
 */
#include <linux/kernel.h>
#include <string.h>

#include "lib/manifest/dpkg.h"

#define INFO_FOLDER	"/var/lib/dpkg/info/"

/**
 * dpkg_unpacked_path() - the other path at which dpkg runs a script
 * @path: the script's path once its package is installed
 *
 * While a package is being replaced, dpkg runs scripts of the new one from a
 * temporary folder, each under the same name for all packages (dpkg, maintainer
 * script flowcharts: "new-preinst", "new-prerm", "new-postrm").
 *
 * Return: that path; NULL if @path is not such a script.
 */
const char *dpkg_unpacked_path(const char *path)
{
	static const struct {
		const char *suffix;
		const char *unpacked;
	} scripts[] = {
		{ ".preinst",	"/var/lib/dpkg/tmp.ci/preinst" },
		{ ".prerm",	"/var/lib/dpkg/tmp.ci/prerm" },
		{ ".postrm",	"/var/lib/dpkg/tmp.ci/postrm" },
	};
	const char *suffix = strrchr(path, '.');
	size_t i;

	if (strncmp(path, INFO_FOLDER, strlen(INFO_FOLDER)) || !suffix)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(scripts); i++) {
		if (!strcmp(suffix, scripts[i].suffix))
			return scripts[i].unpacked;
	}
	return NULL;
}

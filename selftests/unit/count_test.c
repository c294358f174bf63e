// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - N failures within so many seconds, tested
 */
#include "respond/count.h"
#include "unit.h"

int main(void)
{
	struct rivet_respond_count count = {};

	unit_ok(rivet_respond_count_one(&count, 5, 1, 1), "the first is enough");
	unit_ok(!rivet_respond_count_one(&count, 10, 3, 10), "one of three");
	unit_ok(!rivet_respond_count_one(&count, 19, 3, 10), "two of three");
	unit_ok(!rivet_respond_count_one(&count, 21, 3, 10), "the first is too old");
	unit_ok(rivet_respond_count_one(&count, 22, 3, 10), "three within ten seconds");
	unit_ok(!rivet_respond_count_one(&count, 22, 3, 10), "it begins anew");
	return unit_done();
}

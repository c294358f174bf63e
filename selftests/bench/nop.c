// SPDX-License-Identifier: GPL-2.0
/*
 * nop - the program that the benchmark starts; built static and dynamic
 */
int main(void)
{
	return 0;
}

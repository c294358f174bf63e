/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - stubs: nothing of measuring is needed
 */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * code.h - machine code of two functions that return a number: which of them ran?
 */
#ifndef RIVET_CODE_H
#define RIVET_CODE_H

#define LISTED	7
#define OTHER	42

#if defined(__x86_64__)
static const unsigned char listed[] = { 0xb8, LISTED, 0, 0, 0, 0xc3 };
static const unsigned char other[] = { 0xb8, OTHER, 0, 0, 0, 0xc3 };
#elif defined(__aarch64__)
static const unsigned char listed[] = { 0xe0, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 };
static const unsigned char other[] = { 0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 };
#endif

#endif

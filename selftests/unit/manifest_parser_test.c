// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - manifests, tested
 */
#include <linux/limits.h>

#include "manifest_text.h"
#include "object/manifest.h"
#include "object/split.h"
#include "unit.h"

/* Headers of a set, ready for entries; the first of them is on line 5 */
#define SET(count) "riv-manifest 1\nname: base\nversion: 7\ncount: " #count "\n"
#define RELEASE(count) "riv-manifest 1\nname: out\nkind: release\nversion: 7\ncount: " #count "\n"
#define REVOKE(count) "riv-manifest 1\nname: bad\nkind: revoke\nversion: 7\ncount: " #count "\n"

#define A "sha256:" HEX_A
#define B "sha256:" HEX_B
#define C "sha256:" HEX_C
#define V "verity:sha256:" HEX_A
#define CERT_A "cert:sha256:" HEX_A
#define CERT_B "cert:sha256:" HEX_B
#define HEX_UPPER "0A00000000000000000000000000000000000000000000000000000000000001"

/* After "sha256:", 64 digits and a space; after the digest of a certificate */
#define COL_SIZE 73
#define COL_CERT_END 77

struct text_case {
	const char *label;
	struct rivet_slice text;
	u32 line;	/* of the error; 0 if it is a good one */
	u32 column;
};

static const struct text_case header_cases[] = {
	{ "withdrawn set", BYTES(SET(0)), 0, 0 },
	{ "empty revocation", BYTES(REVOKE(0)), 0, 0 },
	{ "all headers", BYTES("riv-manifest 1\nname: a\nkind: revoke\nversion: 1\nreplaces: b\n"
			       "issued: 2029-01-01T00:00:00Z\nvalid-until: 2030-01-01T00:00:00Z\n"
			       "count: 0\n"), 0, 0 },
	{ "issued alone", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				"issued: 1970-01-01T00:00:01Z\ncount: 0\n"), 0, 0 },
	{ "issued when it ends", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				       "issued: 2030-01-01T00:00:00Z\n"
				       "valid-until: 2030-01-01T00:00:00Z\ncount: 0\n"), 0, 0 },
	{ "without kind", BYTES("riv-manifest 1\nname: a\nversion: 1\nreplaces: b\n"
				"valid-until: 2030-01-01T00:00:00Z\ncount: 0\n"), 0, 0 },
	{ "highest version", BYTES("riv-manifest 1\nname: a\nversion: 18446744073709551615\n"
				   "count: 0\n"), 0, 0 },
	{ "nothing", BYTES(""), 1, 1 },
	{ "NUL", BYTES("\0"), 1, 1 },
	{ "line feed", BYTES("\n"), 1, 1 },
	{ "version 2", BYTES("riv-manifest 2\nname: a\nversion: 1\ncount: 0\n"), 1, 1 },
	{ "version 10", BYTES("riv-manifest 10\nname: a\nversion: 1\ncount: 0\n"), 1, 1 },
	{ "byte order mark", BYTES("\xef\xbb\xbf" SET(0)), 1, 1 },
	{ "CR LF", BYTES("riv-manifest 1\r\nname: a\r\nversion: 1\r\ncount: 0\r\n"), 1, 1 },
	{ "space after the first line", BYTES("riv-manifest 1 \nname: a\n"), 1, 1 },
	{ "first line alone", BYTES("riv-manifest 1\n"), 2, 1 },
	{ "first line without end", BYTES("riv-manifest 1"), 1, 1 },
	{ "empty line", BYTES("riv-manifest 1\n\nname: a\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "comment", BYTES("riv-manifest 1\n# x\nname: a\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "no name", BYTES("riv-manifest 1\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "empty name", BYTES("riv-manifest 1\nname: \nversion: 1\ncount: 0\n"), 2, 7 },
	{ "no space", BYTES("riv-manifest 1\nname:a\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "two spaces", BYTES("riv-manifest 1\nname:  a\nversion: 1\ncount: 0\n"), 2, 7 },
	{ "space at the end", BYTES("riv-manifest 1\nname: a \nversion: 1\ncount: 0\n"), 2, 7 },
	{ "space in front", BYTES("riv-manifest 1\n name: a\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "Name", BYTES("riv-manifest 1\nName: a\nversion: 1\ncount: 0\n"), 2, 1 },
	{ "name, dot first", BYTES("riv-manifest 1\nname: .a\nversion: 1\ncount: 0\n"), 2, 7 },
	{ "name with NUL", BYTES("riv-manifest 1\nname: a\0\nversion: 1\ncount: 0\n"), 2, 7 },
	{ "name with CR", BYTES("riv-manifest 1\nname: a\r\nversion: 1\ncount: 0\n"), 2, 7 },
	{ "name twice", BYTES("riv-manifest 1\nname: a\nname: a\nversion: 1\ncount: 0\n"), 3, 1 },
	{ "kind: set", BYTES("riv-manifest 1\nname: a\nkind: set\nversion: 1\ncount: 0\n"), 3, 7 },
	{ "empty kind", BYTES("riv-manifest 1\nname: a\nkind: \nversion: 1\ncount: 0\n"), 3, 7 },
	{ "kind: Revoke", BYTES("riv-manifest 1\nname: a\nkind: Revoke\nversion: 1\n"), 3, 7 },
	{ "kind twice", BYTES("riv-manifest 1\nname: a\nkind: revoke\nkind: revoke\n"), 4, 1 },
	{ "kind after version", BYTES("riv-manifest 1\nname: a\nversion: 1\nkind: revoke\n"
				      "count: 0\n"), 4, 1 },
	{ "no version", BYTES("riv-manifest 1\nname: a\ncount: 0\n"), 3, 1 },
	{ "version 0", BYTES("riv-manifest 1\nname: a\nversion: 0\ncount: 0\n"), 3, 10 },
	{ "version 01", BYTES("riv-manifest 1\nname: a\nversion: 01\ncount: 0\n"), 3, 10 },
	{ "version -1", BYTES("riv-manifest 1\nname: a\nversion: -1\ncount: 0\n"), 3, 10 },
	{ "version too high", BYTES("riv-manifest 1\nname: a\nversion: 18446744073709551616\n"
				    "count: 0\n"), 3, 10 },
	{ "version 1.0", BYTES("riv-manifest 1\nname: a\nversion: 1.0\ncount: 0\n"), 3, 10 },
	{ "empty version", BYTES("riv-manifest 1\nname: a\nversion: \ncount: 0\n"), 3, 10 },
	{ "version twice", BYTES("riv-manifest 1\nname: a\nversion: 1\nversion: 1\n"), 4, 1 },
	{ "version without end", BYTES("riv-manifest 1\nname: a\nversion: 1"), 3, 10 },
	{ "replaces itself", BYTES("riv-manifest 1\nname: a\nversion: 1\nreplaces: a\n"), 4, 11 },
	{ "replaces nothing", BYTES("riv-manifest 1\nname: a\nversion: 1\nreplaces: \n"), 4, 11 },
	{ "replaces twice", BYTES("riv-manifest 1\nname: a\nversion: 1\nreplaces: b\n"
				  "replaces: c\ncount: 0\n"), 5, 1 },
	{ "replaces after valid-until", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
					      "valid-until: 2030-01-01T00:00:00Z\nreplaces: b\n"
					      "count: 0\n"), 5, 1 },
	{ "valid until no time", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				       "valid-until: tomorrow\ncount: 0\n"), 4, 14 },
	{ "valid until 1970", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				    "valid-until: 1970-01-01T00:00:00Z\ncount: 0\n"), 4, 14 },
	{ "valid until 30 February", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
					   "valid-until: 2030-02-30T00:00:00Z\n"), 4, 14 },
	{ "issued after it ends", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
					"issued: 2030-01-01T00:00:01Z\n"
					"valid-until: 2030-01-01T00:00:00Z\n"), 5, 14 },
	{ "issued after valid-until", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
					    "valid-until: 2030-01-01T00:00:00Z\n"
					    "issued: 2029-01-01T00:00:00Z\n"), 5, 1 },
	{ "issued in 1970", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				  "issued: 1970-01-01T00:00:00Z\ncount: 0\n"), 4, 9 },
	{ "issued before 1970", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				      "issued: 1969-12-31T23:59:59Z\ncount: 0\n"), 4, 9 },
	{ "issued at no time", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				     "issued: now\ncount: 0\n"), 4, 9 },
	{ "issued twice", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
				"issued: 2029-01-01T00:00:00Z\n"
				"issued: 2029-01-01T00:00:00Z\n"), 5, 1 },
	{ "no count", BYTES("riv-manifest 1\nname: a\nversion: 1\n"), 4, 1 },
	{ "entry instead of count", BYTES("riv-manifest 1\nname: a\nversion: 1\n"
					  A " 1 exec /a\n"), 4, 1 },
	{ "empty count", BYTES("riv-manifest 1\nname: a\nversion: 1\ncount: \n"), 4, 8 },
	{ "count 00", BYTES("riv-manifest 1\nname: a\nversion: 1\ncount: 00\n"), 4, 8 },
	{ "count -1", BYTES("riv-manifest 1\nname: a\nversion: 1\ncount: -1\n"), 4, 8 },
	{ "count without end", BYTES("riv-manifest 1\nname: a\nversion: 1\ncount: 0"), 4, 8 },
	{ "highest count", BYTES(SET(4294967295)), 4, 8 },
	{ "count too high", BYTES(SET(4294967296)), 4, 8 },
	{ "count far too high", BYTES(SET(99999999999999999999)), 4, 8 },
	{ "count without entries", BYTES(SET(1)), 4, 8 },
	{ "count twice", BYTES(SET(0) "count: 0\n"), 5, 1 },
	{ "unknown header", BYTES("riv-manifest 1\nname: a\nversion: 1\ncolour: red\n"
				  "count: 0\n"), 4, 1 },
	{ "unknown header first", BYTES("riv-manifest 1\nx: y\nname: a\nversion: 1\n"), 2, 1 },
};

static const struct text_case entry_cases[] = {
	{ "one", BYTES(SET(1) A " 1 exec /a\n"), 0, 0 },
	{ "empty file", BYTES(SET(1) A " 0 exec /a\n"), 0, 0 },
	{ "fs-verity", BYTES(SET(1) V " 1 exec,mmap,jit /a\n"), 0, 0 },
	{ "largest size", BYTES(SET(1) A " 9223372036854775807 exec /a\n"), 0, 0 },
	{ "any path", BYTES(SET(1) A " 1 exec *\n"), 0, 0 },
	{ "escapes", BYTES(SET(1) A " 1 exec /a\\\\b\\nc\n"), 0, 0 },
	{ "spaces in the path", BYTES(SET(1) A " 1 exec /a b  c \n"), 0, 0 },
	{ "UTF-8", BYTES(SET(1) A " 1 exec /\xc3\xa4/\xf0\x9f\x98\x80\n"), 0, 0 },
	{ "CR in the path", BYTES(SET(1) A " 1 exec /a\r\n"), 0, 0 },
	{ "three dots", BYTES(SET(1) A " 1 exec /.../..a/.b\n"), 0, 0 },
	{ "star in the path", BYTES(SET(1) A " 1 exec /*\n"), 0, 0 },
	{ "two digests, one path", BYTES(SET(2) A " 1 exec /a\n" B " 1 exec /a\n"), 0, 0 },
	{ "both algorithms", BYTES(SET(2) C " 1 exec /a\n" V " 1 exec /a\n"), 0, 0 },
	{ "one digest, two paths", BYTES(SET(2) A " 1 exec /a\n" A " 1 exec /b\n"), 0, 0 },
	{ "any path before others", BYTES(SET(2) C " 1 exec *\n" A " 1 exec /a\n"), 0, 0 },
	{ "shorter path first", BYTES(SET(2) C " 1 exec /a\n" A " 1 exec /a/b\n"), 0, 0 },
	{ "newline before others", BYTES(SET(2) C " 1 exec /a\\nb\n" A " 1 exec /a\x0b\n"), 0, 0 },
	{ "backslash before ]", BYTES(SET(2) C " 1 exec /a\\\\\n" A " 1 exec /a]\n"), 0, 0 },
	{ "backslash after [", BYTES(SET(2) C " 1 exec /a[\n" A " 1 exec /a\\\\\n"), 0, 0 },
	{ "bytes above 127 last", BYTES(SET(2) C " 1 exec /z\n" A " 1 exec /\xc3\xa4\n"), 0, 0 },

	{ "no uses", BYTES(SET(1) A " 1 /aaaaaaaaaaa\n"), 5, COL_SIZE + 2 },
	{ "no size", BYTES(SET(1) A " exec /aaaaaaa\n"), 5, COL_SIZE },
	{ "no path", BYTES(SET(1) A " 1 exec       \n"), 5, COL_SIZE + 7 },
	{ "digest alone", BYTES(SET(1) A "            \n"), 5, COL_SIZE },
	{ "digest alone, no space", BYTES(SET(1) V "\n             "), 5, 79 },
	{ "upper-case digest", BYTES(SET(1) "SHA256:" HEX_A " 1 exec /a\n"), 5, 1 },
	{ "upper-case digits", BYTES(SET(1) "sha256:" HEX_UPPER " 1 exec /a\n"), 5, 1 },
	{ "zero digest", BYTES(SET(1) "sha256:" HEX_0 " 1 exec /a\n"), 5, 1 },
	{ "space in front", BYTES(SET(1) " " A " 1 exec /a\n"), 5, 1 },
	{ "tab", BYTES(SET(1) A "\t1 exec /a\n"), 5, 1 },
	{ "two spaces before the size", BYTES(SET(1) A "  1 exec /a\n"), 5, COL_SIZE },
	{ "two spaces before uses", BYTES(SET(1) A " 1  exec /a\n"), 5, COL_SIZE + 2 },
	{ "two spaces before the path", BYTES(SET(1) A " 1 exec  /a\n"), 5, COL_SIZE + 7 },
	{ "size too large", BYTES(SET(1) A " 9223372036854775808 exec /a\n"), 5, COL_SIZE },
	{ "size far too large", BYTES(SET(1) A " 99999999999999999999 exec /a\n"), 5, COL_SIZE },
	{ "size 01", BYTES(SET(1) A " 01 exec /a\n"), 5, COL_SIZE },
	{ "size -1", BYTES(SET(1) A " -1 exec /a\n"), 5, COL_SIZE },
	{ "size in hexadecimal", BYTES(SET(1) A " 0x1 exec /a\n"), 5, COL_SIZE },
	{ "unknown use", BYTES(SET(1) A " 1 exec,run /a\n"), 5, COL_SIZE + 2 },
	{ "uses in another order", BYTES(SET(1) A " 1 mmap,exec /a\n"), 5, COL_SIZE + 2 },
	{ "use twice", BYTES(SET(1) A " 1 exec,exec /a\n"), 5, COL_SIZE + 2 },
	{ "jit alone", BYTES(SET(1) A " 1 jit /aaaaaaa\n"), 5, COL_SIZE + 2 },
	{ "jit with read", BYTES(SET(1) A " 1 read,jit /a\n"), 5, COL_SIZE + 2 },
	{ "relative path", BYTES(SET(1) A " 1 exec aaaa\n"), 5, COL_SIZE + 7 },
	{ "root", BYTES(SET(1) A " 1 exec /\n "), 5, COL_SIZE + 7 },
	{ "slash at the end", BYTES(SET(1) A " 1 exec /a/\n"), 5, COL_SIZE + 7 },
	{ "two slashes", BYTES(SET(1) A " 1 exec //a\n"), 5, COL_SIZE + 7 },
	{ "two slashes inside", BYTES(SET(1) A " 1 exec /a//b\n"), 5, COL_SIZE + 7 },
	{ "dot", BYTES(SET(1) A " 1 exec /.\n"), 5, COL_SIZE + 7 },
	{ "dot inside", BYTES(SET(1) A " 1 exec /a/./b\n"), 5, COL_SIZE + 7 },
	{ "dot dot", BYTES(SET(1) A " 1 exec /a/..\n"), 5, COL_SIZE + 7 },
	{ "dot dot inside", BYTES(SET(1) A " 1 exec /../b\n"), 5, COL_SIZE + 7 },
	{ "two stars", BYTES(SET(1) A " 1 exec **\n"), 5, COL_SIZE + 7 },
	{ "NUL", BYTES(SET(1) A " 1 exec /a\0b\n"), 5, COL_SIZE + 9 },
	{ "unknown escape", BYTES(SET(1) A " 1 exec /a\\tb\n"), 5, COL_SIZE + 9 },
	{ "escape of slash", BYTES(SET(1) A " 1 exec /a\\/b\n"), 5, COL_SIZE + 9 },
	{ "escape at the end", BYTES(SET(1) A " 1 exec /ab\\\n"), 5, COL_SIZE + 10 },
	{ "octal escape", BYTES(SET(1) A " 1 exec /\\012\n"), 5, COL_SIZE + 8 },
	{ "ISO 8859-1", BYTES(SET(1) A " 1 exec /\xe4\n"), 5, COL_SIZE + 8 },
	{ "overlong slash", BYTES(SET(1) A " 1 exec /a\xc0\xaf.\n"), 5, COL_SIZE + 9 },
	{ "surrogate", BYTES(SET(1) A " 1 exec /\xed\xa0\x80\n"), 5, COL_SIZE + 8 },
	{ "no end of line", BYTES(SET(1) A " 1 exec /aaaa"), 5, COL_SIZE + 12 },
	{ "empty line", BYTES(SET(1) "\n" A " 1 exec /a\n"), 5, 1 },
	{ "one more than promised", BYTES(SET(1) A " 1 exec /a\n" B " 1 exec /b\n"), 6, 1 },
	{ "one where none is promised", BYTES(SET(0) A " 1 exec /a\n"), 5, 1 },
	{ "NUL at the end", BYTES(SET(1) A " 1 exec /a\n\0"), 6, 1 },
	{ "empty line at the end", BYTES(SET(1) A " 1 exec /a\n\n"), 6, 1 },
	{ "one fewer than promised", BYTES(SET(2) A " 1 exec /" HEX_A "/" HEX_B "\n"), 6, 1 },
	{ "twice", BYTES(SET(2) A " 1 exec /a\n" A " 1 exec /a\n"), 6, 0 },
	{ "twice with another size", BYTES(SET(2) A " 1 exec /a\n" A " 2 exec /a\n"), 6, 0 },
	{ "twice with other uses", BYTES(SET(2) A " 1 exec /a\n" A " 1 mmap /a\n"), 6, 0 },
	{ "digests not sorted", BYTES(SET(2) B " 1 exec /a\n" A " 1 exec /a\n"), 6, 0 },
	{ "algorithms not sorted", BYTES(SET(2) V " 1 exec /a\n" C " 1 exec /a\n"), 6, 0 },
	{ "paths not sorted", BYTES(SET(2) A " 1 exec /b\n" B " 1 exec /a\n"), 6, 0 },
	{ "longer path first", BYTES(SET(2) A " 1 exec /a/b\n" B " 1 exec /a\n"), 6, 0 },
	{ "any path last", BYTES(SET(2) A " 1 exec /b\n" B " 1 exec *\n"), 6, 0 },
	{ "sorted as text, not as bytes", BYTES(SET(2) A " 1 exec /a\x0b\n"
						B " 1 exec /a\\nb\n"), 6, 0 },
	{ "error in the third", BYTES(SET(3) A " 1 exec /a\n" A " 1 exec /b\n"
				      A " 1 exec c/\n"), 7, COL_SIZE + 7 },

	{ "revoked digest", BYTES(REVOKE(1) A "\n"), 0, 0 },
	{ "revoked digests", BYTES(REVOKE(3) A "\n" C "\n" V "\n"), 0, 0 },
	{ "revoked entry", BYTES(REVOKE(1) A " 1 exec /a\n"), 0, 0 },
	{ "revoked digest, then entry", BYTES(REVOKE(2) C "\n" A " 1 exec /a\n"), 0, 0 },
	{ "revoked any path", BYTES(REVOKE(1) A " 1 exec *\n"), 0, 0 },
	{ "released digests", BYTES(RELEASE(3) A "\n" C "\n" V "\n"), 0, 0 },
	{ "released entry", BYTES(RELEASE(1) A " 1 exec /a\n"), 0, 0 },
	{ "released twice", BYTES(RELEASE(2) A "\n" A "\n"), 7, 0 },
	{ "another kind", BYTES("riv-manifest 1\nname: a\nkind: free\n"), 3, 7 },
	{ "revoked twice", BYTES(REVOKE(2) A "\n" A "\n"), 7, 0 },
	{ "revoked entry, then digest", BYTES(REVOKE(2) A " 1 exec /a\n" C "\n"), 7, 0 },
	{ "revoked, space at the end", BYTES(REVOKE(1) A " \n"), 6, COL_SIZE },
	{ "revoked, size alone", BYTES(REVOKE(1) A " 1\n"), 6, COL_SIZE },
	{ "revoked, no path", BYTES(REVOKE(1) A " 1 exec\n"), 6, COL_SIZE + 2 },
	{ "revoked, empty path", BYTES(REVOKE(1) A " 1 exec \n"), 6, COL_SIZE + 7 },

	{ "certificate in a set", BYTES(SET(1) CERT_A "\n            "), 5, 1 },
	{ "certificate in a set, as a file", BYTES(SET(1) CERT_A " 1 exec /a\n"), 5, 1 },
	{ "certificate with an entry", BYTES(REVOKE(1) CERT_A " 1 exec /a\n"), 6, COL_CERT_END },
	{ "certificate for any path", BYTES(REVOKE(1) CERT_A " 1 exec *\n"), 6, COL_CERT_END },
	{ "certificate, space at the end", BYTES(REVOKE(1) CERT_A " \n"), 6, COL_CERT_END },
	{ "certificate, CR at the end", BYTES(REVOKE(1) CERT_A "\r\n"), 6, 1 },
	{ "certificate twice", BYTES(REVOKE(2) CERT_A "\n" CERT_A "\n"), 7, 0 },
	{ "certificates not sorted", BYTES(REVOKE(2) CERT_B "\n" CERT_A "\n"), 7, 0 },
	{ "certificate after a file", BYTES(REVOKE(2) A "\n" CERT_A "\n"), 7, 0 },
	{ "certificate after an entry", BYTES(REVOKE(2) A " 1 exec *\n" CERT_A "\n"), 7, 0 },
	{ "certificate of zeros", BYTES(REVOKE(1) "cert:sha256:" HEX_0 "\n"), 6, 1 },
	{ "certificate in upper case", BYTES(REVOKE(1) "CERT:sha256:" HEX_A "\n"), 6, 1 },
	{ "certificate without algorithm", BYTES(REVOKE(1) "cert:" HEX_A "       \n"), 6, 1 },
	{ "certificate, written out", BYTES(REVOKE(1) "certificate:sha256:" HEX_A "\n"), 6, 1 },
	{ "certificate", BYTES(REVOKE(1) CERT_A "\n"), 0, 0 },
	{ "certificates", BYTES(REVOKE(2) CERT_A "\n" CERT_B "\n"), 0, 0 },
	{ "certificate before files", BYTES(REVOKE(4) CERT_B "\n" A "\n" V "\n"
					   A " 1 exec /a\n"), 0, 0 },
};

static char rewritten[1 << 20];

static void test_case(const struct text_case *c)
{
	struct rivet_parse_error err = {};
	char *text = unit_copy(c->text.ptr, c->text.len);
	int ret = manifest_rewrite(text, c->text.len, rewritten, sizeof(rewritten), &err);

	unit_eq(ret, c->line ? -EBADMSG : 0, "%s", c->label);
	if (c->line)
		unit_place(&err, c->line, c->column, "place: %s", c->label);
	else
		unit_ok(!memcmp(rewritten, c->text.ptr, c->text.len), "same again: %s", c->label);
	unit_eq(manifest_rewrite(text, c->text.len, rewritten, sizeof(rewritten), NULL), ret,
		"nobody asks: %s", c->label);
	unit_ok(manifest_skims(text, c->text.len), "skimmed: %s", c->label);
	free(text);
}

static void test_cases(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(header_cases); i++)
		test_case(&header_cases[i]);
	for (i = 0; i < ARRAY_SIZE(entry_cases); i++)
		test_case(&entry_cases[i]);
}

static const char sample[] =
	"riv-manifest 1\n"
	"name: gateway-base\n"
	"version: 7\n"
	"replaces: gateway-old\n"
	"issued: 2030-12-31T23:59:59Z\n"
	"valid-until: 2031-12-31T23:59:59Z\n"
	"count: 4\n"
	C " 271128 exec,mmap *\n"
	A " 104880 mmap /usr/lib/a\\nb\\\\.so\n"
	V " 97545216 exec,mmap,jit /usr/lib/a\\nb\\\\.so\n"
	B " 0 kmod,firmware,read,script /usr/sbin/mosquitto\n";

static void test_values(void)
{
	struct rivet_manifest_entry entry;
	struct rivet_parse_error err = {};
	struct rivet_manifest m;

	unit_eq(rivet_manifest_open(&m, sample, sizeof(sample) - 1, &err), 0, "open");
	unit_eq(m.kind, RIVET_MANIFEST_SET, "kind");
	unit_ok(rivet_slice_equal(m.name, "gateway-base"), "name");
	unit_eq(m.version, 7, "version");
	unit_ok(rivet_slice_equal(m.replaces, "gateway-old"), "replaces");
	unit_eq(m.issued, 1924991999, "issued");
	unit_eq(m.valid_until, 1956527999, "valid until");
	unit_eq(m.count, 4, "count");

	unit_eq(rivet_manifest_next(&m, &entry, &err), 1, "first entry");
	unit_ok(rivet_manifest_any_path(entry.path), "any path");
	unit_eq(entry.digest.alg, RIVET_DIGEST_SHA256, "its algorithm");
	unit_eq(entry.size, 271128, "its size");
	unit_eq(entry.uses, RIVET_USE_EXEC | RIVET_USE_MMAP, "its uses");
	unit_eq(rivet_manifest_next(&m, &entry, &err), 1, "second entry");
	unit_ok(rivet_slice_equal(entry.path, "/usr/lib/a\\nb\\\\.so"), "its path, as written");
	unit_ok(!rivet_manifest_any_path(entry.path), "not any path");
	unit_eq(rivet_manifest_next(&m, &entry, &err), 1, "third entry");
	unit_eq(entry.digest.alg, RIVET_DIGEST_VERITY_SHA256, "its algorithm");
	unit_eq(rivet_manifest_next(&m, &entry, &err), 1, "fourth entry");
	unit_eq(entry.size, 0, "its size");
	unit_eq(rivet_manifest_next(&m, &entry, &err), 0, "end");
	unit_eq(rivet_manifest_next(&m, &entry, &err), 0, "end, again");
	unit_ok(!rivet_manifest_any_path(unit_slice("")), "nothing is not any path");
}

static void test_error_stays(void)
{
	static const char text[] = SET(2) A " 1 exec /b\n" A " 1 exec /a\n";
	struct rivet_manifest_entry entry;
	struct rivet_manifest m;
	int i;

	rivet_manifest_open(&m, text, sizeof(text) - 1, NULL);
	unit_eq(rivet_manifest_next(&m, &entry, NULL), 1, "the first is good");
	for (i = 0; i < 3; i++)
		unit_eq(rivet_manifest_next(&m, &entry, NULL), -EBADMSG, "the second never is");
}

/* An end far away is not looked for */
static void test_long_lines(void)
{
	static char text[64 * 1024];
	struct rivet_parse_error err = {};
	struct rivet_manifest_entry entry;
	struct rivet_manifest m;
	size_t len = sprintf(text, SET(1) A " 1 exec /");

	memset(text + len, 'a', sizeof(text) - len);
	text[len + 4094] = '\n';
	rivet_manifest_open(&m, text, len + 4095, NULL);
	unit_eq(rivet_manifest_next(&m, &entry, NULL), 1, "the longest path");
	text[len + 4094] = 'a';
	text[sizeof(text) - 1] = '\n';
	rivet_manifest_open(&m, text, sizeof(text), NULL);
	unit_eq(rivet_manifest_next(&m, &entry, &err), -EBADMSG, "a line of 64 KiB");
	unit_place(&err, m.line, 16 * 1024 + 1, "where it is given up");
	len = sprintf(text, "riv-manifest 1\nname: ");
	memset(text + len, 'a', sizeof(text) - len);
	unit_eq(rivet_manifest_open(&m, text, sizeof(text), &err), -EBADMSG, "a header of 64 KiB");
}

static void test_truncations(void)
{
	unsigned int accepted = 0, unplaced = 0, strays = 0;
	size_t len;

	for (len = 0; len < sizeof(sample) - 1; len++) {
		struct rivet_parse_error err = {};
		char *text = unit_copy(sample, len);

		accepted += !manifest_rewrite(text, len, rewritten, sizeof(rewritten), &err);
		unplaced += !err.line || !err.expected;
		strays += !manifest_skims(text, len);
		free(text);
	}
	unit_eq(accepted, 0, "every truncation is refused");
	unit_eq(unplaced, 0, "and its place is named");
	unit_eq(strays, 0, "and skimming stays inside");
}

/* Each byte replaced by each other one: refused, or still in canonical form */
/* What a newer version may have added */
static void test_unknown_header(void)
{
	static const struct {
		const char *line;
		const char *found;
	} cases[] = {
		{ "issued-by: x\n", ", not issued-by" },
		{ "a\033[2J: x\n", ", not a" },
		{ "\033[2J: x\n", "" },
		{ "0123456789012345678901234567890123456789: x\n",
		  ", not 012345678901234567890123456789012" },
		{ "", "" },
		{ "count", ", not count" },
	};
	struct rivet_parse_error err = {};
	struct rivet_manifest m;
	char text[128];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = snprintf(text, sizeof(text), "riv-manifest 1\nname: a\nversion: 1\n%s",
			       cases[i].line);
		unit_eq(rivet_manifest_open(&m, text, len, &err), -EBADMSG, "it is refused");
		unit_eq(err.line, 4, "its line is named");
		unit_ok(!strcmp(err.found, cases[i].found), "and the word");
	}
}

static void test_flips(void)
{
	size_t len = sizeof(sample) - 1, pos;
	char *text = unit_copy(sample, len);
	unsigned int changed = 0;
	int byte;

	for (pos = 0; pos < len; pos++) {
		for (byte = 0; byte < 256; byte++) {
			text[pos] = byte;
			if (!manifest_rewrite(text, len, rewritten, sizeof(rewritten), NULL))
				changed += !!memcmp(rewritten, text, len);
		}
		text[pos] = sample[pos];
	}
	unit_eq(changed, 0, "every byte changed: refused or canonical");
}

/* Each line left out, doubled or exchanged with the next one */
static void test_lines(void)
{
	struct rivet_slice rest = unit_slice(sample), line;
	unsigned int accepted = 0;
	char text[2 * sizeof(sample)];

	while (rivet_slice_take_until(&rest, '\n', &line)) {
		size_t before = line.ptr - sample, after = rest.len, len = line.len + 1;
		bool optional = !strncmp(line.ptr, "replaces", 8) ||
				!strncmp(line.ptr, "issued", 6) ||
				!strncmp(line.ptr, "valid", 5);

		memcpy(text, sample, before);
		memcpy(text + before, rest.ptr, after);
		if (manifest_rewrite(text, before + after, rewritten, sizeof(rewritten), NULL))
			accepted += optional;
		else
			accepted += !optional;
		memcpy(text, sample, before + len);
		memcpy(text + before + len, line.ptr, len + after);
		accepted += !manifest_rewrite(text, before + 2 * len + after, rewritten,
					      sizeof(rewritten), NULL);
	}
	unit_eq(accepted, 0, "a line left out or doubled is refused, unless it was optional");
}

/* A path of @len bytes, every 200th of them a slash */
static size_t make_manifest(char *text, size_t len, bool escaped)
{
	char *start = text;
	size_t i;

	text += sprintf(text, SET(1) A " 1 exec ");
	for (i = 0; i < len; i++) {
		if (i % 200 == 0)
			*text++ = '/';
		else if (escaped)
			text += sprintf(text, i % 3 ? "\\n" : "\\\\");
		else
			*text++ = 'a';
	}
	*text++ = '\n';
	return text - start;
}

static void test_long_paths(void)
{
	static char text[16384];
	struct rivet_parse_error err = {};
	size_t len;

	len = make_manifest(text, RIVET_PATH_MAX - 1, false);
	unit_eq(manifest_rewrite(text, len, rewritten, sizeof(rewritten), &err), 0,
		"4095 bytes of path");
	len = make_manifest(text, RIVET_PATH_MAX, false);
	unit_eq(manifest_rewrite(text, len, rewritten, sizeof(rewritten), &err), -EBADMSG,
		"4096 bytes of path");
	unit_place(&err, 5, COL_SIZE + 7 + 4095, "place of the byte too many");
	len = make_manifest(text, RIVET_PATH_MAX - 1, true);
	unit_eq(manifest_rewrite(text, len, rewritten, sizeof(rewritten), &err), 0,
		"4095 bytes of path, most of them escaped");
	unit_ok(!memcmp(rewritten, text, len), "the same again");
	len = make_manifest(text, RIVET_PATH_MAX, true);
	unit_eq(manifest_rewrite(text, len, rewritten, sizeof(rewritten), &err), -EBADMSG,
		"4096 bytes of path, most of them escaped");
}

static void test_size_cap(void)
{
	struct rivet_parse_error err = {};
	char *text = calloc(1, RIVET_MANIFEST_MAX + 1);
	struct rivet_manifest m;

	unit_eq(rivet_manifest_open(&m, NULL, 0, &err), -EBADMSG, "no text at all");
	memset(text, 'a', RIVET_MANIFEST_MAX + 1);
	memcpy(text, SET(1), sizeof(SET(1)) - 1);
	unit_eq(rivet_manifest_open(&m, text, RIVET_MANIFEST_MAX, &err), 0, "64 MiB");
	unit_eq(rivet_manifest_open(&m, text, RIVET_MANIFEST_MAX + 1, &err), -EFBIG,
		"64 MiB and a byte");
	unit_place(&err, 0, 0, "the object as a whole is too large");
	free(text);
}

int main(void)
{
	test_cases();
	test_values();
	test_error_stays();
	test_long_lines();
	test_truncations();
	test_unknown_header();
	test_flips();
	test_lines();
	test_long_paths();
	test_size_cap();
	return unit_done();
}

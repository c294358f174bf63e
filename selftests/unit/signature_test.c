// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - signed objects, tested with the signatures of openssl and of sign-file
 *
 * Keys and certificates are made here, in a folder that goes away again.
 */
#include <glob.h>
#include <stdarg.h>
#include <unistd.h>

#include "object/split.h"
#include "unit.h"

#define TEXT "policy_name=a policy_version=1.0.0\nDEFAULT action=AUDIT\n"

static char folder[] = "/tmp/rivet-signature-XXXXXX";

static int run(const char *format, ...) UNIT_FORMAT(1, 2);

/* A shell command in the folder, with its output in the file "log" there */
static int run(const char *format, ...)
{
	char command[1024];
	size_t len = sprintf(command, "exec >log 2>&1; ");
	va_list args;

	va_start(args, format);
	vsnprintf(command + len, sizeof(command) - len, format, args);
	va_end(args);
	return system(command);
}

static void show_log(void)
{
	char line[256];
	FILE *log = fopen("log", "r");

	while (log && fgets(line, sizeof(line), log)) {
		line[strcspn(line, "\n")] = '\0';
		unit_note("%s", line);
	}
	if (log)
		fclose(log);
}

static size_t read_file(const char *name, u8 *buf, size_t size)
{
	FILE *file = fopen(name, "rb");
	size_t len = 0;

	if (file) {
		len = fread(buf, 1, size, file);
		fclose(file);
	}
	return len;
}

static void make_key(const char *name, const char *options)
{
	int ret = run("openssl req -x509 -nodes -newkey %s -keyout %s.key -out %s.pem -days 30 "
		      "-subj '/O=Example/CN=%s' -addext subjectKeyIdentifier=hash",
		      options, name, name, name);

	if (!unit_eq(ret, 0, "make key: %s", name))
		show_log();
}

/* One of the ways in formats.md */
#define SIGN "openssl cms -sign -binary -noattr -nocerts -md sha256 -outform DER "
#define USUAL "-in text -out sig "

static const struct {
	const char *label;
	const char *command;
	int ret;
	const char *expected;	/* part of it, if it is refused */
} cases[] = {
	{ "RSA", SIGN USUAL "-signer rsa.pem -inkey rsa.key", 0, NULL },
	{ "RSA of 4096 bits", SIGN USUAL "-signer rsa4096.pem -inkey rsa4096.key", 0, NULL },
	{ "RSA, key identifier", SIGN USUAL "-keyid -signer rsa.pem -inkey rsa.key", 0, NULL },
	{ "P-256", SIGN USUAL "-signer p256.pem -inkey p256.key", 0, NULL },
	{ "P-256, key identifier", SIGN USUAL "-keyid -signer p256.pem -inkey p256.key", 0, NULL },
	{ "P-384", SIGN USUAL "-signer p384.pem -inkey p384.key", 0, NULL },
	{ "RSA, SHA-384", "openssl cms -sign -binary -noattr -nocerts -md sha384 -outform DER "
			  USUAL "-signer rsa.pem -inkey rsa.key", 0, NULL },
	{ "P-384, SHA-512", "openssl cms -sign -binary -noattr -nocerts -md sha512 -outform DER "
			    USUAL "-signer p384.pem -inkey p384.key", 0, NULL },
	{ "openssl smime", "openssl smime -sign -binary -noattr -nocerts -md sha256 -outform DER "
			   USUAL "-signer rsa.pem -inkey rsa.key", 0, NULL },
	{ "two signers", SIGN USUAL "-signer rsa.pem -inkey rsa.key -signer p256.pem "
			 "-inkey p256.key", 0, NULL },
	{ "eight signers", SIGN USUAL "-signer rsa.pem -inkey rsa.key -signer p256.pem "
			   "-inkey p256.key -signer p384.pem -inkey p384.key "
			   "-signer rsa4096.pem -inkey rsa4096.key -signer a.pem -inkey a.key "
			   "-signer b.pem -inkey b.key -signer c.pem -inkey c.key "
			   "-signer d.pem -inkey d.key", 0, NULL },
	{ "nine signers", SIGN USUAL "-signer rsa.pem -inkey rsa.key -signer p256.pem "
			  "-inkey p256.key -signer p384.pem -inkey p384.key "
			  "-signer rsa4096.pem -inkey rsa4096.key -signer a.pem -inkey a.key "
			  "-signer b.pem -inkey b.key -signer c.pem -inkey c.key "
			  "-signer d.pem -inkey d.key -signer e.pem -inkey e.key",
	  -EKEYREJECTED, "1 to 8 signers" },
	{ "PEM", "openssl cms -sign -binary -noattr -nocerts -md sha256 -outform PEM " USUAL
		 "-signer rsa.pem -inkey rsa.key", -EBADMSG, "DER" },
	{ "S/MIME", "openssl cms -sign -binary -noattr -nocerts -md sha256 " USUAL
		    "-signer rsa.pem -inkey rsa.key", -EBADMSG, "DER" },
	{ "certificates", "openssl cms -sign -binary -noattr -md sha256 -outform DER " USUAL
			  "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "-nocerts" },
	{ "attributes", "openssl cms -sign -binary -nocerts -md sha256 -outform DER " USUAL
			"-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "-noattr" },
	{ "attributes without S/MIME", "openssl cms -sign -binary -nosmimecap -nocerts "
				       "-md sha256 -outform DER " USUAL
				       "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "-noattr" },
	{ "the usual options", "openssl cms -sign -outform DER " USUAL
			       "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "-nocerts" },
	{ "attached", SIGN "-nodetach " USUAL "-signer rsa.pem -inkey rsa.key",
	  -EKEYREJECTED, "detached" },
	{ "attached, in a stream", SIGN "-nodetach -stream " USUAL "-signer rsa.pem -inkey rsa.key",
	  -EBADMSG, "DER" },
	{ "SHA-1", "openssl cms -sign -binary -noattr -nocerts -md sha1 -outform DER " USUAL
		   "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "SHA-256" },
	{ "SHA-224", "openssl cms -sign -binary -noattr -nocerts -md sha224 -outform DER " USUAL
		     "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "SHA-256" },
	{ "SHA3-256", "openssl cms -sign -binary -noattr -nocerts -md sha3-256 -outform DER " USUAL
		      "-signer rsa.pem -inkey rsa.key", -EKEYREJECTED, "SHA-256" },
	{ "RSA-PSS", SIGN USUAL "-signer rsa.pem -inkey rsa.key -keyopt rsa_padding_mode:pss",
	  -EKEYREJECTED, "RSA (PKCS#1 v1.5) or ECDSA" },
	{ "RSA of 1024 bits", SIGN USUAL "-signer weak.pem -inkey weak.key",
	  -EKEYREJECTED, "2048 bits" },
	{ "one good signer, one weak", SIGN USUAL "-signer rsa.pem -inkey rsa.key -signer weak.pem "
				       "-inkey weak.key", -EKEYREJECTED, "2048 bits" },
	{ "encrypted", "openssl cms -encrypt -binary -outform DER " USUAL "rsa.pem",
	  -EKEYREJECTED, "no other kind of message" },
	{ "data", "openssl cms -data_create -outform DER " USUAL,
	  -EKEYREJECTED, "no other kind of message" },
	{ "certificate", "openssl x509 -in rsa.pem -outform DER -out sig", -EBADMSG, "DER" },
	{ "certificates alone", "openssl crl2pkcs7 -nocrl -certfile rsa.pem -outform DER -out sig",
	  -EKEYREJECTED, "1 to 8 signers" },
};

static void check_case(size_t i)
{
	static u8 buf[1 << 16];
	struct rivet_parse_error err = {};
	size_t len;
	u8 *copy;
	int ret;

	unlink("sig");
	if (!unit_eq(run("%s", cases[i].command), 0, "make: %s", cases[i].label))
		show_log();
	len = read_file("sig", buf, sizeof(buf));
	copy = (u8 *)unit_copy(buf, len);
	ret = rivet_object_check_signature(copy, len, &err);
	unit_eq(ret, cases[i].ret, "%s", cases[i].label);
	if (cases[i].expected)
		unit_ok(err.expected && strstr(err.expected, cases[i].expected), "%s: says %s",
			cases[i].label, err.expected);
	free(copy);
}

static void test_cases(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_case(i);
}

/* Append the signature in "sig" as rivetctl does, and take it apart again */
static void test_append(void)
{
	static u8 object[1 << 16], signature[1 << 14];
	struct rivet_object parts;
	size_t sig_len, len = sizeof(TEXT) - 1;

	run(SIGN USUAL "-signer rsa.pem -inkey rsa.key");
	sig_len = read_file("sig", signature, sizeof(signature));
	memcpy(object, TEXT, len);
	memcpy(object + len, signature, sig_len);
	len += sig_len;
	rivet_object_trailer(sig_len, object + len);
	len += RIVET_OBJECT_TRAILER;
	memcpy(object + len, RIVET_OBJECT_MAGIC, sizeof(RIVET_OBJECT_MAGIC) - 1);
	len += sizeof(RIVET_OBJECT_MAGIC) - 1;

	unit_eq(rivet_object_split(object, len, &parts, NULL), 0, "append: split");
	unit_eq(parts.kind, RIVET_OBJECT_POLICY, "append: kind");
	unit_ok(parts.text_len == sizeof(TEXT) - 1 && parts.signature_len == sig_len,
		"append: lengths");
	unit_ok(!memcmp(parts.signature, signature, sig_len), "append: signature");
	unit_eq(rivet_object_check_signature(parts.signature, parts.signature_len, NULL), 0,
		"append: its form");
}

/*
 * Where Debian has it: in linux-kbuild-*, which the headers of a kernel need. KERNELS is
 * where selftests/vm keeps those of its kernels.
 */
static bool find_sign_file(char *path, size_t size)
{
	static const char * const places[] = {
		"/usr/lib/linux-kbuild-*/scripts/sign-file",
		"/usr/src/linux-headers-*/scripts/sign-file",
		"/lib/modules/*/build/scripts/sign-file",
		KERNELS "/*/headers/usr/lib/linux-kbuild-*/scripts/sign-file",
	};
	bool found = false;
	glob_t matches;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places) && !found; i++) {
		if (glob(places[i], 0, NULL, &matches))
			continue;
		found = matches.gl_pathc;
		snprintf(path, size, "%s", matches.gl_pathv[matches.gl_pathc - 1]);
		globfree(&matches);
	}
	return found;
}

static void check_sign_file(const char *program, const char *hash, const char *key, int want)
{
	static u8 buf[1 << 16];
	struct rivet_object parts;
	size_t len;

	if (!unit_eq(run("%s %s %s.key %s.pem text signed", program, hash, key, key), 0,
		     "sign-file: sign, %s %s", hash, key))
		show_log();
	len = read_file("signed", buf, sizeof(buf));
	unit_eq(rivet_object_split(buf, len, &parts, NULL), 0, "sign-file: split, %s %s", hash,
		key);
	unit_eq(parts.text_len, sizeof(TEXT) - 1, "sign-file: text, %s %s", hash, key);
	unit_ok(!memcmp(parts.text, TEXT, sizeof(TEXT) - 1), "sign-file: same text, %s %s", hash,
		key);
	unit_eq(rivet_object_check_signature(parts.signature, parts.signature_len, NULL), want,
		"sign-file: form, %s %s", hash, key);
}

static void test_sign_file(void)
{
	char program[256];

	if (!find_sign_file(program, sizeof(program))) {
		unit_skip("sign-file", "the kernel's build tools are not installed");
		return;
	}
	check_sign_file(program, "sha256", "rsa", 0);
	check_sign_file(program, "sha512", "rsa", 0);
	check_sign_file(program, "sha256", "p256", 0);
	check_sign_file(program, "sha1", "rsa", -EKEYREJECTED);
}

/* Real signatures, each byte replaced by eight others, and each truncation */
static void test_mutations(const char *key)
{
	static u8 buf[1 << 14];
	unsigned int odd = 0, truncated = 0;
	size_t len, pos, cut;
	u8 *copy;

	run(SIGN USUAL "-signer %s.pem -inkey %s.key", key, key);
	len = read_file("sig", buf, sizeof(buf));
	copy = (u8 *)unit_copy(buf, len);
	for (pos = 0; pos < 8 * len; pos++) {
		int ret;

		copy[pos / 8] ^= 1 << pos % 8;
		ret = rivet_object_check_signature(copy, len, NULL);
		odd += ret && ret != -EBADMSG && ret != -EKEYREJECTED;
		copy[pos / 8] ^= 1 << pos % 8;
	}
	free(copy);
	for (cut = 0; cut < len; cut++) {
		copy = (u8 *)unit_copy(buf, cut);
		truncated += rivet_object_check_signature(copy, cut, NULL) != -EBADMSG;
		free(copy);
	}
	unit_ok(len > 64, "mutations: there is a signature, %s", key);
	unit_eq(odd, 0, "mutations: every bit flipped, %s", key);
	unit_eq(truncated, 0, "mutations: every truncation is malformed, %s", key);
}

static bool enter_folder(void)
{
	FILE *text;

	if (!mkdtemp(folder) || chdir(folder))
		return false;
	text = fopen("text", "wb");
	if (!text)
		return false;
	fputs(TEXT, text);
	return !fclose(text);
}

static void make_keys(void)
{
	make_key("rsa", "rsa:2048");
	make_key("rsa4096", "rsa:4096");
	make_key("weak", "rsa:1024");
	make_key("p384", "ec -pkeyopt ec_paramgen_curve:P-384");
	make_key("p256", "ec -pkeyopt ec_paramgen_curve:P-256");
	make_key("a", "ec -pkeyopt ec_paramgen_curve:P-256");
	make_key("b", "ec -pkeyopt ec_paramgen_curve:P-256");
	make_key("c", "ec -pkeyopt ec_paramgen_curve:P-256");
	make_key("d", "ec -pkeyopt ec_paramgen_curve:P-256");
	make_key("e", "ec -pkeyopt ec_paramgen_curve:P-256");
}

int main(void)
{
	if (unit_ok(enter_folder(), "a folder to work in")) {
		make_keys();
		test_cases();
		test_append();
		test_sign_file();
		test_mutations("rsa");
		test_mutations("p256");
		if (run("rm -rf %s", folder))
			unit_note("%s is left over", folder);
	}
	return unit_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - globs: match a path against the path= of a rule
 */
#include "policy/rules.h"

/**
 * struct retry - the position to return to when the bytes after a wildcard do not match
 * @pattern: offset in the pattern after the wildcard
 * @path: offset in the path of the first byte after those the wildcard matches so far
 * @set: the pattern has had such a wildcard
 */
struct retry {
	size_t pattern;
	size_t path;
	bool set;
};

static bool is_star(struct rivet_slice pattern, size_t pos)
{
	return pos < pattern.len && pattern.ptr[pos] == '*';
}

/*
 * Consumes the run of stars at @pos. One star matches within a component, two or
 * more match across components. A later "**" makes all wildcards before it final:
 * they have matched as few bytes as possible, and "**" can match any bytes that they
 * could have matched in addition.
 */
static size_t take_stars(struct rivet_slice pattern, size_t pos, size_t path,
			 struct retry *star, struct retry *globstar)
{
	size_t end = pos;

	while (is_star(pattern, end))
		end++;
	if (end - pos == 1) {
		*star = (struct retry){ .pattern = end, .path = path, .set = true };
	} else {
		*globstar = (struct retry){ .pattern = end, .path = path, .set = true };
		star->set = false;
	}
	return end;
}

/*
 * Extends a wildcard by one byte: the last "*" if the next byte is not '/', else the
 * last "**". Returns NULL if there is none, so the path does not match.
 */
static struct retry *widen(struct rivet_slice path, struct retry *star, struct retry *globstar)
{
	struct retry *retry = globstar;

	if (star->set && path.ptr[star->path] != '/')
		retry = star;
	else
		star->set = false;
	if (!retry->set)
		return NULL;
	retry->path++;
	return retry;
}

/**
 * rivet_glob_match() - match a path against a pattern
 * @pattern: "*" matches any run of bytes without '/', "**" matches any run of bytes;
 *	both also match the empty run; every other byte matches itself
 * @path: the path
 *
 * Iterative, with one position to return to for each kind of wildcard. The product
 * of both lengths and of the longest component bounds the work.
 *
 * Context: Any.
 * Return: true if the whole path matches the whole pattern.
 */
bool rivet_glob_match(struct rivet_slice pattern, struct rivet_slice path)
{
	struct retry star = {}, globstar = {}, *retry;
	size_t p = 0, s = 0;

	while (s < path.len) {
		if (is_star(pattern, p)) {
			p = take_stars(pattern, p, s, &star, &globstar);
		} else if (p < pattern.len && pattern.ptr[p] == path.ptr[s]) {
			p++;
			s++;
		} else {
			retry = widen(path, &star, &globstar);
			if (!retry)
				return false;
			p = retry->pattern;
			s = retry->path;
		}
	}
	while (is_star(pattern, p))
		p++;
	return p == pattern.len;
}

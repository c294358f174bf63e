// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - globs: the path= of a rule against a path
 */
#include "policy/rules.h"

/**
 * struct retry - where to go on when the bytes after a wildcard do not fit
 * @pattern: offset in the pattern after the wildcard
 * @path: offset in the path up to which the wildcard reaches so far
 * @set: there is such a wildcard
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
 * Take the run of stars at @pos: one keeps to its component, two or more do
 * not. A later "**" makes all wildcards before it final: they matched as little
 * as possible, and it can reach whatever they could have left.
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
 * Let a wildcard reach one byte further: the last "*" if the next byte is no
 * '/', else the last "**", else there is no match.
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
 * rivet_glob_match() - does a path match a pattern?
 * @pattern: "*" stands for any run of bytes without '/', "**" for any run at
 *	all, both also for none; every other byte for itself
 * @path: the path
 *
 * Iterative, with one point to return to for each kind of wildcard: the work is
 * bounded by the product of both lengths and of the longest component.
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

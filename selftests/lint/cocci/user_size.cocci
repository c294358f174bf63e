// SPDX-License-Identifier: GPL-2.0-only
/// A length that userspace gives is compared with a bound before it is handed on.

@@
identifier f, file, from, len, pos;
identifier g != simple_read_from_buffer;
type t, u;
expression e;
@@
f(struct file *file, u from, t len, loff_t *pos)
{
  ... when != \(len > e\|len >= e\|len < e\|len <= e\|len == e\|len != e\)
      when != \(min\|min_t\|clamp\|clamp_t\)(..., len, ...)
      when != len = e
* g(..., len, ...)
  ... when any
}

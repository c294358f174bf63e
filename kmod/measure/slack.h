/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rivet - measure/slack: the bytes behind the end of a file in its last folio
 */
#ifndef _RIVET_MEASURE_SLACK_H
#define _RIVET_MEASURE_SLACK_H

struct folio;
struct inode;

int rivet_slack_zero(struct inode *inode, struct folio *folio);
int rivet_slack_zero_cached(struct inode *inode);

#endif /* _RIVET_MEASURE_SLACK_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - measure/change: how the knowledge of a file's bytes ends
 *
 * Apart from the end of the inode, this is the only way. The steps come in the order of
 * rivet_life_change; measure/life.c states the rule behind them.
 */
#include <linux/fs.h>

#include "measure/change.h"
#include "measure/end.h"
#include "measure/table.h"
#include "measure/write_denial.h"
#include "mode/mode.h"

static enum rivet_life_state state_of(const struct inode *inode)
{
	enum rivet_life_state state = RIVET_LIFE_UNKNOWN;
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		state = ri->life.state;
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	return state;
}

/**
 * rivet_change_look() - whether a file is in use as verified
 * @inode: the inode whose bytes are to change
 *
 * The answer RIVET_LIFE_FREE is certain only for a caller that counts as a writer.
 *
 * Context: may sleep; the caller holds the inode.
 * Return: RIVET_LIFE_MAPPED or RIVET_LIFE_BEING_READ while enforcing, else RIVET_LIFE_FREE.
 */
enum rivet_life_obstacle rivet_change_look(struct inode *inode)
{
	enum rivet_life_state state;

	if (!rivet_mode_is_enforce())
		return RIVET_LIFE_FREE;
	smp_mb();	/* i_writecount is up; readers count up, then look at it */
	state = state_of(inode);
	if (state < RIVET_LIFE_MATCHED)
		return RIVET_LIFE_FREE;
	return rivet_life_look(state, true, rivet_is_mapped_executable(inode),
			       inode_is_being_read(inode));
}

static void forget(const struct inode *inode)
{
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	rcu_read_unlock();	/* the caller holds the inode, and so its record */
	if (ri)
		rivet_measure_drop(ri);
}

/* Returns whether the step succeeded. */
static bool take_step(enum rivet_life_step step, struct inode *inode,
		      enum rivet_life_obstacle *obstacle)
{
	switch (step) {
	case RIVET_LIFE_COUNT:
		*obstacle = RIVET_LIFE_HELD;
		return atomic_inc_unless_negative(&inode->i_writecount);
	case RIVET_LIFE_LOOK:
		*obstacle = rivet_change_look(inode);
		return *obstacle == RIVET_LIFE_FREE;
	case RIVET_LIFE_FORGET:
		forget(inode);
		return true;
	case RIVET_LIFE_UNCOUNT:
	case RIVET_LIFE_GIVE_UP:
		atomic_dec(&inode->i_writecount);
		return true;
	default:
		return true;
	}
}

static bool is_known(const struct inode *inode)
{
	bool known;

	rcu_read_lock();
	known = rivet_measure_find(inode);
	rcu_read_unlock();
	return known;
}

/**
 * rivet_change_begin() - forget the measurement of a file whose bytes are about to change
 * @inode: the inode that holds them
 *
 * Counts the caller as a writer meanwhile, even if it is one already. A caller that is not
 * a writer yet must become one before it changes anything, and then call this again:
 * another task may measure and use the file in between.
 *
 * Context: may sleep; the caller holds the inode.
 * Return: RIVET_LIFE_FREE; else the obstacle, and nothing was forgotten.
 */
enum rivet_life_obstacle rivet_change_begin(struct inode *inode)
{
	enum rivet_life_obstacle obstacle = RIVET_LIFE_FREE;
	enum rivet_life_step step = RIVET_LIFE_COUNT;

	if (!is_known(inode))
		return RIVET_LIFE_FREE;
	while (step != RIVET_LIFE_PERMITTED && step != RIVET_LIFE_REFUSED)
		step = take_step(step, inode, &obstacle) ? rivet_life_change[step].done :
							   rivet_life_change[step].failed;
	return step == RIVET_LIFE_PERMITTED ? RIVET_LIFE_FREE : obstacle;
}

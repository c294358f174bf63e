// SPDX-License-Identifier: GPL-2.0
/*
 * rivet - how a measurement ends: by a change of the file, or to give its pages back
 */
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "measure/closed.h"
#include "measure/end.h"
#include "measure/keep.h"
#include "measure/resident.h"
#include "measure/write_denial.h"

/**
 * rivet_measure_end() - end a measurement that is published no more
 * @m: the measurement, or NULL; freed a grace period later
 *
 * Context: any but hard interrupt; under the lock of its record.
 * Return: its pages, for rivet_resident_put() without the lock, as there may be many; or NULL.
 */
struct rivet_resident *rivet_measure_end(struct rivet_measurement *m)
{
	struct rivet_resident *held = m ? m->resident : NULL;

	if (held)
		rivet_keep_remove(held);
	if (m)
		kfree_rcu(m, rcu);
	return held;
}

/**
 * rivet_measure_end_all() - end the measurement and the lookup of a file
 * @ri: its record, whose lock is held
 *
 * Context: any but hard interrupt.
 * Return: as rivet_measure_end().
 */
struct rivet_resident *rivet_measure_end_all(struct rivet_inode *ri)
{
	struct rivet_measurement *m;
	struct rivet_lookup *found;

	m = rcu_replace_pointer(ri->measurement, NULL, lockdep_is_held(&ri->lock));
	found = rcu_replace_pointer(ri->lookup, NULL, lockdep_is_held(&ri->lock));
	if (m && m->resident)
		rivet_closed_open(ri->inode->i_mapping);
	if (found)
		kfree_rcu(found, rcu);
	return rivet_measure_end(m);
}

/**
 * rivet_measure_drop() - drop the measurement before the content changes
 * @ri: record of the inode
 *
 * For measure/change.c alone, which keeps the order of a change.
 *
 * Context: any but hard interrupt; takes the record's lock.
 */
void rivet_measure_drop(struct rivet_inode *ri)
{
	struct rivet_resident *held;

	spin_lock(&ri->lock);
	rivet_life_drop(&ri->life);
	ri->given_back = false;
	held = rivet_measure_end_all(ri);
	spin_unlock(&ri->lock);
	rivet_resident_put(held);
}

/*
 * Users deny write access, or are counted as readers, before they look for a measurement.
 * Readers of a file that was never permitted as a match do not count: otherwise any task
 * could keep pages in memory by having such a file open.
 */
static bool is_in_use(struct rivet_inode *ri, bool readers)
{
	const enum rivet_life_state from = readers ? RIVET_LIFE_MATCHED : RIVET_LIFE_READ;
	struct inode *inode = ri->inode;

	if (atomic_read(&inode->i_writecount) < 0 ||
	    (ri->life.state >= from && inode_is_being_read(inode)))
		return true;
	/* The mapping exists before its denial ends: a CPU that misses the denial sees it. */
	smp_rmb();
	return rivet_may_be_mapped_executable(inode);
}

/**
 * rivet_measure_retire() - end a measurement to give back its pages
 * @ri: record of a published measurement whose pages are held; its lock is held
 * @which: the files whose pages may be taken back
 *
 * Ends only the measurement. The state of the file stays, and its next use measures it
 * again.
 *
 * Context: any but interrupts.
 * Return: true if it was ended: the caller takes the pages out of the list, and puts them.
 */
bool rivet_measure_retire(struct rivet_inode *ri, enum rivet_retire which)
{
	struct rivet_measurement *m = rcu_dereference_protected(ri->measurement,
								lockdep_is_held(&ri->lock));
	struct rivet_lookup *found;

	if (which != RIVET_RETIRE_ALL && ri->measuring)
		return false;	/* a task is about to use its pages again */
	if (which == RIVET_RETIRE_TORN && READ_ONCE(m->ops))
		return false;
	if (which == RIVET_RETIRE_UNUSED && READ_ONCE(m->used) && READ_ONCE(m->ops)) {
		WRITE_ONCE(m->used, false);
		return false;
	}
	rcu_assign_pointer(ri->measurement, NULL);
	smp_mb();	/* we see a user that misses this; peek_under_lock() waits for the rest */
	if (which != RIVET_RETIRE_ALL && is_in_use(ri, which != RIVET_RETIRE_UNMAPPED)) {
		rcu_assign_pointer(ri->measurement, m);
		return false;
	}
	found = rcu_replace_pointer(ri->lookup, NULL, lockdep_is_held(&ri->lock));
	rivet_closed_open(ri->inode->i_mapping);
	ri->given_back = true;
	kfree_rcu(m, rcu);
	if (found)
		kfree_rcu(found, rcu);
	return true;
}

/**
 * rivet_measure_tear() - note an attempt to read into a closed mapping
 * @inode: of the mapping
 *
 * Such an attempt means that pages are missing. So the measurement is not used any more. A
 * look at all files follows soon and gives its pages back if the others are not in use.
 *
 * Context: may be called with folios locked; does not sleep.
 */
void rivet_measure_tear(const struct inode *inode)
{
	struct rivet_measurement *m = NULL;
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri)
		m = rcu_dereference(ri->measurement);
	if (m)
		WRITE_ONCE(m->ops, NULL);
	rcu_read_unlock();
	rivet_keep_look_soon();
}

/**
 * rivet_measure_reopen() - open a mapping whose filesystem is about to set its operations
 * @inode: of the mapping; held by an open file of the caller
 *
 * Gives the pages back if the mapping is closed and the file is not in use as verified.
 *
 * Context: any but hard interrupt; takes the record's lock.
 * Return: false if it stays closed, because the file is in use.
 */
bool rivet_measure_reopen(const struct inode *inode)
{
	struct rivet_resident *held = NULL;
	struct rivet_measurement *m;
	struct rivet_inode *ri;

	rcu_read_lock();
	ri = rivet_measure_find(inode);
	if (ri) {
		spin_lock(&ri->lock);
		m = rcu_dereference_protected(ri->measurement, lockdep_is_held(&ri->lock));
		if (m && m->resident) {
			held = m->resident;
			if (rivet_measure_retire(ri, RIVET_RETIRE_UNMAPPED))
				rivet_keep_remove(held);
			else
				held = NULL;
		}
		spin_unlock(&ri->lock);
	}
	rcu_read_unlock();
	rivet_resident_put(held);
	return !rivet_closed_is(inode->i_mapping);
}

/**
 * rivet_measure_settle() - clean up after a measurement that was given up
 * @ri: record of the file; the caller is the task that measures it
 *
 * Opens a mapping that was closed for it, unless the previous measurement holds pages.
 *
 * Context: any but hard interrupt; takes the record's lock.
 */
void rivet_measure_settle(struct rivet_inode *ri)
{
	const struct rivet_measurement *m;

	spin_lock(&ri->lock);
	m = rcu_dereference_protected(ri->measurement, lockdep_is_held(&ri->lock));
	if (!m || !m->resident)
		rivet_closed_open(ri->inode->i_mapping);
	spin_unlock(&ri->lock);
}

package inbound

import (
	"context"
	"time"
)

// renew opens a new session beside the one that was kept, compares what they show, and has
// it take the place of the kept one. It returns when the next pass is due: now if there is
// mail that no pass has seen. If only the new session shows it, the kept one was blind. Where
// there is no room for a second session, the next pass logs in anew.
func (r *runner) renew(ctx context.Context, next time.Time) time.Time {
	var err error
	step := r.syncer.observer.beginStep(&r.account, OpRenew, "")
	defer func() { step.end(err) }()
	r.compared = time.Now()
	kept := *r.conn
	fresh := r.syncer.newConnection(r.account)
	fresh.mayKeep, fresh.state, fresh.loginAt = true, kept.state, kept.loginAt
	if r.account.access(r.conn.preset).Sessions != 1 {
		fresh.slot = r.syncer.budget.tryOpen(r.syncer.user, r.account.Host)
	}
	if fresh.slot == nil {
		r.conn.end() // its slot stays: others must not be waited for
		_ = r.conn.slot.awaitLogin(ctx)
		return time.Now()
	}
	if err = fresh.slot.awaitLogin(ctx); err != nil {
		fresh.close()
		return next
	}
	if err = fresh.open(ctx); err != nil {
		// The next pass will tell, if it is serious.
		r.compared = r.compared.Add(r.account.retryAfter(err))
		r.syncer.logger.InfoContext(ctx, "no second connection to compare with", "account", r.account.ID, "error", err)
		return next
	}
	fresh.slot.replace(kept.slot)
	defer kept.close()
	*r.conn = *fresh
	for _, folder := range r.account.listings(r.syncer.fetchers) {
		var seen, old uint64
		if seen, err = r.newest(ctx, fresh.raw, folder); err != nil {
			if r.conn.closeLost(err); r.conn.raw == nil {
				return time.Now().Add(r.account.retryAfter(err))
			}
			continue // the passes tell what is wrong with the folder
		}
		if seen == 0 {
			continue
		}
		// In this order: what has arrived in between both show.
		old, err = r.newest(ctx, kept.raw, folder)
		if err == nil && old < seen {
			r.conn.blind = true
			kept.lost(SessionLostInfo{Blind: true})
		}
		return time.Now() // the new session has shown it, and tells nothing of it again
	}
	return next
}

// newest returns the highest Position above the watermark of a folder, and above its
// history; 0: there is none.
func (r *runner) newest(ctx context.Context, s Session, folder string) (position uint64, err error) {
	state, err := r.syncer.store.FolderState(ctx, r.account.ID, folder)
	if err != nil {
		return 0, err
	}
	from := Cursor{Generation: state.Generation, After: state.Position}
	if state.History.isLeft() {
		from.After = max(from.After, state.History.Before-1)
	}
	for more := true; more; {
		listing, err := s.List(ctx, folder, from)
		if err != nil {
			return 0, err
		}
		for _, ref := range listing.Refs {
			position = max(position, ref.Position)
		}
		from, more = listing.Next, listing.More
	}
	return position, nil
}

// recordBlindness writes down that the session of the passes before was blind.
func (p *pass) recordBlindness(ctx context.Context) error {
	if !p.blind {
		return nil
	}
	p.logger.WarnContext(ctx, "the connection did not show new mail; it is replaced by a new one",
		"account", p.account.ID)
	p.health.become(HealthStaleView, time.Now())
	p.blind = false
	return p.writeHealth(ctx, *p.health)
}

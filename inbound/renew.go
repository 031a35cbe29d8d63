package inbound

import (
	"context"
	"time"
)

// renew opens a new session beside the one that was kept, and has it take its place. It
// reports whether a pass has to follow: if the kept one was blind, which means that there is
// mail that only the new one shows, or if the provider allows no session beside it. Then the
// pass logs in anew.
func (r *runner) renew(ctx context.Context) (again bool) {
	if r.account.access(r.conn.preset).Sessions == 1 {
		r.conn.close()
		return true
	}
	var err error
	step := r.syncer.observer.beginStep(&r.account, OpRenew, "")
	defer func() { step.end(err) }()
	kept := *r.conn
	fresh := r.syncer.newConnection(r.account)
	fresh.mayKeep, fresh.state, fresh.loginAt = true, kept.state, kept.loginAt
	if err = fresh.open(ctx); err != nil {
		// The next pass will tell, if it is serious.
		r.conn.opened = time.Now().Add(r.account.retryAfter(err))
		r.syncer.logger.InfoContext(ctx, "no second connection to compare with", "account", r.account.ID, "error", err)
		return false
	}
	defer kept.close()
	*r.conn = *fresh
	for _, folder := range r.account.listings(r.syncer.fetchers) {
		var seen uint64
		if seen, err = r.newest(ctx, fresh.raw, folder); err != nil {
			r.conn.close()
			return false
		}
		if seen == 0 {
			continue
		}
		// In this order: what has arrived in between both show.
		old, err := r.newest(ctx, kept.raw, folder)
		if err == nil && old < seen {
			r.conn.blind = true
			kept.lost(SessionLostInfo{Blind: true})
			return true
		}
	}
	return false
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
	p.logger.WarnContext(ctx, "the connection did not show new mail; it is replaced by a new one", "account", p.account.ID)
	p.health.become(HealthStaleView, time.Now())
	p.blind = false
	return p.writeHealth(ctx, *p.health)
}

package inbound

import (
	"context"
	"errors"
	"slices"
)

// admit returns as much of a slice of the history as the provider's limits allow to read
// now. If that is nothing, the initial upload waits.
func (p *pass) admit(ctx context.Context, slice []Ref, newest bool) ([]Ref, error) {
	if p.allowance.waits() {
		p.unread = true
		return nil, nil
	}
	p.announce(ctx)
	slice, err := p.allowance.admit(ctx, slice, newest)
	if err != nil {
		return nil, err
	}
	p.tally.limit(p.allowance.until, p.allowance.notBefore(p.tally.left()))
	if len(slice) == 0 {
		p.unread = true
		p.logger.InfoContext(ctx, "the initial upload waits, by the limits of the provider; new mail does not",
			"account", p.account.ID, "until", p.allowance.until)
	}
	return slice, nil
}

// announce logs how large the initial upload is, and how long it will last, before the
// first of it is read.
func (p *pass) announce(ctx context.Context) {
	messages, bytes := p.tally.left()
	if p.announced || !p.health.InitialSince.IsZero() || p.health.InitialComplete || messages == 0 {
		return
	}
	p.announced = true
	estimate := estimateUpload(p.preset.Provider, p.allowance.access, messages, bytes)
	p.logger.InfoContext(ctx, "the initial upload begins", "account", p.account.ID, "messages", messages,
		"bytes", bytes, "estimate", estimate.String())
}

// recordLogin writes down when the pass has logged in, if it has and the provider wants a
// pause before the next login.
func (p *pass) recordLogin(ctx context.Context) {
	c := p.connection
	if c.loginPause() == 0 || c.loginAt.Equal(c.noted) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := p.allowance.noteLogin(ctx, c.loginAt)
	if c.noted = c.loginAt; err != nil && !errors.Is(err, ErrLeaseLost) {
		p.logger.WarnContext(ctx, "the time of the login is not recorded", "account", p.account.ID, "error", err)
	}
}

// recordUsage counts what the pass has read besides the history, and notes if the server
// refuses to send more. It returns the error of the pass, or else its own.
func (p *pass) recordUsage(ctx context.Context, steps *stepWatch, failure error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	a := p.allowance
	err := errors.Join(
		a.noteRefusal(ctx, errors.Join(append(slices.Clone(p.partial), failure, p.later)...)),
		a.countNewMail(ctx, steps.meter.Bytes()-a.bytes, int(steps.read.Load())-a.messages))
	switch {
	case failure == nil:
		return err
	case err != nil && !errors.Is(err, ErrLeaseLost):
		p.logger.WarnContext(ctx, "how much was read of the mailbox is not recorded", "account", p.account.ID,
			"error", err)
	}
	return failure
}

package inbound

import (
	"context"
	"time"
)

// withheldSoon is how long a message that is marked on the server is looked at again in
// each pass. After that, the pauses grow with the time for which it has been marked.
const withheldSoon = time.Hour

// withheldReasons are the reasons of the records of marked messages.
var withheldReasons = map[Mark]string{
	MarkDeleted: "a different program has marked it as deleted; uploaded if the mark is taken off",
	MarkDraft:   "it is a draft; uploaded if the mark is taken off",
}

// isWithheld reports a message that was marked on the server: it is looked at again.
func (e LedgerEntry) isWithheld() bool { return e.Outcome == Ignored && !e.NextTry.IsZero() }

// withhold returns the records of a marked message whose turn it is. What was uploaded
// before keeps its record. A message that was marked already is noted in p.later.
func (p *plan) withhold(ref Ref, row LedgerEntry) []LedgerEntry {
	reason, ok := withheldReasons[ref.Mark]
	if !ok {
		reason = "the server marks it as " + boundedText(string(ref.Mark))
	}
	switch {
	case row.isUploaded() && row.isAbout(ref):
		return nil
	case row.isWithheld() && row.isAbout(ref):
		if next := row.nextLook(time.Now()); row.Reason != reason || !next.Equal(row.NextTry) {
			row.Reason, row.NextTry = reason, next
			p.later = append(p.later, row)
		}
		return nil
	}
	entry := ref.entry(Ignored, reason, time.Now())
	entry.NextTry, entry.Baseline = entry.At, row.Baseline && row.isAbout(ref)
	return entry.over(row)
}

// nextLook is when a message that is still marked is looked at again: in the next pass
// while the mark is new, and then after a quarter of its age, up to a day.
func (e LedgerEntry) nextLook(now time.Time) time.Time {
	age := now.Sub(e.At)
	if age < withheldSoon {
		return e.At
	}
	return now.Add(min(age/4, compareEvery))
}

// lookLater records when messages that are still marked are looked at again. Nothing has
// become of them, so nobody is told.
func (p *plan) lookLater(ctx context.Context) error {
	if len(p.later) == 0 {
		return nil
	}
	err := p.known.write(ctx, p.later...)
	p.later = p.later[:0]
	return err
}

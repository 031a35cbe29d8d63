package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/discover/presets"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/refusal"
)

// strictProvider is a mailbox with the limits of a provider, and its words. Who tries again
// sooner than it has said is noted in early.
type strictProvider struct {
	box      *inboundtest.Mailbox
	protocol inbound.Protocol
	words    func(random *rand.Rand) words // of a refusal while mail is read
	login    func(*rand.Rand) words        // of a refusal of a login that comes too soon
	loginGap time.Duration                 // between logins; 0: any
	random   *rand.Rand

	allowed   int       // messages until the next refusal
	most      int       // messages between refusals
	until     time.Time // when it lets in again
	told      time.Time // when one may try again
	lastLogin time.Time
	refusals  int
	shut      time.Duration // how long it has let nobody in, all refusals together
	early     []string
}

// words are a refusal, and what it means.
type words struct {
	text string
	wait time.Duration // until one may try again
	shut time.Duration // until it lets in again
}

// attempt notes what is tried too soon, and refuses while nobody is let in.
func (p *strictProvider) attempt(op inbound.Op) error {
	now := time.Now()
	if now.Before(p.told) {
		p.early = append(p.early, fmt.Sprintf("%s %v before the time", op, p.told.Sub(now)))
	}
	if now.Before(p.until) {
		w := p.words(p.random)
		w.shut = 0 // it is shut already
		return p.refuse(op, w)
	}
	return nil
}

func (p *strictProvider) refuse(op inbound.Op, w words) error {
	now := time.Now()
	p.refusals++
	p.told = now.Add(w.wait)
	if w.shut > 0 {
		p.until, p.allowed, p.shut = now.Add(w.shut), p.most, p.shut+w.shut
	}
	return refusal.Read(p.protocol, refusal.StepOf(p.protocol, op), "", w.text).Failure(op, errors.New(w.text))
}

// Open implements inbound.Fetcher.
func (p *strictProvider) Open(ctx context.Context, a inbound.Account, l inbound.Login) (inbound.Session, error) {
	if err := p.attempt(inbound.OpLogin); err != nil {
		return nil, err
	}
	if since := time.Since(p.lastLogin); since < p.loginGap {
		return nil, p.refuse(inbound.OpLogin, p.login(p.random))
	}
	p.lastLogin = time.Now()
	session, err := p.box.Open(ctx, a, l)
	return strictSession{session, p}, err
}

type strictSession struct {
	inbound.Session
	provider *strictProvider
}

// List implements inbound.Session.
func (s strictSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if err := s.provider.attempt(inbound.OpList); err != nil {
		return inbound.Listing{}, err
	}
	return s.Session.List(ctx, folder, from)
}

// Fetch implements inbound.Session: a message takes a tenth of a second.
func (s strictSession) Fetch(ctx context.Context, refs []inbound.Ref, opts inbound.FetchOptions,
	fn func(inbound.Ref, io.Reader) error) error {
	p := s.provider
	for _, ref := range refs {
		if err := p.attempt(inbound.OpRead); err != nil {
			return err
		}
		if p.allowed == 0 {
			return errors.Join(p.refuse(inbound.OpRead, p.words(p.random)), inbound.ErrDirty)
		}
		p.allowed--
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second / 10):
		}
		if err := s.Session.Fetch(ctx, []inbound.Ref{ref}, opts, fn); err != nil {
			return err
		}
	}
	return nil
}

// always returns the same words.
func always(text string, wait, shut time.Duration) func(*rand.Rand) words {
	return func(*rand.Rand) words { return words{text, wait, shut} }
}

// strictProviders are the limits of providers, with their texts. Where a text names no time,
// the preset of the provider does.
var strictProviders = map[string]struct {
	host string
	make strictProvider
}{
	"Gmail": {"imap.gmail.com", strictProvider{protocol: inbound.IMAP,
		words: always("[OVERQUOTA] Account exceeded command or bandwidth limits.",
			presets.For("imap.gmail.com").Backoff.Traffic, 24*time.Hour)}},
	"Gmail, POP3": {"pop.gmail.com", strictProvider{protocol: inbound.POP3,
		words: always("[AUTH] Account exceeded pop command or bandwidth limits (Failure)",
			presets.For("pop.gmail.com").Backoff.Traffic, 24*time.Hour)}},
	"Microsoft": {"outlook.office365.com", strictProvider{protocol: inbound.IMAP,
		words: func(random *rand.Rand) words {
			wait := time.Duration(60_000+random.IntN(240_000)) * time.Millisecond
			text := fmt.Sprintf("Request is throttled. Suggested Backoff Time: %d milliseconds", wait.Milliseconds())
			return words{text, wait, wait}
		}}},
	"Hotmail, POP3": {"outlook.office365.com", strictProvider{protocol: inbound.POP3, loginGap: 3 * time.Minute,
		words: always("Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the "+
			"POP3 server.", 15*time.Minute, 15*time.Minute),
		login: always("login allowed only every 15 minutes", 15*time.Minute, 15*time.Minute)}},
	"Yahoo": {"imap.mail.yahoo.com", strictProvider{protocol: inbound.IMAP, loginGap: time.Minute,
		words: always("[LIMIT] UID FETCH Rate limit hit.",
			presets.For("imap.mail.yahoo.com").Backoff.Other, 5*time.Minute),
		login: always("[LIMIT] LOGIN Rate limit hit.",
			presets.For("imap.mail.yahoo.com").Backoff.Logins, 5*time.Minute)}},
}

// runs returns how many there are: 2, or as many as POSTROOM_UPLOADS says.
func runs(t *testing.T) uint64 {
	text, ok := os.LookupEnv("POSTROOM_UPLOADS")
	if !ok {
		return 2
	}
	n, err := strconv.ParseUint(text, 10, 32)
	require.NoError(t, err)
	return n
}

// Nothing is tried before the time that a provider has stated, over restarts, too; and the
// upload takes hardly longer than its limits make it take.
func TestRun_KeepsToLimitsOfProviders(t *testing.T) {
	for name, provider := range strictProviders {
		t.Run(name, func(t *testing.T) {
			var longest float64
			for seed := range runs(t) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					p := provider.make
					p.random = rand.New(rand.NewPCG(seed, 2))
					// Nothing to assign and nobody to notify: over days, that would cost more than the upload.
					h.account.Host, h.account.NotifyManager, h.config.Notifier = provider.host, false, nil
					h.account.ManagerGroup = ""
					longest = max(longest, h.uploadFrom(&p))
					require.Empty(t, p.early, "seed %d", seed)
					require.Positive(t, p.refusals)
				})
			}
			assert.LessOrEqual(t, longest, 1.1)
			t.Logf("the longest took %.3f of the time that the limits make it take", longest)
		})
	}
}

// uploadFrom runs a Syncer, with restarts, until it has uploaded a mailbox. It returns how
// long that took, of the time in which the provider sent mail or let nobody in.
func (h *host) uploadFrom(p *strictProvider) float64 {
	h.use(p.protocol)
	p.box, h.fetcher = h.box, p
	p.most = 5 + p.random.IntN(10)
	p.allowed = p.most
	total := 2*p.most + p.random.IntN(3*p.most)
	h.deliverFrom("old", total)
	began := time.Now()
	var took time.Duration
	for took == 0 {
		life := time.Duration(p.random.Int64N(int64(2 * p.words(p.random).shut)))
		ctx, cancel := context.WithTimeout(h.t.Context(), life)
		h.config.Observer = &inbound.Observer{Committed: func(inbound.CommittedInfo) {
			if n, err := h.store.Outcomes(ctx, "shop"); err == nil && n[inbound.Uploaded] == total && took == 0 {
				took = time.Since(began)
				cancel()
			}
		}}
		require.NoError(h.t, h.syncer().Run(ctx))
		cancel()
		require.Less(h.t, time.Since(began), 30*24*time.Hour, "it gets on")
	}
	assert.Len(h.t, h.emails(), total)
	return took.Hours() / (p.shut + time.Duration(total)*time.Second/10).Hours()
}

// An account that has no old mail left is well as soon as its provider lets it read again,
// however long old mail would have to wait.
func TestSync_WellAfterLimitOnTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.pass()
		h.box.Intercept = func(string) error {
			return &inbound.Error{Class: inbound.ErrThrottled, Throttle: inbound.ThrottleTraffic, Err: errors.New("no")}
		}
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrThrottled)
		h.box.Intercept = nil
		time.Sleep(time.Hour)
		h.pass()
		assert.Equal(t, inbound.HealthOK, h.health().State)
		assert.Equal(t, 23*time.Hour, time.Until(h.health().HistoryAfter).Round(time.Minute))
	})
}

// How long a session waits for new mail, and how often a new one is compared with it,
// depends on the provider.
func TestRun_WaitsAndComparesAsProvidersAllow(t *testing.T) {
	for host, want := range map[string]struct {
		wait   time.Duration
		logins int // in a day
	}{
		"imap.shop.example":   {9 * time.Minute, 24},
		"imap.rambler.ru":     {55 * time.Second, 24},
		"imap.mail.yahoo.com": {150 * time.Second, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, logins := pushing(t)
			h.account.Host, h.account.Interval = host, time.Hour
			var longest time.Duration
			h.fetcher = &watchServer{h.box, func(ctx context.Context, limit time.Duration) error {
				longest = max(longest, limit)
				select {
				case <-ctx.Done():
				case <-time.After(limit):
				}
				return ctx.Err()
			}}
			stop := h.run(h.syncer())
			time.Sleep(24 * time.Hour)
			stop()
			assert.Equal(t, want.wait, longest, host)
			assert.InDelta(t, want.logins, logins.Load(), 4, host)
		})
	}
}

// Between the logins of an account there are as many seconds as its provider is known to
// want, whether a pass or Run logs in; of others nothing is known.
func TestRun_PausesBetweenLogins(t *testing.T) {
	for host, pause := range map[string]time.Duration{"imap.mail.yahoo.com": time.Minute, "imap.shop.example": 0} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			logins := h.refuseLogins(0, 0, nil)
			h.account.Host, h.account.Interval = host, 10*time.Second
			stop := h.run(h.syncer())
			time.Sleep(time.Hour)
			stop()
			shortest := time.Hour
			times := logins.all()
			for i := range len(times) - 1 {
				shortest = min(shortest, times[i+1].Sub(times[i]))
			}
			assert.GreaterOrEqual(t, shortest, pause, host)
			assert.Equal(t, pause == 0, shortest < time.Minute, host)
		})
	}
}

// So there are between passes that a host makes itself, in one process or in several.
func TestSync_PausesBetweenLogins(t *testing.T) {
	for name, again := range map[string]func(h *host, s *inbound.Syncer) *inbound.Syncer{
		"the same Syncer": func(_ *host, s *inbound.Syncer) *inbound.Syncer { return s },
		"a new one":       func(h *host, _ *inbound.Syncer) *inbound.Syncer { return h.syncer() },
	} {
		for host, pause := range map[string]time.Duration{"imap.mail.yahoo.com": time.Minute, "imap.shop.example": 0} {
			t.Run(name+", "+host, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					logins := h.refuseLogins(1, 1, &inbound.Error{Class: inbound.ErrTemporary, Err: errors.New("no")})
					h.account.Host = host
					s := h.syncer()
					for i := range 4 {
						_, err := s.Sync(t.Context(), "shop")
						require.Equal(t, i == 1, err != nil, "a login that fails counts, too")
						time.Sleep(10 * time.Second)
						s = again(h, s)
					}
					if pause > 0 { // Run begins after the pause as well
						stop := h.run(s)
						elapse(pause - 11*time.Second)
						assert.Len(t, logins.all(), 4)
						elapse(2 * time.Second)
						assert.Len(t, logins.all(), 5)
						stop()
					}
					times := logins.all()
					for i := range len(times) - 1 {
						assert.Equal(t, max(pause, 10*time.Second), times[i+1].Sub(times[i]))
					}
				})
			})
		}
	}
}

// Where a provider allows one session, no second one is opened to compare with.
func TestRun_OneSessionWhereNoMoreAreAllowed(t *testing.T) {
	for sessions := 1; sessions <= 2; sessions++ {
		synctest.Test(t, func(t *testing.T) {
			h, logins := pushing(t)
			most := 0
			count := h.box.Intercept
			h.box.Intercept = func(step string) error {
				if step == "list" {
					most = max(most, h.box.Sessions())
				}
				return count(step)
			}
			s := h.syncer()
			preset := presets.For("imap.shop.example")
			preset.IMAP.Sessions = sessions
			s.SetPreset(preset)
			stop := h.run(s)
			time.Sleep(24 * time.Hour)
			stop()
			assert.Equal(t, sessions, most)
			assert.InDelta(t, 24, logins.Load(), 3)
		})
	}
}

package wire

// Alert is an untagged line of the server for people: NO, BAD, OK with the response code
// ALERT or WEBALERT, or what is no response at all.
type Alert struct {
	Failure bool   // it is not OK
	Code    string // the response code, in upper case and without arguments; "" if there is none
	Text    string // without control characters, of at most 512 bytes
}

// maxAlerts is how many alerts are kept: the latest ones.
const maxAlerts = 4

func (f *facts) alert(a Alert) {
	const longest = 512
	a.Text = a.Text[:min(len(a.Text), longest)]
	f.mu.Lock()
	defer f.mu.Unlock()
	f.alerts = append([]Alert{a}, f.alerts[:min(len(f.alerts), maxAlerts-1)]...)
}

// Alerts returns the latest alerts, the last one first.
func (c *Conn) Alerts() []Alert {
	c.scanner.facts.mu.Lock()
	defer c.scanner.facts.mu.Unlock()
	return c.scanner.facts.alerts
}

package inbound

// signal wakes a goroutine that may be at work; what it is sent meanwhile is one
// signal.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

// send never blocks.
func (s signal) send() {
	select {
	case s <- struct{}{}:
	default:
	}
}

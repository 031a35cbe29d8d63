package cli

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// catchHangups catches SIGHUP, which would end the process, until release is first called.
// Of several that come while none is taken from the channel, one stays. Systems without
// that signal never send it. Where standard error is a terminal, it ends the run; that is
// up to main.
func catchHangups() (hangups <-chan os.Signal, release func()) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	return caught, sync.OnceFunc(func() {
		signal.Stop(caught)
		close(caught)
	})
}

// answerHangups calls answer after each SIGHUP until stop is called, which calls release and
// waits for the last answer.
func answerHangups(hangups <-chan os.Signal, release, answer func()) (stop func()) {
	var answering sync.WaitGroup
	answering.Go(func() {
		for range hangups {
			answer()
		}
	})
	return func() {
		release()
		answering.Wait()
	}
}

package cli

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// catchHangups catches SIGHUP, which would end the process, until release is called.
// Systems without that signal never send it. Where standard error is a terminal, it
// ends the run; that is up to main.
func catchHangups() (hangups <-chan os.Signal, release func()) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	return caught, func() {
		signal.Stop(caught)
		close(caught)
	}
}

// answerHangups logs a warning for each SIGHUP until it is no longer caught.
func answerHangups(hangups <-chan os.Signal, logger *slog.Logger) {
	for range hangups {
		logger.Warn("SIGHUP changes nothing: the settings are read at the start only; restart to change them")
	}
}

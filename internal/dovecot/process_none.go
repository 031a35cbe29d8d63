//go:build !unix

package dovecot

import (
	"fmt"
	"os/exec"
)

// process is a running Dovecot master, of which there is none on this system.
type process struct {
	done chan struct{}
	err  error
}

func startProcess(*exec.Cmd) (*process, error) {
	return nil, fmt.Errorf("%w: it runs on Unix only", ErrMissing)
}

func (*process) stop() {}

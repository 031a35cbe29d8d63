//go:build !unix

package dovecot

import (
	"fmt"
	"os/exec"
)

// process would be a running Dovecot master, which does not exist on this system.
type process struct {
	done chan struct{}
	err  error
}

func startProcess(*exec.Cmd) (*process, error) {
	return nil, fmt.Errorf("%w: it runs on Unix only", ErrMissing)
}

func (*process) stop() {}

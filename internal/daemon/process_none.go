//go:build !unix

package daemon

import (
	"errors"
	"os/exec"
)

// Process would be a running program. It does not exist on this system.
type Process struct{}

// Start returns an error: programs run on Unix only.
func Start(*exec.Cmd) (*Process, error) { return nil, errors.ErrUnsupported }

// PID returns 0.
func (*Process) PID() int { return 0 }

// Done returns nil.
func (*Process) Done() <-chan struct{} { return nil }

// Err returns nil.
func (*Process) Err() error { return nil }

// Stop does nothing.
func (*Process) Stop() {}

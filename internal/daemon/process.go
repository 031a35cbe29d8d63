//go:build unix

package daemon

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Process is a running program.
type Process struct {
	pid  int
	done chan struct{} // closed when the program has ended
	err  error         // how it ended; read after done
}

// Start starts a command in a process group of its own. The command's SysProcAttr may
// be set already. A goroutine stays on one thread until the program has ended, since
// the kernel's parent-death signal is bound to the starting thread.
func Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	bind(cmd.SysProcAttr)
	p := &Process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// PID returns the process ID of the program.
func (p *Process) PID() int { return p.pid }

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns how the program ended. It may be called after Done.
func (p *Process) Err() error { return p.err }

// Stop kills the program and its children that are in its process group, and returns
// when the program has ended.
func (p *Process) Stop() {
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // fails if all have ended already
	<-p.done
}

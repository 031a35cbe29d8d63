//go:build unix

package dovecot

import (
	"os/exec"
	"runtime"
	"syscall"
)

// process is a running Dovecot master.
type process struct {
	pid  int
	done chan struct{} // closed when the master has ended
	err  error         // how it ended; read after done
}

// startProcess starts the command. It stays on one thread until the process
// has ended: the kernel's parent-death signal is bound to the starting thread.
func startProcess(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = ownGroup()
	p := &process{done: make(chan struct{})}
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
	return p, <-started
}

// stop kills the master and all its children, which are in its process group, and
// returns when the master has ended. There is no data to save, and a regular stop of
// Dovecot takes a second or, right after a start, never ends.
func (p *process) stop() {
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // fails when all have ended already
	<-p.done
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// usage is what one run took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory, the largest resident set
}

func (u usage) describe(box mailbox) string {
	return fmt.Sprintf("%7.2f s  %7.0f msg/s  %6.1f MB/s  cpu %6.2f s  peak %6.1f MiB",
		u.wall.Seconds(), u.rate(box), float64(box.bytes)/1e6/u.wall.Seconds(), u.cpu.Seconds(), float64(u.peak)/(1<<20))
}

// rate returns messages per second.
func (u usage) rate(box mailbox) float64 { return float64(box.messages) / u.wall.Seconds() }

// timed runs a command to its end. Its error ends with what the command said last.
func timed(ctx context.Context, env []string, name string, args ...string) (usage, error) {
	var said tail
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(begin)}
	if err != nil {
		return u, fmt.Errorf("%w; it said:\n%s", err, bytes.TrimSpace(said))
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = int64(r.Maxrss) * 1024
		if runtime.GOOS == "darwin" { // counts in bytes
			u.peak = int64(r.Maxrss)
		}
	}
	return u, nil
}

// tail keeps the end of what is written to it.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if extra := len(*t) - 4000; extra > 0 {
		*t = append((*t)[:0], (*t)[extra:]...)
	}
	return len(p), nil
}

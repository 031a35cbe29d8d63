package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/postroom/postroom/internal/bench/internal/memory"
)

// usage is the time and memory of one run.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory, the largest resident set
}

func (u usage) describe(box mailbox) string {
	return fmt.Sprintf("%7.2f s  %7.0f msg/s  %6.1f MB/s  cpu %6.2f s  peak %6.1f MiB",
		u.wall.Seconds(), u.rate(box), float64(box.bytes)/1e6/u.wall.Seconds(),
		u.cpu.Seconds(), float64(u.peak)/(1<<20))
}

// rate returns messages per second.
func (u usage) rate(box mailbox) float64 { return float64(box.messages) / u.wall.Seconds() }

// timed runs a command to its end. The error contains the end of its output.
func timed(ctx context.Context, env []string, name string, args ...string) (usage, error) {
	var said tail
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	ended := make(chan struct{})
	peak := make(chan int64, 1)
	go func() { peak <- watchPeak(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	u := usage{wall: time.Since(begin)}
	close(ended)
	u.peak = <-peak
	if err != nil {
		return u, fmt.Errorf("%w; it said:\n%s", err, bytes.TrimSpace(said))
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return u, nil
}

// watchPeak reads the peak memory of a process until the process has ended. It
// returns 0 on systems without /proc. The value of wait4 is useless: it starts with
// the size of the parent process.
func watchPeak(pid int, ended <-chan struct{}) (peak int64) {
	for {
		_, most := memory.Of(strconv.Itoa(pid))
		peak = max(peak, most)
		select {
		case <-ended:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
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

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

const (
	uploadCommand = "upload-until-killed" // the argument that makes this program the process to kill
	killAfter     = 12                    // committed messages, or a few more: they are committed in batches
	holdAfter     = 30                    // the server delivers no more messages before the process is dead
	killTimeout   = time.Minute
)

// uploadAndKill starts this program a second time as a process that uploads the
// mailbox, and kills it in the middle. The server holds back the last messages, so
// that the process cannot finish before. uploadAndKill returns when the process has
// ended; killed is true if it was this function that ended it.
func uploadAndKill(ctx context.Context, box *mailbox, path string, progress func(committed int),
) (killed bool, err error) {
	box.setPace(frame)
	release := box.hold(holdAfter)
	defer release()
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	limited, cancel := context.WithTimeout(ctx, killTimeout)
	defer cancel()
	var complaints bytes.Buffer
	process := exec.CommandContext(limited, self, uploadCommand, strconv.Itoa(box.port), path)
	process.Stderr = &complaints
	reports, err := process.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := process.Start(); err != nil {
		return false, fmt.Errorf("start %s: %w", self, err)
	}
	for lines := bufio.NewScanner(reports); lines.Scan(); {
		committed, err := strconv.Atoi(lines.Text())
		if err != nil {
			continue // not one of upload's lines
		}
		progress(committed)
		if committed >= killAfter && !killed {
			killed = process.Process.Kill() == nil
		}
	}
	err = process.Wait()
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case limited.Err() != nil:
		return false, fmt.Errorf("the first process uploaded fewer than %d messages in %s", killAfter, killTimeout)
	case complaints.Len() > 0:
		return false, fmt.Errorf("the first process failed: %s", strings.TrimSpace(complaints.String()))
	case err != nil && !killed:
		return false, fmt.Errorf("the first process failed: %w", err)
	}
	return err != nil, nil // nil: it was finished before it could be killed
}

// upload is the process that is killed. Its arguments are the port of the server
// and the path of the database. It writes the number of committed messages to out,
// a line for each batch.
func upload(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("%s needs a port and a database", uploadCommand)
	}
	port, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	var committed atomic.Int64
	observer := &inbound.Observer{Committed: func(c inbound.CommittedInfo) {
		for _, n := range c.Outcomes {
			committed.Add(int64(n))
		}
		fmt.Fprintln(out, committed.Load())
	}}
	return withStore(ctx, args[1], func(store *sqlstore.Store) error {
		_, err := collect(ctx, store, sampleMailbox(port), &bell{}, observer)
		return err
	})
}

package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal makes a terminal. What is written to it is read from its screen.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	t.Cleanup(func() { _ = screen.Close() }) // it may be closed already
	raw, err := screen.SyscallConn()
	require.NoError(t, err)
	number, failed := 0, error(nil)
	require.NoError(t, raw.Control(func(fd uintptr) {
		if failed = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); failed == nil {
			number, failed = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}))
	require.NoError(t, failed)
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tty.Close() })
	return screen, tty
}

// Where standard error is a terminal, SIGHUP means that it was closed.
func TestSignal_HangupOfTerminalEndsRun(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"run"}, {"run", "-progress"}} {
		screen, tty := terminal(t)
		port, accepted := silentServer(t)
		settings, _ := settingsFor(t, port)
		p := start(t, tty, append(args, "-config", settingsFile(t, settings))...)
		var c net.Conn
		select {
		case c = <-accepted:
		case <-p.ended:
			require.Fail(t, "it ended")
		case <-time.After(20 * time.Second):
			require.Fail(t, "it does not connect")
		}
		require.NoError(t, tty.Close())
		require.NoError(t, screen.Close()) // nobody sees it any more
		p.send(syscall.SIGHUP)
		assert.Equal(t, 0, p.end(), args)
		require.NoError(t, c.Close())
	}
}

//go:build linux

package mailserver

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/postroom/postroom/internal/daemon"
)

// root is an overlay of this machine's files in mount and process namespaces of its own.
// The programs in it use this machine's network.
type root struct {
	dir    string // on this machine, with the log; in the namespace, the overlay is mounted below it
	init   *daemon.Process
	log    *os.File
	syslog net.PacketConn
	ended  sync.WaitGroup // the goroutine that reads the syslog
}

// enter mounts an overlay of this machine's files below $1, and goes into it. What is
// written there goes into $2, or into memory if that is empty. $3 is a directory with
// what was written in an earlier overlay, or empty. The first process of the namespace
// then waits until it is killed; all other processes in the namespace end with it.
const enter = `
set -eu
mount --make-rprivate /
writes=$2
if [ -z "$writes" ]; then
	mount -t tmpfs -o mode=755 tmpfs "$1"
	writes=$1/writes
fi
root=$1/root
mkdir -p "$writes/files" "$writes/work" "$root"
if [ -n "$3" ]; then # a copy, since a directory cannot be below an overlay and in it
	cp -a "$3/." "$writes/files"
fi
mount -t overlay -o "lowerdir=/,upperdir=$writes/files,workdir=$writes/work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
	: > "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir -m 1777 "$root/dev/shm"
exec chroot "$root" /bin/sh -c 'echo entered; exec sleep infinity'
`

// newRoot makes a root. writes is the directory in which its changes are kept; "" means
// in memory. earlier is a directory with changes of an earlier root, or "". An error
// wraps ErrMissing if this machine does not allow overlays.
func newRoot(writes, earlier string) (_ *root, err error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: only root may mount the server's files", ErrMissing)
	}
	r := new(root)
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.dir, err = os.MkdirTemp("", "mailserver"); err != nil {
		return nil, err
	}
	r.log, err = os.OpenFile(filepath.Join(r.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", enter, "sh", r.dir, writes, earlier)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	cmd.Stderr = r.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if r.init, err = daemon.Start(cmd); err != nil {
		return nil, fmt.Errorf("%w: this machine does not allow namespaces: %w", ErrMissing, err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "entered\n" {
		return nil, fmt.Errorf("%w: this machine does not allow to mount an overlay: %s",
			ErrMissing, strings.TrimSpace(r.text()))
	}
	return r, r.listen()
}

// listen writes what the programs send to the syslog to the log.
func (r *root) listen() (err error) {
	socket := r.path("/dev/log")
	if r.syslog, err = net.ListenPacket("unixgram", socket); err != nil {
		return err
	}
	r.ended.Go(func() {
		buf := make([]byte, 64<<10)
		for {
			n, _, err := r.syslog.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = r.log.Write(append(bytes.TrimRight(buf[:n], "\n\x00"), '\n'))
		}
	})
	return os.Chmod(socket, 0o666)
}

// close ends all programs in the root and removes it.
func (r *root) close() error {
	if r.init != nil {
		r.init.Stop()
	}
	if r.syslog != nil {
		r.syslog.Close()
		r.ended.Wait()
	}
	if r.log != nil {
		r.log.Close()
	}
	return os.RemoveAll(r.dir)
}

// text returns the log: what the programs printed and sent to the syslog.
func (r *root) text() string {
	text, err := os.ReadFile(filepath.Join(r.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// path returns the path by which this process reaches a file in the root. No directory
// of it may be a symbolic link, since that would lead to this machine's files.
func (r *root) path(name string) string {
	return filepath.Join("/proc", strconv.Itoa(r.init.PID()), "root", name)
}

// command prepares a program in the root, as root's user.
func (r *root) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("nsenter", append([]string{
		"--target", strconv.Itoa(r.init.PID()), "--mount", "--pid", "--root", "--wd", "--", name,
	}, args...)...)
	cmd.Env = []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive",
	}
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	// A file, and not a pipe: daemons keep it open after the program has ended.
	cmd.Stdout, cmd.Stderr = r.log, r.log
	return cmd
}

// run runs a program in the root to its end.
func (r *root) run(input, name string, args ...string) error {
	cmd := r.command(name, args...)
	if input != "" {
		cmd.Stdin = strings.NewReader(input)
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// start starts a program that stays in the foreground until the root is closed.
func (r *root) start(name string, args ...string) (*daemon.Process, error) {
	p, err := daemon.Start(r.command(name, args...))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// write replaces a file in the root.
func (r *root) write(name, text string) error {
	return os.WriteFile(r.path(name), []byte(text), 0o644)
}

// set replaces lines "NAME=..." of a shell configuration in the root. pairs alternate
// between names and values.
func (r *root) set(file string, pairs ...string) error {
	text, err := os.ReadFile(r.path(file))
	if err != nil {
		return err
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, "=")
		if i := indexPair(pairs, name); i >= 0 {
			line = fmt.Sprintf("%s=%q\n", name, pairs[i+1])
		}
		b.WriteString(line)
	}
	return r.write(file, b.String())
}

func indexPair(pairs []string, name string) int {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			return i
		}
	}
	return -1
}

// serve starts a program for each connection to an address of this machine, with the
// connection as its standard input and output, as inetd does.
func (r *root) serve(l net.Listener, name string, args ...string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		file, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			continue
		}
		cmd := r.command(name, args...)
		cmd.Stdin, cmd.Stdout = file, io.Writer(file)
		if err := cmd.Start(); err != nil {
			fmt.Fprintln(r.log, err)
		} else {
			go func() { _ = cmd.Wait() }() // the program ends with its connection
		}
		file.Close()
	}
}

//go:build linux

package mailserver

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/postroom/postroom/internal/daemon"
)

// startGluon builds and starts the program in the directory gluon, a module of its own:
// the server of Proton Mail Bridge, without Proton.
func startGluon(v *Server) error {
	dir, err := os.MkdirTemp("", "gluon")
	if err != nil {
		return err
	}
	v.closers = append(v.closers, func() error { return os.RemoveAll(dir) })
	program, err := buildGluon(dir)
	if err != nil {
		return err
	}
	ports, err := daemon.FreePorts("127.0.0.1", 1)
	if err != nil {
		return err
	}
	v.IMAP = ports[0]
	logFile := filepath.Join(dir, "log")
	log, err := os.Create(logFile)
	if err != nil {
		return err
	}
	v.closers = append(v.closers, log.Close)
	v.log = func() string {
		text, err := os.ReadFile(logFile)
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	cmd := exec.Command(program, "-listen", "127.0.0.1:"+strconv.Itoa(v.IMAP),
		"-dir", filepath.Join(dir, "data"), "-password", Password, strings.Join(userNames(), ","))
	cmd.Stdout, cmd.Stderr = log, log
	p, err := daemon.Start(cmd)
	if err != nil {
		return err
	}
	v.closers = append(v.closers, func() error { p.Stop(); return nil })
	return v.await(p)
}

// buildGluon returns the path of the program in dir. It cannot be built without a C
// compiler, or if its modules are neither in the module cache nor to be had.
func buildGluon(dir string) (string, error) {
	find := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/postroom/postroom/internal/mailserver")
	source, err := find.Output()
	if err != nil {
		return "", fmt.Errorf("find the source of gluon's program: %w", err)
	}
	program := filepath.Join(dir, "gluon")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = filepath.Join(strings.TrimSpace(string(source)), "gluon")
	// Without optimization, the C compiler takes seconds instead of a minute.
	build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=1", "CGO_CFLAGS=-O0")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: it cannot be built: %w\n%s", ErrMissing, err, out)
	}
	return program, nil
}

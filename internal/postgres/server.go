package postgres

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/postroom/postroom/internal/daemon"
)

// ErrMissing reports that PostgreSQL is not installed on this machine.
var ErrMissing = errors.New("postgres: not installed")

// Server is a PostgreSQL. Its methods must not be called concurrently, apart from Address,
// DSN and Log.
type Server struct {
	options  Options
	dir      string
	programs string // their folder
	port     int
	process  *daemon.Process // nil while it is stopped
	closing  sync.Once
	closeErr error
}

// Start makes an empty server and returns when it accepts connections. If PostgreSQL is
// not installed, the error is ErrMissing. The caller must close the server.
func Start(o *Options) (*Server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	dir, err := os.MkdirTemp(o.Dir, "postgres")
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s := &Server{options: *o, dir: dir, programs: programs}
	if err := s.install(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	// A different process may take a port after it was found free and before PostgreSQL
	// binds it.
	for range 3 {
		if err = s.launch(); err == nil {
			return s, nil
		}
		s.port = 0
	}
	return nil, errors.Join(err, s.Close())
}

// install creates the data. Texts are sorted as English by default, so that a test notices
// where bytes are meant.
func (s *Server) install() error {
	if err := daemon.GiveAway(s.dir); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	// The data is removed in the end, so that nothing need be synced here.
	install := exec.Command(filepath.Join(s.programs, "initdb"), "--pgdata="+s.dataDir(), "--username=postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en",
		"--no-sync", "--no-instructions")
	install.Dir = s.dir
	if err := daemon.DropRights(install); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("postgres: create the data: %w\n%s", err, out)
	}
	return nil
}

// settings are those of a server that many tests share, without its socket for this machine.
func (s *Server) settings() []string {
	return append([]string{
		"listen_addresses = '" + host + "'",
		"port = " + strconv.Itoa(s.port),
		"unix_socket_directories = ''",
		"max_connections = 200",
		"shared_buffers = 64MB",
		"autovacuum_naptime = 10s",
	}, s.options.Settings...)
}

// launch starts the server and waits until it accepts.
func (s *Server) launch() error {
	if s.port == 0 {
		ports, err := daemon.FreePorts(host, 1)
		if err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		s.port = ports[0]
	}
	args := []string{"-D", s.dataDir()}
	for _, setting := range s.settings() {
		name, value, _ := strings.Cut(setting, "=")
		args = append(args, "-c", strings.TrimSpace(name)+"="+strings.Trim(strings.TrimSpace(value), "'"))
	}
	server := exec.Command(filepath.Join(s.programs, "postgres"), args...)
	server.Dir = s.dir
	log, err := os.OpenFile(s.logFile(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	defer func() { _ = log.Close() }() // the server writes to a copy
	server.Stdout, server.Stderr = log, log
	if err := daemon.DropRights(server); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	p, err := daemon.Start(server)
	if errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("%w: it runs on Unix only", ErrMissing)
	}
	if err != nil {
		return fmt.Errorf("postgres: start the server: %w", err)
	}
	s.process = p
	if err := s.await(p); err != nil {
		s.Kill()
		return fmt.Errorf("postgres: %w\n%s", err, s.Log())
	}
	return nil
}

// await waits until the server lets clients in: it listens before it has recovered.
func (s *Server) await(p *daemon.Process) error {
	if err := p.Await("tcp", s.Address()); err != nil {
		return err
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		ready := exec.Command(filepath.Join(s.programs, "pg_isready"), "--quiet", "--host="+host,
			"--port="+strconv.Itoa(s.port))
		err := ready.Run()
		if err == nil {
			return nil
		}
		if answer := (*exec.ExitError)(nil); !errors.As(err, &answer) || time.Now().After(deadline) {
			return fmt.Errorf("the server does not let clients in: %w", err)
		}
		select {
		case <-p.Done():
			return fmt.Errorf("the server has ended: %v", p.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends the server as a crash would: nothing is finished or written any longer, and its
// clients lose their connections. The data stays, and Restart has to recover it.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	// SIGQUIT makes the server's processes end at once, and those that do not are killed. They
	// are not in one process group.
	if p, err := os.FindProcess(s.process.PID()); err == nil {
		_ = p.Signal(syscall.SIGQUIT) // fails if it has ended already
	}
	select {
	case <-s.process.Done():
	case <-time.After(20 * time.Second):
		s.process.Stop()
	}
	s.process = nil
}

// Restart starts the server again after Kill, on the same data and port, and returns
// when it accepts connections.
func (s *Server) Restart() error { return s.launch() }

// Close ends the server and removes its data. It may be called again.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.Kill() // there is no data to save
		s.closeErr = os.RemoveAll(s.dir)
	})
	return s.closeErr
}

const host = "127.0.0.1"

// Address returns the host and port that the server listens on. The user postgres has all
// rights, and no password.
func (s *Server) Address() string { return net.JoinHostPort(host, strconv.Itoa(s.port)) }

// DSN returns the data source name of a database of the server; "postgres" is there from
// the start.
func (s *Server) DSN(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Host: s.Address(), Path: "/" + database,
		RawQuery: "sslmode=disable"}
	return u.String()
}

// Log returns what the server has logged so far.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return "(no log: " + err.Error() + ")"
	}
	return string(text)
}

func (s *Server) dataDir() string { return filepath.Join(s.dir, "data") }
func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

// findPrograms returns the folder of the newest PostgreSQL that is installed. Debian keeps
// each version in a folder of its own, which is not in PATH.
func findPrograms() (folder string, err error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
	}
	path, err := exec.LookPath("postgres")
	if err == nil {
		path, err = filepath.EvalSymlinks(path) // the other programs are beside the file itself
	}
	if err != nil {
		return "", fmt.Errorf("%w: install it, on Debian with %q", ErrMissing, "apt-get install postgresql")
	}
	return filepath.Dir(path), nil
}

// version returns the number in /usr/lib/postgresql/NUMBER/bin/postgres.
func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 if it is none
	return n
}

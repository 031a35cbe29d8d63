package mariadb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/postroom/postroom/internal/daemon"
)

// ErrMissing reports that MariaDB is not installed on this machine.
var ErrMissing = errors.New("mariadb: not installed")

// Server is a MariaDB. Its methods must not be called concurrently, apart from Address
// and Log.
type Server struct {
	options  Options
	dir      string
	programs programs
	port     int
	process  *daemon.Process // nil while it is stopped
	closing  sync.Once
	closeErr error
}

// Start makes an empty server and returns when it accepts connections. If MariaDB is
// not installed, the error is ErrMissing. The caller must close the server.
func Start(o *Options) (*Server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	dir, err := os.MkdirTemp(o.Dir, "mariadb")
	if err != nil {
		return nil, fmt.Errorf("mariadb: %w", err)
	}
	s := &Server{options: *o, dir: dir, programs: programs}
	if err := s.install(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	// A different process may take a port after it was found free and before MariaDB
	// binds it.
	for range 3 {
		if err = s.launch(); err == nil {
			return s, nil
		}
		s.port = 0
	}
	return nil, errors.Join(err, s.Close())
}

// install creates the system tables.
func (s *Server) install() error {
	if err := daemon.GiveAway(s.dir); err != nil {
		return fmt.Errorf("mariadb: %w", err)
	}
	// The data is removed in the end, so that nothing need be synced here.
	install := exec.Command(s.programs.install, "--no-defaults", "--datadir="+s.dataDir(),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
		"--tmpdir="+s.dir, // temporary files of two servers have the same names
		"--innodb-log-file-size=16M", "--skip-sync-frm", "--innodb-flush-method=nosync")
	install.Dir = s.dir
	if err := daemon.DropRights(install); err != nil {
		return fmt.Errorf("mariadb: %w", err)
	}
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("mariadb: create the system tables: %w\n%s", err, out)
	}
	return nil
}

// launch starts the server and waits until it accepts.
func (s *Server) launch() error {
	if s.port == 0 {
		ports, err := daemon.FreePorts(host, 1)
		if err != nil {
			return fmt.Errorf("mariadb: %w", err)
		}
		s.port = ports[0]
	}
	server := exec.Command(s.programs.server, append([]string{
		"--no-defaults",
		"--datadir=" + s.dataDir(),
		"--tmpdir=" + s.dir,
		"--socket=" + filepath.Join(s.dir, "socket"),
		"--pid-file=" + filepath.Join(s.dir, "pid"),
		"--skip-networking=0",
		"--bind-address=" + host,
		"--port=" + strconv.Itoa(s.port),
		"--skip-name-resolve",
		"--skip-sync-frm",
		"--innodb-flush-log-at-trx-commit=1",
		"--innodb-buffer-pool-size=64M",
		"--innodb-log-file-size=16M",
		"--innodb-buffer-pool-dump-at-shutdown=0",
		"--innodb-buffer-pool-load-at-startup=0",
	}, s.options.Extra...)...)
	server.Dir = s.dir
	log, err := os.OpenFile(s.logFile(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("mariadb: %w", err)
	}
	defer func() { _ = log.Close() }() // the server writes to a copy
	server.Stdout, server.Stderr = log, log
	if err := daemon.DropRights(server); err != nil {
		return fmt.Errorf("mariadb: %w", err)
	}
	p, err := daemon.Start(server)
	if errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("%w: it runs on Unix only", ErrMissing)
	}
	if err != nil {
		return fmt.Errorf("mariadb: start the server: %w", err)
	}
	if err := p.Await("tcp", s.Address()); err != nil {
		p.Stop()
		return fmt.Errorf("mariadb: %w\n%s", err, s.Log())
	}
	s.process = p
	return nil
}

// Kill ends the server as a power cut would: it writes nothing any longer, and its
// clients lose their connections. The data stays.
func (s *Server) Kill() {
	if s.process != nil {
		s.process.Stop()
		s.process = nil
	}
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

// Address returns the host and port that the server listens on. The user root has all
// rights, and no password.
func (s *Server) Address() string { return net.JoinHostPort(host, strconv.Itoa(s.port)) }

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

// programs are the paths of what is run.
type programs struct{ server, install string }

func findPrograms() (found programs, err error) {
	for name, path := range map[string]*string{"mariadbd": &found.server, "mariadb-install-db": &found.install} {
		if *path, err = look(name); err != nil {
			return programs{}, fmt.Errorf("%w: there is no %s; install it, on Debian with %q",
				ErrMissing, name, "apt-get install mariadb-server")
		}
	}
	return found, nil
}

// look finds a program that may only be in the PATH of root.
func look(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

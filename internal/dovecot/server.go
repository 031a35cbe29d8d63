package dovecot

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/daemon"
)

// ErrMissing reports that Dovecot is not installed on this machine.
var ErrMissing = errors.New("dovecot: not installed")

// Ports are where a server listens.
type Ports struct {
	IMAP, IMAPS, POP3, POP3S int
}

// Server is a running Dovecot. It is safe for concurrent use.
type Server struct {
	options  Options
	dir      string
	ports    Ports
	owner    owner
	process  *daemon.Process
	first    int64 // seconds since 1970 that mail file names count from
	mails    atomic.Int64
	users    sync.Mutex // held while the file of users is written
	closing  sync.Once
	closeErr error
}

// Start starts a server and returns when it accepts connections. If Dovecot is not
// installed, the error is ErrMissing. The caller must close the server.
func Start(o *Options) (*Server, error) {
	master, err := findMaster()
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	// A different process may take a port after it was found free and before
	// Dovecot binds it.
	for range 3 {
		var s *Server
		if s, err = start(master, *o); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func start(master string, o Options) (*Server, error) {
	own, err := findOwner()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Dir, "dovecot")
	if err != nil {
		return nil, fmt.Errorf("dovecot: %w", err)
	}
	s := &Server{options: o, dir: dir, owner: own, first: time.Now().Unix()}
	if err := s.launch(master); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// launch writes the server's files, starts it and waits until it accepts.
func (s *Server) launch(master string) error {
	if err := s.prepare(); err != nil {
		return fmt.Errorf("dovecot: prepare the server: %w", err)
	}
	p, err := daemon.Start(exec.Command(master, "-F", "-c", s.configFile()))
	if errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("%w: it runs on Unix only", ErrMissing)
	}
	if err != nil {
		return fmt.Errorf("dovecot: start the server: %w", err)
	}
	s.process = p
	for _, port := range []int{s.ports.IMAP, s.ports.IMAPS, s.ports.POP3, s.ports.POP3S} {
		if err := p.Await("tcp", net.JoinHostPort(s.Host(), strconv.Itoa(port))); err != nil {
			return fmt.Errorf("dovecot: %w\n%s", err, s.Log())
		}
	}
	return nil
}

func (s *Server) prepare() error {
	// If this process is root, the mail processes run as a different user. They
	// need to enter this directory, but not to list it.
	if err := os.Chmod(s.dir, 0o711); err != nil {
		return err
	}
	for _, sub := range []string{"run", "mail"} {
		if err := os.Mkdir(filepath.Join(s.dir, sub), 0o755); err != nil {
			return err
		}
	}
	if err := s.owner.own(filepath.Join(s.dir, "mail")); err != nil {
		return err
	}
	err := writeCertificates(s.options.Certificate, s.CAFile(),
		filepath.Join(s.dir, "server.pem"), filepath.Join(s.dir, "server.key"))
	if err != nil {
		return err
	}
	ports, err := daemon.FreePorts(s.Host(), 4)
	if err != nil {
		return err
	}
	s.ports = Ports{IMAP: ports[0], IMAPS: ports[1], POP3: ports[2], POP3S: ports[3]}
	if err := os.WriteFile(s.usersFile(), nil, 0o644); err != nil {
		return err
	}
	return os.WriteFile(s.configFile(), []byte(s.config()), 0o644)
}

// Close ends the server and all processes that it started, and removes its files and
// mail. It may be called again.
func (s *Server) Close() error {
	s.closing.Do(func() {
		if s.process != nil {
			// There is no data to save, and a regular stop of Dovecot takes a second or,
			// right after a start, never ends.
			s.process.Stop()
		}
		s.closeErr = os.RemoveAll(s.dir)
	})
	return s.closeErr
}

// Host returns the loopback address that the server listens on.
func (s *Server) Host() string {
	// Dovecot treats a connection from its own address as secure and allows
	// logins without TLS on it. Clients of 127.0.0.2 connect from 127.0.0.1.
	if s.options.RequireTLS {
		return "127.0.0.2"
	}
	return "127.0.0.1"
}

// Ports returns where the server listens.
func (s *Server) Ports() Ports { return s.ports }

// CAFile returns the name of the file with the PEM certificate of the authority that
// signed the server's certificate.
func (s *Server) CAFile() string { return filepath.Join(s.dir, "ca.pem") }

// Roots returns the authority of CAFile.
func (s *Server) Roots() (*x509.CertPool, error) {
	pem, err := os.ReadFile(s.CAFile())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("dovecot: no certificate in " + s.CAFile())
	}
	return pool, nil
}

// Log returns what the server has logged so far.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return "(no log: " + err.Error() + ")"
	}
	return string(text)
}

func (s *Server) configFile() string { return filepath.Join(s.dir, "dovecot.conf") }
func (s *Server) logFile() string    { return filepath.Join(s.dir, "dovecot.log") }
func (s *Server) usersFile() string  { return filepath.Join(s.dir, "users") }

// findMaster returns the path of the Dovecot program. It checks that both protocols
// are installed.
func findMaster() (string, error) {
	const remedy = `install it, on Debian with "apt-get install dovecot-imapd dovecot-pop3d"`
	master, err := lookDaemon("dovecot")
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrMissing, remedy)
	}
	for _, dir := range []string{"/usr/lib/dovecot", "/usr/libexec/dovecot", "/usr/local/libexec/dovecot"} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		for _, program := range []string{"imap-login", "pop3-login"} {
			if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
				return "", fmt.Errorf("%w: there is no %s in %s; %s", ErrMissing, program, dir, remedy)
			}
		}
		break
	}
	return master, nil
}

// lookDaemon finds a program that is only in the PATH of root.
func lookDaemon(name string) (string, error) {
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

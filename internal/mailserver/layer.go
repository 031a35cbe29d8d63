//go:build linux

package mailserver

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// layer is the directory with the files that a server's packages add to this machine's.
// Its name contains a checksum of the packages that this machine has: the files are for
// no other set of packages.
func (s *Software) layer() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	status, err := os.ReadFile("/var/lib/dpkg/status")
	if err != nil {
		return "", fmt.Errorf("%w: its packages are for Debian and Ubuntu: %w", ErrMissing, err)
	}
	sum := sha256.Sum256(append(status, strings.Join(s.packages, " ")...))
	return filepath.Join(cache, "postroom", "mailservers", s.Name+"-"+hex.EncodeToString(sum[:8])), nil
}

// newRoot returns a root in which the server's packages are installed.
func (s *Software) newRoot() (*root, error) {
	layer, err := s.layer()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(layer); err != nil {
		return nil, fmt.Errorf("%w: as root, run \"go run ./internal/mailserver/install\"", ErrMissing)
	}
	return newRoot("", filepath.Join(layer, "files"))
}

// Install installs the packages of all servers into the user's cache directory, except
// those that are installed there already, and says on out what it does. It needs root,
// but does not change this machine's packages.
func Install(out io.Writer) error {
	missing := All()
	err := installAll(&missing, out)
	if err == nil || errors.Is(err, ErrMissing) {
		return err
	}
	fmt.Fprintln(out, "apt-get update: the lists of packages may be old")
	update := exec.Command("apt-get", "update", "-q")
	update.Stdout, update.Stderr = out, out
	if err := update.Run(); err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	return installAll(&missing, out)
}

// installAll installs the packages of these servers at the same time. Those that cannot
// be installed remain in the list.
func installAll(list *[]*Software, out io.Writer) error {
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed []*Software
	var errs []error
	for _, s := range *list {
		all.Go(func() {
			began := time.Now()
			installed, err := s.install()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed, errs = append(failed, s), append(errs, fmt.Errorf("%s: %w", s.Name, err))
			} else if installed {
				fmt.Fprintf(out, "%s: installed %s in %.1f s\n", s.Name, strings.Join(s.packages, " "),
					time.Since(began).Seconds())
			}
		})
	}
	all.Wait()
	*list = failed
	return errors.Join(errs...)
}

// install installs the server's packages in a root whose changes become the layer, and
// removes the server's other layers. It reports whether there was something to do.
func (s *Software) install() (installed bool, err error) {
	if len(s.packages) == 0 {
		return false, nil
	}
	layer, err := s.layer()
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(layer); err == nil {
		return false, nil
	}
	return true, s.replaceLayer(layer)
}

func (s *Software) replaceLayer(layer string) error {
	if err := os.MkdirAll(filepath.Dir(layer), 0o755); err != nil {
		return err
	}
	others, err := filepath.Glob(filepath.Join(filepath.Dir(layer), s.Name+"-*"))
	if err != nil {
		return err
	}
	for _, other := range others {
		if err := os.RemoveAll(other); err != nil {
			return err
		}
	}
	partial, err := os.MkdirTemp(filepath.Dir(layer), "partial-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	if err := s.fill(partial); err != nil {
		return err
	}
	for _, unused := range []string{"work", "files/var/cache/apt", "files/var/lib/apt"} {
		if err := os.RemoveAll(filepath.Join(partial, unused)); err != nil {
			return err
		}
	}
	if err := os.Chmod(partial, 0o755); err != nil {
		return err
	}
	return os.Rename(partial, layer)
}

func (s *Software) fill(dir string) (err error) {
	r, err := newRoot(dir, "")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			text := r.text()
			err = fmt.Errorf("%w\n%s", err, text[max(0, len(text)-4000):])
		}
		err = errors.Join(err, r.close())
	}()
	// The packages start no server. The tests do that.
	if err := r.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n"); err != nil {
		return err
	}
	if err := os.Chmod(r.path("/usr/sbin/policy-rc.d"), 0o755); err != nil {
		return err
	}
	// The machine may have a link or a mount there, which the overlay does not have.
	if resolv, err := os.ReadFile("/etc/resolv.conf"); err == nil {
		_ = os.Remove(r.path("/etc/resolv.conf"))
		if err := r.write("/etc/resolv.conf", string(resolv)); err != nil {
			return err
		}
	}
	return r.run("", "apt-get", slices.Concat([]string{
		"install", "-q", "-y", "--no-install-recommends",
		"-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Options::=--path-exclude=/usr/share/doc/*",
		"-o", "Dpkg::Options::=--path-exclude=/usr/share/man/*", "-o", "Dpkg::Use-Pty=false",
	}, s.packages)...)
}

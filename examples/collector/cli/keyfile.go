package cli

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// keyPath is the path of a file with the key that seals what is kept encrypted.
type keyPath string

// keyFile returns the key file beside the database; "" for one on a server, which has none.
func keyFile(d config.Database) keyPath {
	if d.OnServer() {
		return ""
	}
	return keyPath(d.File + ".key")
}

// shown returns the path as people are told of it.
func (k keyPath) shown() string { return config.AbsolutePath(string(k)) }

// read returns the key in the file; there is false if there is no file.
func (k keyPath) read() (key inbound.Secret, there bool, err error) {
	failed := func(format string, args ...any) (inbound.Secret, bool, error) {
		return "", false, fmt.Errorf("the key file "+k.shown()+" "+format, args...)
	}
	info, err := os.Stat(string(k))
	switch {
	case k == "":
		return "", false, nil
	case errors.Is(err, fs.ErrNotExist):
		return "", false, nil
	case err != nil:
		return failed("cannot be read: %s; let this program read it", reasonOf(err))
	case !info.Mode().IsRegular():
		return failed("is not a file; move it away")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return failed("can be read by others (mode %#o); run: chmod 600 %s", info.Mode().Perm(), k.shown())
	case info.Size() > 1024:
		return failed("has %d bytes, which is no key in base64; bring back the right one", info.Size())
	}
	text, err := os.ReadFile(string(k))
	if err != nil {
		return failed("cannot be read: %s; let this program read it", reasonOf(err))
	}
	if key, err = config.DecodeKey(string(text)); err != nil {
		return failed("%w; bring back the right one; if it is lost, remove this file and sign in to the accounts"+
			" with OAuth2 again", err)
	}
	return key, true, nil
}

// readOrMake returns the key in the file. If there is no file, it makes one with a random
// key. Of processes that do so at the same time, all get the same key.
func (k keyPath) readOrMake(ctx context.Context) (inbound.Secret, error) {
	if key, there, err := k.read(); there || err != nil {
		return key, err
	}
	making := flock.New(string(k) + "-making")
	if _, err := lockFile(making, waitFor(ctx, making.TryLockContext)); err != nil {
		return "", err
	}
	defer func() {
		_ = os.Remove(making.Path())
		_ = making.Unlock()
	}()
	if key, there, err := k.read(); there || err != nil {
		return key, err
	}
	random := make([]byte, inbound.SealerKeySize)
	_, _ = rand.Read(random) // it never fails
	if err := k.write(encodedKey(inbound.Secret(random))); err != nil {
		return "", fmt.Errorf("the key file %s cannot be made: %s; let this program write there, or set secret_key",
			k.shown(), reasonOf(err))
	}
	return inbound.Secret(random), nil
}

// encodedKey returns the text of a key file.
func encodedKey(key inbound.Secret) []byte {
	return []byte(base64.StdEncoding.EncodeToString([]byte(key.Reveal())) + "\n")
}

// write makes the file. It is there whole or not at all, also after a power cut.
func (k keyPath) write(text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(string(k)), filepath.Base(string(k))+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), string(k)); err != nil {
		return err
	}
	if folder, err := os.Open(filepath.Dir(string(k))); err == nil {
		_ = folder.Sync() // some systems cannot
		_ = folder.Close()
	}
	return nil
}

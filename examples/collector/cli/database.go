package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/internal/terminal"
)

// databaseError says why the database cannot be used, and what to do about that.
type databaseError struct{ path, reason, hint string }

func (e *databaseError) Error() string {
	return "the database " + e.path + " " + e.reason + "; " + e.hint
}

// checkDatabase reports a database that run cannot use, with a databaseError. It creates
// and changes nothing. It returns the size of the database; 0 if it is not there yet.
func checkDatabase(c *config.Settings) (size int64, err error) {
	path := config.AbsolutePath(c.Database)
	folder := filepath.Dir(path)
	failed := func(reason, hint string) (int64, error) {
		if hint != "" {
			hint += ", or "
		}
		return 0, &databaseError{path, reason, hint + "change database in " + c.File}
	}
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return failed("cannot be made: there is no folder "+folder, "make it")
	case err == nil && !info.IsDir():
		return failed("cannot be made: "+folder+" is not a folder", "")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !writable(folder) {
			return failed("cannot be made: this program may not write to "+folder, "let it write there")
		}
		return 0, nil
	case err != nil:
		return failed("cannot be opened: "+reasonOf(err), "let this program read it")
	case info.IsDir():
		return failed("is a folder", "")
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return failed("cannot be opened: "+reasonOf(err), "let this program read and write it")
	}
	defer f.Close()
	if !writable(folder) {
		return failed("cannot be written: this program may not write to "+folder+", where the journal is",
			"let it write there")
	}
	begin := make([]byte, len(sqliteMagic))
	if n, err := io.ReadFull(f, begin); n > 0 && (err != nil || !bytes.Equal(begin, []byte(sqliteMagic))) {
		return failed("is not a SQLite database", "move it away")
	}
	return info.Size(), nil
}

// sqliteMagic is how a database file begins (https://sqlite.org/fileformat.html).
const sqliteMagic = "SQLite format 3\x00"

// reasonOf returns what an error of a file says, without the path.
func reasonOf(err error) string {
	if inner := new(fs.PathError); errors.As(err, &inner) {
		return inner.Err.Error()
	}
	return err.Error()
}

// makePrivate creates a file that only its owner may read, unless the file is there
// already. SQLite gives its other files the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("the database %s cannot be made: %s", config.AbsolutePath(path), reasonOf(err))
	}
	return f.Close()
}

// databaseStep returns the line of the database on the screen of check.
func databaseStep(c *config.Settings) (step checkStep, ok bool) {
	size, err := checkDatabase(c)
	path := plainText(config.AbsolutePath(c.Database))
	switch wrong := new(databaseError); {
	case errors.As(err, &wrong):
		path += " " + plainText(wrong.reason)
		return checkStep{mark: markBad, label: "database", text: path, hint: wrong.hint}, false
	case size == 0:
		path += " is not there yet; run creates it"
	default:
		path += ", " + terminal.Size(size)
	}
	return checkStep{mark: markGood, label: "database", text: path}, true
}

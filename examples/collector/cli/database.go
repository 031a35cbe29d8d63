package cli

import (
	"bytes"
	"context"
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

// The sizes of a database that are not a number of bytes.
const (
	nothing     = 0  // there is no database yet
	unknownSize = -1 // it is on a server
)

// checkDatabase reports a database that run cannot use, with a databaseError. It creates
// and changes nothing. It returns the size of the database, nothing or unknownSize.
func checkDatabase(ctx context.Context, c *config.Settings) (size int64, err error) {
	if c.Database.OnServer() {
		there, err := checkServer(ctx, c.Database, changeSetting(c))
		if err != nil || !there {
			return nothing, err
		}
		return unknownSize, nil
	}
	return checkFile(c.Database, changeSetting(c))
}

// changeSetting is what to do where a database of the settings is no good.
func changeSetting(c *config.Settings) string { return "change database in " + c.File }

// checkFile is checkDatabase for a SQLite file. change is how to take a different one.
func checkFile(d config.Database, change string) (size int64, err error) {
	path := config.AbsolutePath(d.File)
	folder := filepath.Dir(path)
	failed := func(reason, hint string) (int64, error) {
		if hint != "" {
			hint += ", or "
		}
		return 0, &databaseError{path, reason, hint + change}
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

// makePrivate creates a SQLite file that only its owner may read, unless the file is there
// already. SQLite gives its other files the same mode.
func makePrivate(d config.Database) error {
	if d.OnServer() {
		return nil
	}
	f, err := os.OpenFile(d.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("the database %s cannot be made: %s", d, reasonOf(err))
	}
	return f.Close()
}

// databaseStep returns the line of the database on the screen of check.
func databaseStep(ctx context.Context, c *config.Settings) (step checkStep, ok bool) {
	size, err := checkDatabase(ctx, c)
	path := plainText(c.Database.String())
	switch wrong := new(databaseError); {
	case errors.As(err, &wrong):
		path += " " + plainText(wrong.reason)
		return checkStep{mark: markBad, label: "database", text: path, hint: wrong.hint}, false
	case size == nothing && c.Database.OnServer():
		path += " has no tables yet; run creates them"
	case size == nothing:
		path += " is not there yet; run creates it"
	case size == unknownSize:
	default:
		path += ", " + terminal.Size(size)
	}
	return checkStep{mark: markGood, label: "database", text: path}, true
}

package filearchive

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	segmentEnding = ".mail"
	indexEnding   = ".index"
)

// disk changes files. Nothing else in this package does.
type disk struct {
	step func(op, path string) error // before each change; nil, but in tests
}

func (d disk) before(op, path string) error {
	if d.step == nil {
		return nil
	}
	return d.step(op, path)
}

// create makes a file that is not there yet.
func (d disk) create(path string) (*os.File, error) {
	if err := d.before("create", path); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

func (d disk) writeAt(f *os.File, b []byte, at int64) error {
	if err := d.before("write", f.Name()); err != nil {
		return err
	}
	_, err := f.WriteAt(b, at)
	return err
}

func (d disk) truncate(f *os.File, size int64) error {
	if err := d.before("truncate", f.Name()); err != nil {
		return err
	}
	return f.Truncate(size)
}

func (d disk) sync(f *os.File) error {
	if err := d.before("sync", f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder durable.
func (d disk) syncFolder(dir string) error {
	if err := d.before("sync folder", dir); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// remove removes a file that may be gone already.
func (d disk) remove(path string) error {
	if err := d.before("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// replace writes a file durably, all or nothing.
func (d disk) replace(path string, fill func(w *bufio.Writer)) (err error) {
	temporary := path + ".new"
	if err := d.remove(temporary); err != nil { // of a process that has died
		return err
	}
	f, err := d.create(temporary)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(appending{d, f, new(int64)}, 256<<10)
	fill(w)
	err = w.Flush()
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.remove(temporary) // the worst is a file that stays behind
		return err
	}
	if err := d.before("rename", path); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return d.syncFolder(filepath.Dir(path))
}

// appending writes to a file piece by piece.
type appending struct {
	disk
	file *os.File
	at   *int64
}

func (a appending) Write(p []byte) (int, error) {
	if err := a.writeAt(a.file, p, *a.at); err != nil {
		return 0, err
	}
	*a.at += int64(len(p))
	return len(p), nil
}

// makeFolder makes a folder that survives a crash.
func (d disk) makeFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	case err == nil:
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return d.syncFolder(filepath.Dir(dir))
}

// pathOf is that of a segment.
func pathOf(dir string, number int64) string {
	return filepath.Join(dir, fmt.Sprintf("%08d%s", number, segmentEnding))
}

// indexPath is that of the index of a segment.
func indexPath(segment string) string {
	return strings.TrimSuffix(segment, segmentEnding) + indexEnding
}

// segmentNumbers returns the numbers of the segments in a folder, in order, and the first one
// that neither a segment nor an index has or is before.
func segmentNumbers(dir string) (numbers []int64, next int64, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, 0, err
	}
	next = 1
	for _, f := range files {
		name, ending := strings.TrimSuffix(f.Name(), filepath.Ext(f.Name())), filepath.Ext(f.Name())
		number, err := strconv.ParseInt(name, 10, 64)
		if err != nil || number < 1 || ending != segmentEnding && ending != indexEnding {
			continue
		}
		next = max(next, number+1)
		if ending == segmentEnding {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, next, nil
}

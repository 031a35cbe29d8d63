package filearchive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

var errKilled = errors.New("killed")

// crashes are what may be left of the files when a process is killed or the power is cut.
var crashes = map[string]func(d *fallingDisk, to string){
	"Kill": func(d *fallingDisk, to string) { d.leave(to, d.names(), func(ino uint64) []byte { return d.now(ino) }) },
	// Only what was synced, under the names that were synced.
	"PowerCut": func(d *fallingDisk, to string) {
		d.leave(to, d.durableNames, func(ino uint64) []byte { return d.durable[ino] })
	},
	// What was not synced is there in part, or as something else.
	"PowerCutWithGarbage": func(d *fallingDisk, to string) {
		names := d.durableNames
		if d.random.IntN(2) == 0 {
			names = d.names()
		}
		d.leave(to, names, d.garbled)
	},
}

// fallingDisk knows what of a folder would survive a power cut.
type fallingDisk struct {
	t            *testing.T
	dir          string
	at, steps    int // the step from which on everything fails; 0: none
	random       *rand.Rand
	durable      map[uint64][]byte // by inode
	durableNames map[string]uint64
	pending      func() // what the step before has made durable, if it went well
}

func (d *fallingDisk) step(op, path string) error {
	if d.pending != nil {
		d.pending()
		d.pending = nil
	}
	d.steps++
	if d.at > 0 && d.steps >= d.at {
		return fmt.Errorf("%s: %w", op, errKilled)
	}
	switch op {
	case "sync":
		d.pending = func() {
			ino := inode(d.t, path)
			d.durable[ino] = d.now(ino)
		}
	case "sync folder":
		d.pending = func() {
			if path == d.dir {
				d.durableNames = d.names()
			}
		}
	}
	return nil
}

func inode(t *testing.T, path string) uint64 {
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

func (d *fallingDisk) names() map[string]uint64 {
	names := make(map[string]uint64)
	files, err := os.ReadDir(d.dir)
	require.NoError(d.t, err)
	for _, f := range files {
		names[f.Name()] = inode(d.t, filepath.Join(d.dir, f.Name()))
	}
	return names
}

// now returns the bytes of a file as they are.
func (d *fallingDisk) now(ino uint64) []byte {
	for name, other := range d.names() {
		if other == ino {
			data, err := os.ReadFile(filepath.Join(d.dir, name))
			require.NoError(d.t, err)
			return data
		}
	}
	return d.durable[ino] // it was removed
}

// garbled returns a file of which everything that was not synced may be something else.
func (d *fallingDisk) garbled(ino uint64) []byte {
	now, synced := d.now(ino), d.durable[ino]
	data := bytes.Clone(now)
	if !bytes.HasPrefix(now, synced) { // it was truncated, which is not synced
		data = bytes.Clone(synced)
	}
	for i := len(synced); i < len(data); {
		n := min(1+d.random.IntN(4096), len(data)-i)
		switch d.random.IntN(3) {
		case 0:
			clear(data[i : i+n])
		case 1:
			for j := range n {
				data[i+j] = byte(d.random.Uint32())
			}
		}
		i += n
	}
	return data[:len(synced)+d.random.IntN(len(data)-len(synced)+1)]
}

// leave makes a folder of what is left.
func (d *fallingDisk) leave(to string, names map[string]uint64, data func(ino uint64) []byte) {
	require.NoError(d.t, os.MkdirAll(to, 0o700))
	for name, ino := range names {
		require.NoError(d.t, os.WriteFile(filepath.Join(to, name), data(ino), 0o600))
	}
}

// story is what happens to an archive. It returns what is known about its blobs afterwards.
type story struct {
	put     map[string][]byte // those that must be there
	perhaps map[string][]byte // those that may be there
}

func (s *story) tell(ctx context.Context, a *Archive) error {
	put := func(from, to int) error {
		var blobs []inbound.Blob
		for i := from; i < to; i++ {
			data := blobNumber(i)
			blobs = append(blobs, inbound.Blob{SHA256: hexSum(data), Raw: bytes.NewReader(data)})
			if s.put[hexSum(data)] == nil {
				s.perhaps[hexSum(data)] = data
			}
		}
		err := a.Put(ctx, blobs)
		if err == nil {
			for _, b := range blobs {
				if data := s.perhaps[b.SHA256]; data != nil {
					s.put[b.SHA256] = data
					delete(s.perhaps, b.SHA256)
				}
			}
		}
		return err
	}
	remove := func(numbers ...int) error {
		var sums []string
		for _, i := range numbers {
			sum := hexSum(blobNumber(i))
			sums = append(sums, sum)
			if data := s.put[sum]; data != nil {
				s.perhaps[sum] = data
				delete(s.put, sum)
			}
		}
		err := a.DeleteBlobs(ctx, time.Now().Add(time.Hour), sums)
		if err == nil {
			for _, sum := range sums {
				delete(s.perhaps, sum)
			}
		}
		return err
	}
	for _, act := range []func() error{
		func() error { return put(0, 3) },
		func() error { return put(2, 6) },
		func() error { return put(6, 10) },
		func() error { return put(10, 20) },
		func() error { return remove(1) },
		func() error { return put(20, 22) },
		func() error { return remove(7, 8, 9, 12) },
		func() error { return put(6, 9) },
		func() error { return remove(0, 2, 3, 4, 5, 20, 21) },
		func() error { return put(0, 2) },
		a.Close,
	} {
		if err := act(); err != nil {
			return err
		}
	}
	return nil
}

// Whatever step a crash comes at, what was put is there, what was deleted is gone or there,
// nothing is damaged, and the archive goes on.
func TestArchive_CrashAtEachStep(t *testing.T) {
	for name, crash := range crashes {
		t.Run(name, func(t *testing.T) {
			steps := 0
			for at := 1; ; at++ {
				if crashAt(t, at, crash) {
					steps++
					continue
				}
				require.Greater(t, steps, 60)
				t.Logf("killed at %d steps", steps)
				return
			}
		})
	}
}

// crashAt tells a story up to a step, and checks what is left. It returns false if the story
// has no such step.
func crashAt(t *testing.T, at int, crash func(d *fallingDisk, to string)) bool {
	dir := filepath.Join(t.TempDir(), "mail")
	d := &fallingDisk{t: t, dir: dir, at: at, random: rand.New(rand.NewPCG(1, uint64(at))),
		durable: make(map[uint64][]byte), durableNames: make(map[string]uint64)}
	options := &Options{SegmentBytes: 60_000}
	a, err := Open(dir, options)
	require.NoError(t, err)
	a.disk.step = d.step
	s := &story{put: make(map[string][]byte), perhaps: make(map[string][]byte)}
	err = s.tell(t.Context(), a)
	killed := err != nil
	if killed {
		require.ErrorIs(t, err, errKilled)
	} else if d.pending != nil {
		d.pending()
	}
	left := filepath.Join(t.TempDir(), "left")
	crash(d, left)

	again, err := Open(left, options)
	require.NoError(t, err)
	s.check(t, again, fmt.Sprintf("after a crash at step %d (%v)", at, err))
	var all []inbound.Blob
	for sum, data := range s.perhaps {
		s.put[sum] = data
	}
	clear(s.perhaps)
	for sum, data := range s.put {
		all = append(all, inbound.Blob{SHA256: sum, Raw: bytes.NewReader(data)})
	}
	require.NoError(t, again.Put(t.Context(), all), "step %d", at)
	s.check(t, again, "after all was put again")
	require.NoError(t, again.DeleteBlobs(t.Context(), time.Now().Add(time.Hour), []string{hexSum(blobNumber(0))}))
	delete(s.put, hexSum(blobNumber(0)))
	require.NoError(t, again.Close())
	third, err := Open(left, options)
	require.NoError(t, err)
	s.check(t, third, "after it was opened again")
	listed := make(map[string]bool)
	for after := ""; ; {
		page, next, err := third.ListBlobs(t.Context(), after, 7)
		require.NoError(t, err)
		for _, b := range page {
			require.Len(t, s.put[b.SHA256], int(b.Size))
			listed[b.SHA256] = true
		}
		if after = next; next == "" {
			break
		}
	}
	require.Len(t, listed, len(s.put))
	require.NoError(t, third.Close())
	return killed
}

// check reads everything.
func (s *story) check(t *testing.T, a *Archive, when string) {
	t.Helper()
	read := func(sum string) ([]byte, error) {
		r, err := a.Open(t.Context(), sum)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	for sum, data := range s.put {
		got, err := read(sum)
		require.NoError(t, err, when)
		require.True(t, bytes.Equal(data, got), when)
	}
	for sum, data := range maps.Clone(s.perhaps) {
		got, err := read(sum)
		if !errors.Is(err, inbound.ErrNotFound) && assert.NoError(t, err, when) {
			require.True(t, bytes.Equal(data, got), when)
		}
	}
}

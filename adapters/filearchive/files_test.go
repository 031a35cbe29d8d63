package filearchive

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func openTest(t *testing.T, dir string, options *Options) *Archive {
	t.Helper()
	a, err := Open(dir, options)
	require.NoError(t, err)
	return a
}

// put puts blobs of these numbers.
func put(t *testing.T, a *Archive, numbers ...int) error {
	t.Helper()
	var blobs []inbound.Blob
	for _, i := range numbers {
		data := blobNumber(i)
		blobs = append(blobs, inbound.Blob{SHA256: hexSum(data), Raw: bytes.NewReader(data)})
	}
	return a.Put(t.Context(), blobs)
}

func read(t *testing.T, a *Archive, number int) error {
	t.Helper()
	r, err := a.Open(t.Context(), hexSum(blobNumber(number)))
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err == nil {
		assert.True(t, bytes.Equal(blobNumber(number), got))
	}
	return errors.Join(err, r.Close())
}

func remove(t *testing.T, a *Archive, numbers ...int) {
	t.Helper()
	var sums []string
	for _, i := range numbers {
		sums = append(sums, hexSum(blobNumber(i)))
	}
	require.NoError(t, a.DeleteBlobs(t.Context(), time.Now().Add(time.Hour), sums))
}

// files returns the files of a folder by name, with their sizes.
func files(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	sizes := make(map[string]int64)
	for _, f := range list {
		info, err := f.Info()
		require.NoError(t, err)
		sizes[f.Name()] = info.Size()
	}
	return sizes
}

func TestArchive_IsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "mail")
	a := openTest(t, dir, &Options{SegmentBytes: 1})
	require.NoError(t, put(t, a, 1, 2))
	require.NoError(t, a.Close())
	info, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	for name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

// A program that is started for each message leaves one segment, not one for each.
func TestArchive_GoesOnWithASegment(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		a := openTest(t, dir, nil)
		require.NoError(t, put(t, a, i))
		if i%3 > 0 { // else it is killed
			require.NoError(t, a.Close())
		} else {
			require.NoError(t, a.active.file.Close())
		}
	}
	assert.Len(t, files(t, dir), 2)
	a := openTest(t, dir, nil)
	for i := range 20 {
		require.NoError(t, read(t, a, i))
	}
	assert.Len(t, files(t, dir), 2)
}

// Two that write at the same time have segments of their own, and see what the other has.
func TestArchive_TwoWriters(t *testing.T) {
	dir := t.TempDir()
	one, two := openTest(t, dir, nil), openTest(t, dir, nil)
	for i := range 10 {
		require.NoError(t, put(t, one, i))
		require.NoError(t, put(t, two, i+1, 100+i))
	}
	assert.Len(t, files(t, dir), 2)
	for i := range 10 {
		require.NoError(t, read(t, two, i))
		require.NoError(t, read(t, one, 100+i))
	}
	// What the other one still writes to cannot be deleted; what is its own can.
	remove(t, one, 1, 105)
	require.NoError(t, read(t, one, 105))
	require.NoError(t, read(t, one, 1), "the other one has it, too")
	require.NoError(t, two.Close())
	remove(t, one, 1, 105)
	assert.ErrorIs(t, read(t, one, 105), inbound.ErrNotFound)
	assert.ErrorIs(t, read(t, one, 1), inbound.ErrNotFound)
	require.NoError(t, one.Close())
}

// A segment of which little is left is written anew; one of which nothing is left is removed.
func TestArchive_GivesSpaceBack(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir, &Options{Compression: CompressNone})
	var all []int
	for i := 101; i < 200; i += 2 {
		all = append(all, i)
	}
	require.NoError(t, put(t, a, all...))
	size := func() (n int64) {
		for _, s := range files(t, dir) {
			n += s
		}
		return n
	}
	full := size()
	remove(t, a, all[:10]...)
	assert.Greater(t, size(), full*9/10, "it would cost more than it gains")
	remove(t, a, all[10:40]...)
	assert.Less(t, size(), full*4/10)
	for _, i := range all[:40] {
		require.ErrorIs(t, read(t, a, i), inbound.ErrNotFound)
	}
	for _, i := range all[40:] {
		require.NoError(t, read(t, a, i))
	}
	remove(t, a, all...)
	assert.Empty(t, files(t, dir))
	require.NoError(t, put(t, a, all[0]))
	require.NoError(t, read(t, a, all[0]))
	require.NoError(t, a.Close())
}

// A reader goes on with a message although its segment is written anew meanwhile, and another
// Archive finds where the message is then.
func TestArchive_ReadersOutliveCompaction(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir, nil)
	require.NoError(t, put(t, a, 201, 203, 205, 207))
	require.NoError(t, a.Close())
	a, other := openTest(t, dir, nil), openTest(t, dir, nil)
	r, err := a.Open(t.Context(), hexSum(blobNumber(203)))
	require.NoError(t, err)
	head := make([]byte, 100)
	_, err = io.ReadFull(r, head)
	require.NoError(t, err)
	remove(t, a, 201, 205, 207)
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	assert.True(t, bytes.Equal(blobNumber(203), append(head, rest...)))
	require.NoError(t, read(t, other, 203))
	assert.ErrorIs(t, read(t, other, 201), inbound.ErrNotFound)
}

// Nothing is lost with an index: it is made anew from its segment.
func TestArchive_WithoutIndex(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"lost":    os.Remove,
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"shorter": func(path string) error { return os.Truncate(path, 200) },
		"changed": func(path string) error { return flip(path, 60) },
		"too long": func(path string) error {
			return os.WriteFile(path, []byte(indexMagic+strings.Repeat("\xff", 500)), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a := openTest(t, dir, nil)
			require.NoError(t, put(t, a, 1, 2, 3, 7, 17))
			require.NoError(t, a.Close())
			require.NoError(t, damage(filepath.Join(dir, "00000001.index")))
			a = openTest(t, dir, nil)
			for _, i := range []int{1, 2, 3, 7, 17} {
				require.NoError(t, read(t, a, i))
			}
			require.NoError(t, put(t, a, 4))
			remove(t, a, 2)
			require.NoError(t, a.Close())
			a = openTest(t, dir, nil)
			require.NoError(t, read(t, a, 17))
			require.NoError(t, read(t, a, 4))
			require.ErrorIs(t, read(t, a, 2), inbound.ErrNotFound)
		})
	}
}

// flip changes a byte of a file.
func flip(path string, at int64) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[at] ^= 0x55
	return os.WriteFile(path, data, 0o600)
}

// Every byte counts: what is damaged is found, and the other messages are not concerned. A
// damaged message is not in the way when the others are moved, and a good copy can be put.
func TestArchive_Damage(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir, &Options{SegmentBytes: 100_000})
	require.NoError(t, put(t, a, 203, 4, 205))
	require.NoError(t, a.Close())
	a = openTest(t, dir, nil)
	path := filepath.Join(dir, "00000001.mail")
	for _, number := range []int{203, 4, 205} {
		sum, _ := parseSum(hexSum(blobNumber(number)))
		e, ok, _, err := a.segments[0].find(sum)
		require.NoError(t, err)
		require.True(t, ok)
		for _, at := range []int64{e.offset, e.offset + 20, e.offset + 50, e.offset + recordHeader, e.end() - 1} {
			require.NoError(t, flip(path, at))
			require.ErrorIs(t, read(t, a, number), inbound.ErrDamaged, "byte %d of message %d", at-e.offset, number)
			for _, other := range []int{203, 4, 205} {
				if other != number {
					require.NoError(t, read(t, a, other))
				}
			}
			require.NoError(t, flip(path, at))
		}
	}
	require.NoError(t, read(t, a, 203))

	sum, _ := parseSum(hexSum(blobNumber(205)))
	e, _, _, err := a.segments[0].find(sum)
	require.NoError(t, err)
	require.NoError(t, flip(path, e.end()-1))
	remove(t, a, 203)
	remove(t, a, 4)
	require.ErrorIs(t, read(t, a, 205), inbound.ErrDamaged, "it is kept, for who can make use of it")
	require.ErrorIs(t, read(t, a, 4), inbound.ErrNotFound)
}

// A disk that is full, or that fails, is told with a hint; what was put before is there, and it
// goes on when there is room.
func TestArchive_FailingDisk(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir, &Options{SegmentBytes: 60_000})
	steps, next := 0, 1
	for failAt := 1; failAt < 60; failAt++ {
		steps = 0
		a.disk.step = func(op, path string) error {
			if steps++; steps == failAt {
				return &os.PathError{Op: op, Path: path, Err: syscall.ENOSPC}
			}
			return nil
		}
		err := put(t, a, next, next+1, next+2)
		if err != nil {
			var told *inbound.Error
			require.ErrorAs(t, err, &told)
			require.Contains(t, told.Hint, "make room")
			require.ErrorIs(t, err, inbound.ErrTemporary)
		}
		a.disk.step = nil
		require.NoError(t, put(t, a, next, next+1, next+2))
		next += 3
		if steps < failAt {
			break // nothing was left to fail
		}
	}
	require.NoError(t, a.Close())
	a = openTest(t, dir, nil)
	for i := 1; i < next; i++ {
		require.NoError(t, read(t, a, i), "message %d", i)
	}
}

func TestOpen_Refuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(file, nil)
	assert.ErrorContains(t, err, "is not a folder")
	_, err = Open(t.TempDir(), &Options{SegmentBytes: -1})
	assert.ErrorContains(t, err, "positive size")
	_, err = Open(t.TempDir(), &Options{Compression: "gzip"})
	assert.ErrorContains(t, err, `compression "gzip": want a positive size, and "text", "all" or "none"`)
	a := openTest(t, t.TempDir(), nil)
	assert.ErrorContains(t, a.Put(t.Context(), []inbound.Blob{{SHA256: "abc", Raw: strings.NewReader("")}}), "SHA-256")
	_, _, err = a.ListBlobs(t.Context(), "somewhere", 10)
	assert.ErrorContains(t, err, "not from an earlier page")
	require.NoError(t, a.Close())
	assert.ErrorIs(t, put(t, a, 1), errClosed)
}

// A file of somebody else is left alone.
func TestArchive_ForeignFiles(t *testing.T) {
	dir := t.TempDir()
	foreign := map[string]string{"00000001.mail": "somebody's text, longer than the header", "notes.txt": "x",
		"1.mail.bak": "y"}
	for name, text := range foreign {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	a := openTest(t, dir, nil)
	require.NoError(t, put(t, a, 1, 2, 3))
	remove(t, a, 1)
	require.NoError(t, a.Close())
	a = openTest(t, dir, nil)
	require.NoError(t, read(t, a, 2))
	for name, text := range foreign {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
}

// Text becomes smaller; what is compressed already is stored as it is, unless all is compressed.
func TestArchive_Compression(t *testing.T) {
	text := []byte(strings.Repeat("Dear shop, where is my order number 4711?\r\n", 1000))
	jpeg := make([]byte, 0, 300_000)
	for i := 0; len(jpeg) < 300_000; i++ {
		jpeg = fmt.Appendf(jpeg, "%s\r\n", base64Line(i))
	}
	long := bytes.Repeat(jpeg, 10) // too large for the buffer
	for compression, want := range map[Compression][3]int64{
		CompressText: {2_000, 300_100, 3_001_000}, CompressAll: {2_000, 240_000, 600_000},
		CompressNone: {44_000, 300_100, 3_001_000},
	} {
		dir := t.TempDir()
		a := openTest(t, dir, &Options{Compression: compression})
		for i, data := range [][]byte{text, jpeg, long} {
			require.NoError(t, a.Put(t.Context(), []inbound.Blob{{SHA256: hexSum(data), Raw: bytes.NewReader(data)}}))
			sum, _ := parseSum(hexSum(data))
			e, ok, _, err := a.segments[0].find(sum)
			require.NoError(t, err)
			require.True(t, ok)
			assert.LessOrEqual(t, e.stored, want[i], compression)
			assert.Greater(t, e.stored, want[i]*2/3-2_000, compression)
			r, err := a.Open(t.Context(), hexSum(data))
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(data, got))
			require.NoError(t, r.Close())
		}
		require.NoError(t, a.Close())
	}
}

// base64Line returns 76 characters, as different ones as those of a compressed file.
func base64Line(i int) string {
	raw := make([]byte, 57)
	_, _ = rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(raw)
	return base64.StdEncoding.EncodeToString(raw)
}

// blobNumber returns one that is text, one that is not, or a large one.
func blobNumber(i int) []byte {
	random := rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)})
	switch {
	case i%10 == 7:
		data := make([]byte, bufferBytes+100*i)
		_, _ = random.Read(data)
		if i%20 == 7 {
			data = []byte(strings.Repeat(hex.EncodeToString(data[:64])+"\r\n", 10_000+i))
		}
		return data
	case i%2 == 0:
		return []byte(strings.Repeat(fmt.Sprintf("line %d of a letter\r\n", i), 100+50*i))
	default:
		data := make([]byte, 100*i)
		_, _ = random.Read(data)
		return data
	}
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

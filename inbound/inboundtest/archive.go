package inboundtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postroom/postroom/inbound"
)

// TestArchive checks an implementation of inbound.Archive. open makes an empty archive for
// each test and returns a function that opens it, as a further process would if the
// implementation allows several at a time, and else as the same one; it cleans up by t.Cleanup.
//
// The tests run in bubbles of package synctest: what open opens must not wait for anything
// outside of the bubble, such as a server, and has to take the time from package time.
func TestArchive(t *testing.T, open func(t *testing.T) (again func() inbound.Archive)) {
	for name, test := range map[string]func(*archive){
		"ComesBackAsItWas":     blobsComeBack,
		"OtherProcessesSeeIt":  othersSeeBlobs,
		"PutAgain":             putAgain,
		"PutOfAThousand":       putThousand,
		"Unknown":              unknownBlobs,
		"FailingRaw":           failingBlob,
		"DamageIsFound":        damageIsFound,
		"LargeBlobIsStreamed":  largeBlob,
		"ReadersAreConcurrent": concurrentBlobReaders,
		"ConcurrentPuts":       concurrentPuts,
		"Lists":                listsBlobs,
		"Deletes":              deletesBlobs,
		"PutAgainIsNotDeleted": putAgainIsNotDeleted,
		"DeletedIsPutAnew":     deletedIsPutAnew,
		"EndedContext":         endedContextPutsNothing,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				again := open(t)
				test(&archive{T: t, Archive: again(), again: again})
			})
		})
	}
}

// archive is an archive under test.
type archive struct {
	*testing.T
	inbound.Archive
	again func() inbound.Archive
}

func (a *archive) check(err error, op string) {
	a.Helper()
	if err != nil {
		a.Fatalf("%s: %v", op, err)
	}
}

func blobOf(data []byte) inbound.Blob {
	return inbound.Blob{SHA256: sumOf(data), Raw: bytes.NewReader(data)}
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// letter returns n bytes that compress well.
func letter(n int) []byte {
	return bytes.Repeat([]byte("Dear Shop,\r\nwhere is my order?\r\n"), n/32+1)[:n]
}

func (a *archive) put(contents ...[]byte) {
	a.Helper()
	blobs := make([]inbound.Blob, len(contents))
	for i, data := range contents {
		blobs[i] = blobOf(data)
	}
	a.check(a.Put(a.Context(), blobs), "Put")
}

// read returns what there is of a blob, and the error at its end.
func (a *archive) read(from inbound.Archive, sum string) ([]byte, error) {
	r, err := from.Open(a.Context(), sum)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(r)
	if closing := r.Close(); err == nil {
		err = closing
	}
	return got, err
}

func (a *archive) expect(contents ...[]byte) {
	a.Helper()
	for _, data := range contents {
		if got, err := a.read(a.Archive, sumOf(data)); err != nil || !bytes.Equal(got, data) {
			a.Errorf("a blob of %d bytes came back as %d bytes with the error %v; want it as it was put",
				len(data), len(got), err)
		}
	}
}

func (a *archive) expectGone(why string, contents ...[]byte) {
	a.Helper()
	for _, data := range contents {
		if got, err := a.read(a.Archive, sumOf(data)); !errors.Is(err, inbound.ErrNotFound) {
			a.Errorf("Open gave %d bytes and the error %v, want inbound.ErrNotFound: %s", len(got), err, why)
		}
	}
}

// list returns all blobs, in pages of limit.
func (a *archive) list(limit int) map[string]inbound.BlobInfo {
	a.Helper()
	all := make(map[string]inbound.BlobInfo)
	pages := 0
	for after := ""; ; pages++ {
		page, next, err := a.ListBlobs(a.Context(), after, limit)
		a.check(err, "ListBlobs")
		if len(page) > limit {
			a.Fatalf("ListBlobs with limit %d gave %d", limit, len(page))
		}
		for _, b := range page {
			if b.PutAt.After(all[b.SHA256].PutAt) {
				all[b.SHA256] = b
			}
		}
		if next == "" {
			return all
		}
		if after = next; pages > 10_000 {
			a.Fatal("after 10,000 pages, ListBlobs still has a next one")
		}
	}
}

var blobSizes = []int{0, 1, 100, 4096, 65_535, 65_536, 262_144, 262_145, 1_048_577, 3_000_000}

func blobsComeBack(a *archive) {
	var all [][]byte
	for _, n := range blobSizes {
		all = append(all, pattern(n), letter(n+1))
	}
	a.put(all...)
	a.expect(all...)
	a.check(a.Put(a.Context(), nil), "Put of nothing")
}

func othersSeeBlobs(a *archive) {
	other := a.again()
	for _, data := range [][]byte{letter(1000), pattern(300_000)} {
		a.put(data)
		for who, from := range map[string]inbound.Archive{"open": other, "opened later": a.again()} {
			if got, err := a.read(from, sumOf(data)); err != nil || !bytes.Equal(got, data) {
				a.Errorf("an archive that was %s gave %d bytes and the error %v, want what was put", who, len(got), err)
			}
		}
	}
}

func putAgain(a *archive) {
	data := pattern(100_000)
	a.put(data)
	a.put(data, letter(10), data)
	again := blobOf(data)
	again.Raw = bytes.NewReader(make([]byte, len(data))) // what is there is left as it is
	a.check(a.Put(a.Context(), []inbound.Blob{again}), "Put of a blob that is there")
	a.expect(data, letter(10))
	if n := len(a.list(10)); n != 2 {
		a.Errorf("ListBlobs gave %d different blobs, want 2", n)
	}
}

func putThousand(a *archive) {
	var all [][]byte
	for i := range 1000 {
		all = append(all, letter(1000+i))
	}
	a.put(all...)
	a.expect(all[0], all[500], all[999])
	if n := len(a.list(1000)); n != 1000 {
		a.Errorf("ListBlobs gave %d blobs, want the 1000 that were put", n)
	}
}

func unknownBlobs(a *archive) {
	a.put(letter(10))
	a.expectGone("it was never put", letter(11))
	for _, sum := range []string{"", "..", "../../etc/passwd", sumOf(letter(10))[:63], sumOf(letter(10)) + "00",
		strings.ToUpper(sumOf(letter(10)))} {
		if got, err := a.read(a.Archive, sum); err == nil {
			a.Errorf("Open of %q, which is no SHA-256 in lowercase hex, gave %d bytes, want an error", sum, len(got))
		}
	}
}

func failingBlob(a *archive) {
	bad := blobOf(make([]byte, 400_000))
	bad.Raw = brokenRaw{bytes.NewReader(make([]byte, 400_000))}
	err := a.Put(a.Context(), []inbound.Blob{blobOf(letter(5)), bad, blobOf(letter(7))})
	if !errors.Is(err, errTest) {
		a.Errorf("Put of bytes that cannot be read gave the error %v, want one that wraps the reader's", err)
	}
	a.expectGone("its bytes could not be read", make([]byte, 400_000))
	a.put(letter(5), make([]byte, 400_000))
	a.expect(letter(5), make([]byte, 400_000))
}

func damageIsFound(a *archive) {
	for _, size := range []int{1, 100_000, 1_000_000} {
		wrong := blobOf(pattern(size))
		stored := pattern(size)
		stored[size/2]++
		wrong.Raw = bytes.NewReader(stored)
		if err := a.Put(a.Context(), []inbound.Blob{wrong}); err != nil {
			continue // it is checked at once: that is allowed, too
		}
		got, err := a.read(a.Archive, wrong.SHA256)
		if !errors.Is(err, inbound.ErrDamaged) {
			a.Errorf("reading %d bytes that are not those of their SHA-256 gave %d bytes and the error %v, "+
				"want one that wraps inbound.ErrDamaged at the end", size, len(got), err)
		}
	}
}

// longRaw is a long message whose bytes are made when they are read.
type longRaw struct {
	size    int64
	largest *int // call of ReadAt
}

func (r longRaw) Size() int64 { return r.size }

func (r longRaw) ReadAt(p []byte, off int64) (n int, err error) {
	*r.largest = max(*r.largest, len(p))
	for ; n < len(p); n++ {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		p[n] = byte((at * at) >> 11)
	}
	return n, nil
}

func largeBlob(a *archive) {
	largest := 0
	raw := longRaw{40 << 20, &largest}
	sum := sha256.New()
	_, _ = io.Copy(sum, io.NewSectionReader(raw, 0, raw.size))
	largest = 0
	long := inbound.Blob{SHA256: hex.EncodeToString(sum.Sum(nil)), Raw: raw}
	a.check(a.Put(a.Context(), []inbound.Blob{blobOf(letter(10)), long}), "Put of 40 MiB")
	if largest > 8<<20 {
		a.Errorf("Put has read %d bytes of a message at a time, want at most 8 MiB", largest)
	}
	r, err := a.Open(a.Context(), long.SHA256)
	a.check(err, "Open of 40 MiB")
	got := sha256.New()
	n, err := io.Copy(got, r)
	a.check(errors.Join(err, r.Close()), "read 40 MiB")
	if n != raw.size || !bytes.Equal(got.Sum(nil), sum.Sum(nil)) {
		a.Errorf("40 MiB came back as %d bytes, want them as they were put", n)
	}
	r, err = a.Open(a.Context(), long.SHA256)
	a.check(err, "Open of 40 MiB")
	_, err = io.CopyN(io.Discard, r, 1000)
	a.check(errors.Join(err, r.Close()), "read the beginning, and close")
}

func concurrentBlobReaders(a *archive) {
	one, two := pattern(700_000), letter(700_001)
	a.put(one, two)
	r1, err1 := a.Open(a.Context(), sumOf(one))
	r2, err2 := a.Open(a.Context(), sumOf(two))
	a.check(errors.Join(err1, err2), "Open")
	var got1, got2 bytes.Buffer
	for i := range 10 {
		_, err1 = io.CopyN(&got1, r1, 50_000)
		_, err2 = io.CopyN(&got2, r2, 50_000)
		a.check(errors.Join(err1, err2), "read")
		a.put(letter(1000 + i)) // an open reader does not block Put
	}
	_, err1 = got1.ReadFrom(r1)
	_, err2 = got2.ReadFrom(r2)
	a.check(errors.Join(err1, err2, r1.Close(), r2.Close()), "read to the end")
	if !bytes.Equal(got1.Bytes(), one) || !bytes.Equal(got2.Bytes(), two) {
		a.Error("two readers that take turns give wrong bytes")
	}
}

func concurrentPuts(a *archive) {
	data := func(i int) []byte { return append(letter(1000*i), pattern(10_000+i)...) }
	archives := []inbound.Archive{a.Archive, a.again(), a.again()}
	var all sync.WaitGroup
	for _, to := range archives {
		for part := range 2 {
			all.Go(func() {
				for i := part; i < 20; i += 2 { // several put the same at a time
					if err := to.Put(a.Context(), []inbound.Blob{blobOf(data(i)), blobOf(data(i + 1))}); err != nil {
						a.Errorf("Put of several at a time: %v", err)
					}
				}
			})
		}
	}
	all.Wait()
	for i := range 21 {
		a.expect(data(i))
	}
}

func listsBlobs(a *archive) {
	if n := len(a.list(10)); n != 0 {
		a.Errorf("ListBlobs of an empty archive gave %d", n)
	}
	began, want := time.Now(), make(map[string]int64)
	for i := range 25 {
		data := append(letter(i*1000), pattern(i)...)
		want[sumOf(data)] = int64(len(data))
		a.put(data)
		time.Sleep(time.Minute)
	}
	for _, limit := range []int{1, 3, 25, 1000} {
		got := make(map[string]int64)
		for _, b := range a.list(limit) {
			if got[b.SHA256] = b.Size; b.PutAt.Before(began.Add(-time.Second)) || b.PutAt.After(time.Now()) {
				a.Errorf("ListBlobs has a blob that was put at %v, want a time between %v and now", b.PutAt, began)
			}
		}
		if !maps.Equal(got, want) {
			a.Errorf("ListBlobs in pages of %d gave %d blobs with their sizes, want the %d that were put, as long as "+
				"they were put", limit, len(got), len(want))
		}
	}
}

func (a *archive) delete(before time.Time, contents ...[]byte) {
	a.Helper()
	sums := make([]string, len(contents))
	for i, data := range contents {
		sums[i] = sumOf(data)
	}
	a.check(a.DeleteBlobs(a.Context(), before, sums), "DeleteBlobs")
}

func deletesBlobs(a *archive) {
	var old, recent [][]byte
	for i := range 10 {
		old = append(old, append(letter(1000*i), pattern(50_000+i)...))
	}
	a.put(old...)
	time.Sleep(3 * time.Hour)
	for i := range 5 {
		recent = append(recent, pattern(60_000+i))
	}
	a.put(recent...)
	before := time.Now().Add(-time.Hour)
	a.delete(before, old[0], old[1], old[7], recent[0], letter(77))
	a.delete(before)
	a.expectGone("it was deleted", old[0], old[1], old[7])
	a.expect(old[2], old[6], old[9])
	a.expect(recent...)
	a.Archive = a.again()
	a.expectGone("it was deleted before the archive was opened", old[0], old[1], old[7])
	a.expect(append(slices.Clone(recent), old[2:7]...)...)
	if n := len(a.list(4)); n != 12 {
		a.Errorf("ListBlobs gave %d blobs after 3 of 15 were deleted", n)
	}
	a.delete(before, old...)
	a.expectGone("it was deleted", old...)
	a.expect(recent...)
	time.Sleep(3 * time.Hour)
	a.delete(time.Now(), recent...)
	if n := len(a.list(4)); n != 0 {
		a.Errorf("ListBlobs gave %d blobs after all were deleted", n)
	}
}

func putAgainIsNotDeleted(a *archive) {
	data := [][]byte{letter(100_000), pattern(100_000)}
	a.put(data...)
	for range 3 {
		time.Sleep(3 * time.Hour)
		a.put(data...)
		a.delete(time.Now().Add(-2*time.Hour), data...)
		a.expect(data...)
		for _, b := range a.list(10) {
			if age := time.Since(b.PutAt); age > time.Hour {
				a.Errorf("ListBlobs has a blob that was put again just now as put %v ago, want an hour at most", age)
			}
		}
	}
	a.Archive = a.again()
	a.delete(time.Now().Add(-2*time.Hour), data...)
	a.expect(data...)
	time.Sleep(3 * time.Hour)
	a.delete(time.Now().Add(-2*time.Hour), data...)
	a.expectGone("nobody has put it again", data...)
}

func deletedIsPutAnew(a *archive) {
	data := pattern(100_000)
	for i := range 3 {
		a.put(data, letter(1000+i))
		a.expect(data)
		time.Sleep(3 * time.Hour)
		a.delete(time.Now().Add(-2*time.Hour), data)
		a.expectGone(fmt.Sprint("it was deleted for the ", i+1, ". time"), data)
	}
	a.put(data)
	a.expect(data, letter(1000), letter(1002))
}

func endedContextPutsNothing(a *archive) {
	ctx, cancel := context.WithCancel(a.Context())
	cancel()
	if err := a.Put(ctx, []inbound.Blob{blobOf(letter(10))}); err == nil {
		a.Error("Put with a context that has ended gave no error")
	}
	a.expectGone("the context of Put had ended", letter(10))
}

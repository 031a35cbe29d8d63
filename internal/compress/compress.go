// Package compress compresses raw mail by zstd where that pays, for archives.
package compress

import (
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	// WindowBytes bounds the memory that a reader needs.
	WindowBytes = 1 << 20
	// SampleBytes is how much of a long message is compressed to find out whether that pays. It
	// is taken from the middle, behind the text at the beginning.
	SampleBytes = 8 << 10
	// leastBytes is the size from which on a message is compressed.
	leastBytes = 256
)

// Encoder compresses messages. Only one goroutine at a time may use it.
type Encoder struct {
	all     bool
	encoder *zstd.Encoder
	packed  []byte
}

// NewEncoder returns an Encoder of text. With all set it also compresses base64 of compressed
// files, which gets a quarter smaller.
func NewEncoder(all bool) *Encoder {
	encoder, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(WindowBytes), zstd.WithEncoderCRC(false),
		zstd.WithAllLitEntropyCompression(all)) // errors are about options
	return &Encoder{all: all, encoder: encoder}
}

// Pays reports whether a sample of a message gets smaller by enough.
func (e *Encoder) Pays(sample []byte) bool {
	e.packed = e.encoder.EncodeAll(sample, e.packed[:0])
	gain := len(sample) / 2
	if e.all {
		gain = len(sample) / 8
	}
	return len(e.packed) <= len(sample)-gain
}

// Pack returns the compressed bytes, until the next call, if that pays.
func (e *Encoder) Pack(data []byte) (packed []byte, ok bool) {
	if len(data) < leastBytes {
		return nil, false
	}
	if len(data) > 2*SampleBytes {
		at := SampleAt(int64(len(data)))
		if !e.Pays(data[at : at+SampleBytes]) {
			return nil, false
		}
	}
	e.packed = e.encoder.EncodeAll(data, e.packed[:0])
	return e.packed, len(e.packed) <= len(data)-len(data)/8
}

// SampleAt is where the sample of a message of this size begins, which is SampleBytes or more.
func SampleAt(size int64) int64 { return size/2 - SampleBytes/2 }

// Writer compresses what is written into w. Its Close ends the compressed bytes and leaves w
// open. The Encoder may be used for something else after it, also if it was never closed.
func (e *Encoder) Writer(w io.Writer) io.WriteCloser {
	e.encoder.Reset(w)
	return e.encoder
}

// NewReader returns the bytes of a message that was compressed: those up to size, and one
// more if there are more. Close leaves r open.
func NewReader(r io.Reader, size int64) (io.ReadCloser, error) {
	decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(WindowBytes))
	if err != nil {
		return nil, err
	}
	return &reader{io.LimitReader(decoder, size+1), decoder}, nil
}

type reader struct {
	io.Reader
	decoder *zstd.Decoder
}

// Close implements io.Closer.
func (r *reader) Close() error {
	r.decoder.Close()
	return nil
}

package sqlstore

import (
	"errors"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// packers compress one part at a time each, for all Stores of a database: one of them needs
// some MiB. None is global: zstd has channels, which a test in simulated time must not share
// with another one.
type packers struct{ pool sync.Pool }

func (ps *packers) get() *packer {
	if p, ok := ps.pool.Get().(*packer); ok {
		return p
	}
	p := &packer{}
	p.encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(partSize), zstd.WithLowerEncoderMem(true)) // errors are about options
	p.decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(partSize))
	return p
}

func (ps *packers) put(p *packer) { ps.pool.Put(p) }

// packer compresses parts of raw bytes by zstd.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	packed  []byte
}

const (
	// packMin is the smallest part that is compressed.
	packMin = 512
	// packSample is how much of a part is compressed to find out whether it is text. Base64 of
	// compressed files is not worth the time.
	packSample = 8 << 10
)

// pack returns the compressed part if that is an eighth smaller or more, until the next call.
func (p *packer) pack(part []byte) (packed []byte, ok bool) {
	if len(part) < packMin {
		return nil, false
	}
	if len(part) > 2*packSample {
		middle := (len(part) - packSample) / 2
		p.packed = p.encoder.EncodeAll(part[middle:middle+packSample], p.packed[:0])
		if len(p.packed) > packSample/2 {
			return nil, false
		}
	}
	p.packed = p.encoder.EncodeAll(part, p.packed[:0])
	return p.packed, len(p.packed) <= len(part)-len(part)/8
}

var errPacked = errors.New("sqlstore: a compressed part is damaged")

// unpack returns what a row of postroom_raw has: data, or what it is when it is not compressed,
// at most partSize bytes.
func (ps *packers) unpack(packed bool, data []byte) ([]byte, error) {
	if !packed {
		return data, nil
	}
	p := ps.get()
	defer ps.put(p)
	part, err := p.decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, errors.Join(errPacked, err)
	}
	return part, nil
}
